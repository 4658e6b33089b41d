// The small decisions of the set-up that need no file and no program.
import { describe, expect, it } from 'vitest';
import { findChromium } from './chromium.mjs';
import { missingPackages } from './networkTools.mjs';
import { isNewEnough } from './nodeBinary.mjs';
import { npmReason } from './npm.mjs';
import { cacheDirOf } from './paths.mjs';
import { distributionOf } from './system.mjs';
import { fit, formatDuration } from './terminal.mjs';
import { isSource } from './webClient.mjs';
import { readProgress } from './workerBuild.mjs';

describe('the cache folder', () => {
  it('is where it is wanted, else where the system keeps such things', () => {
    expect(cacheDirOf({ VECHE_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x' }, '/home/ana')).toBe('/c');
    expect(cacheDirOf({ XDG_CACHE_HOME: '/x' }, '/home/ana')).toBe('/x/veche');
    expect(cacheDirOf({ XDG_CACHE_HOME: 'relative' }, '/home/ana')).toBe('/home/ana/.cache/veche');
    expect(cacheDirOf({ VECHE_CACHE_DIR: '' }, '/home/ana')).toBe('/home/ana/.cache/veche');
  });
});

describe('the Node we run on', () => {
  it('is new enough from 24 on', () => {
    expect(['20.20.2', '22.1.0', '24.0.0', '26.1.0'].map(isNewEnough)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe('the distribution', () => {
  it('is its id and its number', () => {
    expect(distributionOf('NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n')).toBe(
      'debian-12',
    );
    expect(distributionOf('VERSION_ID="24.04"\nVERSION_CODENAME=noble\nID=ubuntu\n')).toBe(
      'ubuntu-24.04',
    );
  });

  it('has a name where it has no number', () => {
    expect(distributionOf('ID=debian\nVERSION_CODENAME=forky\n')).toBe('debian-forky');
    expect(distributionOf('ID=arch\n')).toBe('arch-rolling');
    expect(distributionOf('')).toBe('linux-rolling');
  });
});

describe('Chromium', () => {
  it('is looked for on PATH first, then in the usual places', () => {
    /** @param {...string} programs */
    const find = (...programs) =>
      findChromium({ PATH: '/opt/bin:' }, (path) => programs.includes(path));
    expect(find('/opt/bin/google-chrome', '/usr/bin/chromium')).toBe('/opt/bin/google-chrome');
    expect(find('/usr/bin/chromium')).toBe('/usr/bin/chromium');
    expect(find('/Applications/Chromium.app/Contents/MacOS/Chromium')).toContain('Chromium.app');
    expect(find()).toBeUndefined();
  });
});

describe('the progress of the build', () => {
  it('is named by its steps and counted by ninja', () => {
    expect(readProgress('step: configuring')).toBe('configuring');
    expect(readProgress('[54/279] Compiling C++ object a.cpp.o')).toBe('compiling 54 of 279');
    expect(readProgress('a.cpp:5: warning: [54/279]')).toBeUndefined();
  });
});

describe('why npm failed', () => {
  it('is what it said first', () => {
    const output = 'npm warn old\nnpm error code EUSAGE\nnpm error\nnpm error Missing: a\n';
    expect(npmReason(output)).toBe('code EUSAGE\nMissing: a');
  });
});

describe('a source of the web client', () => {
  it('is no test', () => {
    expect(['web/src/a.ts', 'web/src/a.test.ts', 'web/src/b.svelte.test.ts'].map(isSource)).toEqual(
      [true, false, false],
    );
  });
});

describe('a line of progress', () => {
  it('tells time as people do', () => {
    expect([350, 12_400, 59_600, 302_000].map(formatDuration)).toEqual([
      '0.3 s',
      '12 s',
      '1 min 0 s',
      '5 min 2 s',
    ]);
  });

  it('fits the terminal', () => {
    expect(fit('abcdef', 6)).toBe('abcd…');
    expect(fit('abcdef', 7)).toBe('abcdef');
  });
});

describe('missingPackages', () => {
  it('names each package once, and none whose programs are there', () => {
    /** @param {string[]} programs */
    const have = (...programs) => missingPackages('/opt/bin:', (path) => programs.includes(path));
    expect(have('/opt/bin/nft', '/usr/bin/unshare')).toEqual(['iproute2']);
    expect(have('/sbin/ip', '/sbin/tc', '/usr/sbin/nft', '/bin/unshare')).toEqual([]);
  });
});
