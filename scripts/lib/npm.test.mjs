// What npm says reaches us, also where it was told to be silent itself.
import { afterEach, expect, it, vi } from 'vitest';
import { npm, npmReason } from './npm.mjs';
import { ROOT } from './paths.mjs';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('says why it failed, also within `npm run -s`', async () => {
  vi.stubEnv('npm_config_loglevel', 'silent');
  const { ok, output } = await npm(process.execPath, ['run', 'no-such-script'], { cwd: ROOT });
  expect(ok).toBe(false);
  expect(npmReason(output)).toContain('no-such-script');
});
