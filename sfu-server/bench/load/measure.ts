/** One turn of a measurement: some talk, all others hear, and the server's time is counted. */
import { setTimeout as wait } from 'node:timers/promises';
import { checkApart, takeLoadCores } from './cores.ts';
import type { Delivered, Delivery } from './delivery.ts';
import { usedSince } from './rig.ts';
import type { Measured, Usage } from './rig.ts';
import { talk } from './talk.ts';
import type { Talker } from './talk.ts';

const WARM_UP_MS = 3000;
/** For packets that are under way at the end. */
const DRAIN_MS = 500;

export interface Turn extends Delivered {
  readonly used: Usage;
  /** How long it was measured, ms. */
  readonly ms: number;
  /** Share of one core that the load itself took, 0 … 1: near 1, it is the load that is measured. */
  readonly load: number;
}

export interface TurnOptions {
  readonly rig: Measured;
  readonly talkers: readonly Talker[];
  /** How many hear each of them. */
  readonly listeners: number;
  /** Whether they hear all that is sent, or what slots let through. */
  readonly of?: 'sent' | 'passed';
  readonly delivery: Delivery;
  readonly seconds: number;
}

export const measureTurn = async ({
  rig,
  talkers,
  listeners,
  of = 'sent',
  delivery,
  seconds,
}: TurnOptions): Promise<Turn> => {
  const hush = talk(talkers, delivery);
  await wait(WARM_UP_MS);
  const own = process.cpuUsage();
  const before = rig.usage();
  const from = performance.now();
  delivery.start();
  await wait(seconds * 1000);
  delivery.stop();
  const ms = performance.now() - from;
  const used = usedSince(before, rig.usage());
  const { user, system } = process.cpuUsage(own);
  await wait(DRAIN_MS);
  const delivered = delivery.result(listeners, of);
  hush();
  checkApart(takeLoadCores(), rig.pids);
  return { ...delivered, used, ms, load: (user + system) / 1000 / ms };
};
