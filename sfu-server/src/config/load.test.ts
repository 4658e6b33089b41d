import { describe, expect, it } from 'vitest';
import { ConfigError, loadSettings, testSettings } from './load.ts';
import { settingInfos } from './settings.ts';

const refusal = (environment: NodeJS.ProcessEnv): string => {
  try {
    loadSettings(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('settings', () => {
  it('come from the default file, then the chosen one, then the environment', () => {
    expect(loadSettings({}).http.port).toBe(3000);
    expect(loadSettings({ VECHE_ENV: 'test' }).http.port).toBe(0);
    expect(loadSettings({ VECHE_ENV: 'test', PORT: '4000' }).http.port).toBe(4000);
    const settings = loadSettings({
      LAN: '1',
      LISTEN_ADDRESSES: '10.0.0.1, 10.0.0.2',
      VECHE_ROOMS_GRACE_MS: '0',
    });
    expect(settings.http.lan).toBe(true);
    expect(settings.media.listenAddresses).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(settings.rooms.graceMs).toBe(0);
  });

  it.each([
    ['PORT', '80a', 'http.port'],
    ['PORT', '', 'http.port'],
    ['PORT', '70000', 'http.port'],
    ['LAN', 'perhaps', 'http.lan'],
    ['ANNOUNCED_ADDRESS', 'localhost', 'media.announcedAddress'],
    ['ANNOUNCED_ADDRESS', '127.0.0.1', 'media.announcedAddress'],
    ['ANNOUNCED_ADDRESS', '0.0.0.0', 'media.announcedAddress'],
    ['ANNOUNCED_ADDRESS', 'http://x', 'media.announcedAddress'],
    ['LISTEN_ADDRESSES', '0.0.0.0', 'media.listenAddresses'],
    ['LISTEN_ADDRESSES', 'eth0', 'media.listenAddresses'],
    ['ALLOWED_ORIGINS', 'example.org', 'http.allowedOrigins'],
    ['LOG_LEVEL', 'loud', 'log.level'],
    ['WORKERS', '-1', 'media.workers'],
  ])('%s=%s is refused with its name', (variable, value, path) => {
    expect(refusal({ [variable]: value })).toContain(`${path} (${variable}): `);
  });

  it('refuses a file that is not there, and keys that mean nothing', () => {
    expect(refusal({ VECHE_ENV: 'nowhere' })).toContain('config/nowhere.json');
    expect(() => testSettings({ rooms: { grace: 1 } })).toThrow('rooms');
  });

  it('cannot be changed, and each has a variable of its own and a description', () => {
    expect(Object.isFrozen(testSettings().rooms)).toBe(true);
    expect(new Set(settingInfos.map(({ variable }) => variable)).size).toBe(settingInfos.length);
    expect(settingInfos.filter(({ about }) => about === '')).toEqual([]);
  });
});
