import { readFileSync } from 'node:fs';
import { setTimeout as lasts } from 'node:timers/promises';
import { childrenOf } from '../test/support/process.ts';
import { Scenario } from './scenario.ts';
import type { Context } from './scenario.ts';
import { Stay } from './support/stay.ts';
import { startServer } from './support/server.ts';
import { percentPerHour } from './support/slope.ts';
import type { Sample } from './support/slope.ts';

const ROOMS = 5;
const PEOPLE = 8;
const FULL_MINUTES = 120;
const SHORT_MINUTES = 0.5;
const CHURN_EVERY_MS = 1000;
const SAMPLE_EVERY_MS = 10_000;
/** Until caches are warm; of a shorter run a sixth. */
const WARM_UP_MINUTES = 20;
const PAGE_BYTES = 4096;

const rssOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;

const run = async (context: Context) => {
  const { short, say } = context;
  const minutes = context.minutes ?? (short ? SHORT_MINUTES : FULL_MINUTES);
  const server = await startServer(context, { WORKERS: '2' });
  const stays = Array.from({ length: ROOMS }, () => new Stay(server.url, PEOPLE));
  context.after(() => {
    for (const stay of stays) stay.close();
  });
  for (const stay of stays) await stay.begin();
  const workers = childrenOf(server.process.pid);
  const startedAt = performance.now();
  const minutesSoFar = (): number => (performance.now() - startedAt) / 60_000;
  const samples: Sample[] = [];
  let sampledAt = -Infinity;
  let churned = 0;
  while (minutesSoFar() < minutes) {
    const now = performance.now();
    if (now - sampledAt >= SAMPLE_EVERY_MS) {
      sampledAt = now;
      const value = [server.process.pid, ...workers].reduce((sum, pid) => sum + rssOf(pid), 0);
      samples.push({ hours: minutesSoFar() / 60, value });
      const gaps = stays.reduce((sum, stay) => sum + stay.gaps, 0);
      say(`${minutesSoFar().toFixed(1)} min: ${Math.round(value / 1e6)} MB, ${gaps} gaps`);
    }
    await stays[churned++ % ROOMS]?.exchange();
    for (const stay of stays) stay.look();
    await lasts(Math.max(0, CHURN_EVERY_MS - (performance.now() - now)));
  }
  const warm = Math.min(WARM_UP_MINUTES, minutes / 6) / 60;
  const slope = percentPerHour(samples.filter(({ hours }) => hours >= warm));
  const gone = workers.filter((pid) => !childrenOf(server.process.pid).includes(pid));
  return [
    { what: 'minutes', value: minutes },
    { what: 'came and left', value: churned },
    { what: 'workers that died', value: gone.length, goal: { exactly: 0 } },
    {
      what: 'the server ended',
      value: server.process.child.exitCode !== null,
      goal: { exactly: false },
    },
    {
      what: 'gaps of more than 1 s in what a listener heard',
      value: stays.reduce((sum, stay) => sum + stay.gaps, 0),
      goal: { exactly: 0 },
    },
    {
      what: 'requests that failed',
      value: stays.reduce((sum, stay) => sum + stay.failures.length, 0),
      goal: { exactly: 0 },
    },
    {
      what: 'memory of server and workers grows, after warming up',
      value: Math.round(slope * 10) / 10,
      unit: '%/h',
      // Of minutes nobody can tell what hours bring.
      ...(minutes >= FULL_MINUTES ? { goal: { atMost: 2 } } : {}),
    },
  ];
};

export default new Scenario({
  name: 'soak',
  number: 26,
  title: 'Two hours of rooms in which people come and go',
  injects:
    'Nothing: 5 rooms of 8, of whom one talks, and each second somebody leaves and another comes.',
  seconds: FULL_MINUTES * 60 + 60,
  run,
});
