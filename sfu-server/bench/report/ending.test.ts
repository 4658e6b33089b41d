import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** A benchmark that ends like this, while something else goes on. */
const bench = (end: string) => {
  const program = `
    import { readOptions } from ${url('./options.ts')};
    import { BenchError } from ${url('../load/refusals.ts')};
    readOptions({ scenario: 'noise', about: 'Nothing.', minutes: 1, options: {} });
    setInterval(() => undefined, 1000);
    try {
      ${end}
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 10));
      process.stderr.write('stopped, ');
    }
    process.stdout.write('figures');
    process.exit(0);`;
  const args = ['--input-type=module', '--eval', program];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
};

it('a benchmark that cannot give figures stops what it started, says why and ends with 1', () => {
  expect(bench("throw new BenchError('It was too loud.');")).toEqual({
    status: 1,
    stdout: '',
    stderr: 'stopped, bench: It was too loud.\n',
  });
});

it('any other error says where it is from, and ends with 1 too', () => {
  const { status, stdout, stderr } = bench("await Promise.reject(new Error('a defect'));");
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('Error: a defect\n    at');
});
