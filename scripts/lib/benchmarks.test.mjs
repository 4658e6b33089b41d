import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BENCHMARKS, parseBench } from './benchmarks.mjs';
import { UsageError } from './failure.mjs';
import { ROOT } from './paths.mjs';

describe('the benchmarks', () => {
  it('are all there, and no figure has two of them', () => {
    const files = Object.values(BENCHMARKS).map(({ file }) => file);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    const codes = Object.values(BENCHMARKS).flatMap((benchmark) => benchmark.codes ?? []);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('take what comes after their name', () => {
    expect(parseBench(['calls', '--calls', '10', '--json'])).toEqual({
      file: 'sfu-server/bench/calls.ts',
      args: ['--calls', '10', '--json'],
      chromium: false,
    });
    expect(parseBench(['join'])).toMatchObject({ args: [], chromium: true });
  });

  it('are a room where no name is given', () => {
    const args = ['--room', '300', '--speakers', '3', '--url', 'http://localhost:3000'];
    expect(parseBench(args)).toMatchObject({ file: 'sfu-server/bench/room.ts', args });
  });

  it('are listed for whoever asks, or asks for what is not there', () => {
    expect(parseBench(['--help']).help).toContain('call-media');
    for (const args of [[], ['nothing'], ['toString']]) {
      expect(() => parseBench(args)).toThrow(UsageError);
    }
  });
});
