import { describe, expect, it } from 'vitest';
import { UsageError } from './failure.mjs';
import { parseStart, parseTest } from './options.mjs';

describe('npm start', () => {
  it('takes a port and the local network', () => {
    expect(parseStart([])).toEqual({ port: undefined, lan: false });
    expect(parseStart(['--port', '4000', '--lan'])).toEqual({ port: 4000, lan: true });
    expect(parseStart(['--port=0'])).toEqual({ port: 0, lan: false });
  });

  it.each([
    ['--prot', '1'],
    ['extra'],
    ['--port'],
    ['--port', 'http'],
    ['--port', '65536'],
    ['--port=-1'],
    ['--lan=1'],
  ])('refuses %s %s with its usage', (...args) => {
    expect(() => parseStart(args)).toThrow(UsageError);
    expect(() => parseStart(args)).toThrow(/usage: npm start -- \[--port N\] \[--lan\]$/);
  });

  it('explains itself', () => {
    expect(parseStart(['--help']).help).toContain('--lan');
  });
});

describe('npm test', () => {
  it('checks the source and runs the tests', () => {
    expect(parseTest([])).toEqual({ checks: true, tests: true, vitest: [] });
  });

  it('does one of the two when asked', () => {
    expect(parseTest(['--static'])).toEqual({ checks: true, tests: false, vitest: [] });
    expect(parseTest(['--no-static'])).toEqual({ checks: false, tests: true, vitest: [] });
  });

  it('hands everything else to vitest', () => {
    expect(parseTest(['some.test.ts', '--no-static', '-t', 'hears'])).toMatchObject({
      checks: false,
      vitest: ['some.test.ts', '-t', 'hears'],
    });
  });

  it('refuses what would run nothing', () => {
    expect(() => parseTest(['--static', '--no-static'])).toThrow(UsageError);
    expect(() => parseTest(['--static', 'some.test.ts'])).toThrow(UsageError);
  });
});
