// What we depend on: exactly these versions, none with known holes, all under licences that let us.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './paths.mjs';
import { isAtLeast, LEAST_VERSIONS, LICENCES, whyNoAudit } from './supply.mjs';

/** @param {string[]} path */
const json = (...path) => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8'));
const MANIFESTS = ['.', 'protocol', 'sfu-server', 'web'];

/** @type {Record<string, { version?: string, integrity?: string, license?: string, dev?: boolean, link?: boolean, hasInstallScript?: boolean, dependencies?: object, devDependencies?: object }>} */
const locked = json('package-lock.json').packages;
const installed = Object.entries(locked).filter(
  ([path, { link }]) => path.includes('node_modules/') && !link,
);
/** @param {string} path */
const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe.each(Object.entries(LEAST_VERSIONS))('%s', (name, least) => {
  it(`is ${least} or newer, wherever it is installed`, () => {
    const versions = installed
      .filter(([path]) => nameOf(path) === name)
      .map(([, { version }]) => version ?? '');
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => !isAtLeast(version, least))).toEqual([]);
  });
});

it('names exact versions only, and the lock file holds the same', () => {
  for (const directory of MANIFESTS) {
    const manifest = json(directory, 'package.json');
    for (const kind of ['dependencies', 'devDependencies']) {
      const wanted = manifest[kind] ?? {};
      for (const [name, version] of Object.entries(wanted)) {
        expect(version, `${directory} ${name}`).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
      }
      const inLock = locked[directory === '.' ? '' : directory];
      expect(inLock?.[kind === 'dependencies' ? 'dependencies' : 'devDependencies'] ?? {}).toEqual(
        wanted,
      );
    }
  }
});

it('locks each package to a version and to its content', () => {
  expect(installed.length).toBeGreaterThan(100);
  const loose = installed.filter(
    ([, { version, integrity }]) => !version || !integrity?.startsWith('sha512-'),
  );
  expect(loose.map(([path]) => path)).toEqual([]);
});

it('runs no install script but that of mediasoup, and that one by our own hand', () => {
  const scripted = installed.filter(([, it]) => it.hasInstallScript && !it.dev);
  expect(scripted.map(([path]) => nameOf(path))).toEqual(['mediasoup']);
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

it('depends, in production, only on what may be run and passed on freely', () => {
  /** @param {string} path @param {string | undefined} license */
  const licence = (path, license) => {
    // An older way to write it, which the lock file does not know.
    const said = license ?? json(path, 'package.json').licenses?.[0]?.type;
    return String(said).replace(/^MPL 2\.0$/, 'MPL-2.0');
  };
  const others = installed
    .filter(([, { dev }]) => !dev)
    .map(([path, { license }]) => [nameOf(path), licence(path, license)])
    .filter(([, name]) => !LICENCES.has(name ?? ''));
  expect(others).toEqual([]);
});

it('compares versions by number', () => {
  expect(isAtLeast('4.8.10', '4.8.4')).toBe(true);
  expect(isAtLeast('4.8.4', '4.8.4')).toBe(true);
  expect(isAtLeast('5.0.0', '4.8.4')).toBe(true);
  expect(isAtLeast('4.8.3', '4.8.4')).toBe(false);
  expect(isAtLeast('4.8.4-rc.1', '4.8.4')).toBe(false);
  expect(isAtLeast('3.9.9', '4.8.4')).toBe(false);
});

it('skips an audit only where there is none', () => {
  expect(whyNoAudit('npm warn audit 405 Method Not Allowed - POST /bulk')).toContain('405');
  expect(whyNoAudit('npm error code ENOTFOUND')).toContain('reached');
  expect(
    whyNoAudit('ws  8.0.0 - 8.20.9\nSeverity: high\n1 high severity vulnerability'),
  ).toBeNull();
  expect(whyNoAudit('')).toBeNull();
});
