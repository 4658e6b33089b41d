/** Servers that a test, a benchmark or a fault started end when whoever started them is gone. */
import { spawn } from 'node:child_process';
import { afterEach, expect, it, vi } from 'vitest';
import { childrenOf, isAlive } from './support/process.ts';
import { until } from './support/wait.ts';

// Each start loads the whole server anew, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });
const STARTED_WITHIN_MS = 30_000;
const GONE_WITHIN_MS = 15_000;

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

const STARTERS = {
  'a server as npm start runs it': `
    import { spawnServer, urlOf } from ${url('./support/process.ts')};
    await urlOf(spawnServer({ DATA_DIR: ':memory:' }));`,
  'a server to measure': `
    import { Rig } from ${url('../bench/load/rig.ts')};
    await Rig.start();`,
};
const WAIT = `
    process.stdout.write('up');
    setInterval(() => undefined, 1000);`;

const pids: number[] = [];

afterEach(() => {
  for (const pid of pids.splice(0)) {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
});

/** The process that has started it, the server and its workers, in this order. */
const start = async (program: string): Promise<number[]> => {
  const args = ['--input-type=module', '--eval', program + WAIT];
  const starter = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { pid = 0 } = starter;
  pids.push(pid);
  let said = '';
  starter.stdout.on('data', (data) => (said += String(data)));
  await until(() => said.includes('up'), 'the server is up', STARTED_WITHIN_MS);
  const servers = childrenOf(pid);
  const workers = servers.flatMap(childrenOf);
  pids.push(...servers, ...workers);
  expect(servers).toHaveLength(1);
  expect(workers.length).toBeGreaterThan(0);
  return [pid, ...servers, ...workers];
};

const allGone = (all: readonly number[]): Promise<boolean> =>
  until(
    () => !all.some(isAlive),
    () => `all are gone, but ${all.filter(isAlive).join(', ')} of ${all.join(', ')}`,
    GONE_WITHIN_MS,
  );

it.for(
  Object.entries(STARTERS).flatMap(([what, program]) =>
    (['SIGKILL', 'SIGTERM'] as const).map((signal) => ({ what, program, signal })),
  ),
)('$what, whose starter ends by $signal', async ({ program, signal }) => {
  const all = await start(program);
  const [starter = 0] = all;
  process.kill(starter, signal);
  await allGone(all);
});

it('a worker that stands still ends with them', async () => {
  const all = await start(STARTERS['a server as npm start runs it']);
  const [starter = 0, , worker = 0] = all;
  process.kill(worker, 'SIGSTOP');
  process.kill(starter, 'SIGKILL');
  await allGone(all);
});
