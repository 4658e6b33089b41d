/** Whether the network carries a call well, by what both transports count. */
import { pause, type Timers } from './ports.ts';

const LOOK_EVERY_MS = 2000;
/** Worse than the first of each is poor; it is well again below the second: no flicker between. */
const LOSS = { poor: 0.05, well: 0.02 } as const;
const ROUND_TRIP_MS = { poor: 400, well: 300 } as const;
/** Of fewer packets one says nothing about the loss; silence has few. */
const ENOUGH_PACKETS = 20;

/** Since the transports were made. */
export interface Counters {
  readonly received: number;
  readonly receivedLost: number;
  readonly sent: number;
  readonly sentLost: number;
  /** Null while it is not known. */
  readonly roundTripMs: number | null;
}

/** Whether it is poor now, given what was counted one look before and what was held then. */
export function isPoor(before: Counters, now: Counters, wasPoor: boolean): boolean {
  const side = wasPoor ? 'well' : 'poor';
  const losses = [
    share(now.receivedLost - before.receivedLost, now.received - before.received),
    share(now.sentLost - before.sentLost, now.sent - before.sent),
  ];
  return losses.some((loss) => loss > LOSS[side]) || (now.roundTripMs ?? 0) > ROUND_TRIP_MS[side];
}

const share = (lost: number, arrived: number): number =>
  lost > 0 && lost + arrived >= ENOUGH_PACKETS ? lost / (lost + arrived) : 0;

/** Adds up what the browser reports of both transports. */
export function counted(reports: readonly RTCStatsReport[]): Counters {
  const sum = { received: 0, receivedLost: 0, sent: 0, sentLost: 0 };
  let roundTripMs: number | null = null;
  const read = (entry: Record<string, unknown>): void => {
    const number = (key: string): number => (typeof entry[key] === 'number' ? entry[key] : 0);
    if (entry['type'] === 'inbound-rtp') {
      sum.received += number('packetsReceived');
      sum.receivedLost += number('packetsLost');
    } else if (entry['type'] === 'outbound-rtp') {
      sum.sent += number('packetsSent');
    } else if (entry['type'] === 'remote-inbound-rtp') {
      // What the server misses of what was sent.
      sum.sentLost += number('packetsLost');
    } else if (entry['type'] === 'candidate-pair' && entry['nominated'] === true) {
      const ms = number('currentRoundTripTime') * 1000;
      roundTripMs = Math.max(roundTripMs ?? 0, ms);
    }
  };
  for (const report of reports) report.forEach(read);
  return { ...sum, sent: Math.max(0, sum.sent - sum.sentLost), roundTripMs };
}

export interface NetworkPorts {
  readonly reports: () => Promise<readonly RTCStatsReport[]>;
  readonly judged: (poor: boolean) => void;
  readonly timers: Timers;
}

/** Looks every two seconds until the returned function is called. */
export function watchNetwork({ reports, judged, timers }: NetworkPorts): () => void {
  let over = false;
  const isOver = (): boolean => over;
  const watch = async (): Promise<void> => {
    let before: Counters | null = null;
    let poor = false;
    while (!isOver()) {
      await pause(timers, LOOK_EVERY_MS);
      if (isOver()) return;
      const now = counted(await reports().catch(() => []));
      if (isOver()) return;
      // Made anew meanwhile, the transports count from zero.
      const known = before && now.received >= before.received && now.sent >= before.sent;
      if (before && known) poor = isPoor(before, now, poor);
      before = now;
      judged(poor);
    }
  };
  void watch();
  return () => {
    over = true;
  };
}
