import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkApart, parseCpuList, share, takeLoadCores } from './cores.ts';

it('reads a list of cores', () => {
  expect(parseCpuList('0-2,5\n')).toEqual([0, 1, 2, 5]);
  expect(parseCpuList('7')).toEqual([7]);
  expect(parseCpuList('')).toEqual([]);
});

it('gives the server one core and the load all others', () => {
  expect(share([2, 3, 6])).toEqual({ server: '2', load: '3,6' });
  expect(share([0])).toEqual({ server: null, load: null });
});

const ours = (): number[] =>
  parseCpuList(
    /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '',
  );
const before = ours();
const [first, ...others] = before;

describe.skipIf(first === undefined || others.length === 0)('where there are two cores', () => {
  it('what takes its cores twice is told of the same ones', () => {
    try {
      const cores = takeLoadCores();
      expect(cores).toEqual({ server: String(first), load: others.join(',') });
      expect(ours()).toEqual(others);
      expect(takeLoadCores()).toEqual(cores);
    } finally {
      execFileSync('taskset', ['-a', '-c', '-p', before.join(','), String(process.pid)]);
    }
  });

  it('a server that may run on the core of the load is found out', () => {
    const cores = { server: String(first), load: before.join(',') };
    expect(() => checkApart(cores, [])).not.toThrow();
    expect(() => checkApart(cores, [process.pid])).toThrow(`may run on core ${others[0]}`);
    expect(() => checkApart({ server: null, load: null }, [process.pid])).not.toThrow();
  });
});
