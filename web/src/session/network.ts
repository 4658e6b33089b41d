/** Whether the network carries a call well, by what both transports count. */
import { pause, type Timers } from './ports.ts';

const LOOK_EVERY_MS = 2000;

/**
 * The three bounds of what is judged: worse than `poor` it is poor, better than `well` it is well again
 * soon, and better than `bearable` it is so in the end, or a little loss would keep the hint for ever.
 */
const LOSS = { poor: 0.05, bearable: 0.04, well: 0.02 } as const;
const ROUND_TRIP_MS = { poor: 400, bearable: 350, well: 300 } as const;
type Bound = keyof typeof LOSS;

/** Judged over so much time: one look alone is a matter of luck, and servers tell of loss every 5 s only. */
const POOR_OVER_MS = 10_000;
const WELL_OVER_MS = 6000;
const BEARABLE_OVER_MS = 20_000;
/** Of fewer packets one says nothing about the loss; silence has few. */
const ENOUGH_PACKETS = 100;

/** Since its transport was made. */
interface Stream {
  /** Packets that were sent, as far as one knows here. */
  readonly sent: number;
  readonly lost: number;
}

export interface Counters {
  /** Each by a name of its own: a picture loses its packets in the same share as sound, but has fewer. */
  readonly streams: ReadonlyMap<string, Stream>;
  /** Null while it is not known. */
  readonly roundTripMs: number | null;
}

interface Look extends Counters {
  readonly at: number;
}

/** What is held of the network, and what was counted since that began to hold. */
export interface Opinion {
  readonly poor: boolean;
  readonly looks: readonly Look[];
}

export const NO_OPINION: Opinion = { poor: false, looks: [] };

/** What is held after one more look; null: nothing could be counted. */
export function judge(held: Opinion, counters: Counters | null, at: number): Opinion {
  if (!counters) return { ...held, looks: [] };
  const look = { ...counters, at };
  const last = held.looks.at(-1);
  // Made anew meanwhile, the transports count from zero.
  const known =
    last &&
    [...last.streams].every(([name, { sent }]) => sent <= (look.streams.get(name)?.sent ?? 0));
  if (!known) return { ...held, looks: [look] };
  const looks = lately([...held.looks, look], BEARABLE_OVER_MS);
  const changes = held.poor ? isWell(looks) : isPoor(looks);
  // What led to the change is not to lead back.
  return changes ? { poor: !held.poor, looks: [look] } : { ...held, looks };
}

const isPoor = (looks: readonly Look[]): boolean =>
  spanOf(looks) >= POOR_OVER_MS && isWorse(lately(looks, POOR_OVER_MS), 'poor');

const isWell = (looks: readonly Look[]): boolean => {
  const span = spanOf(looks);
  const last = lately(looks, WELL_OVER_MS);
  if (span >= WELL_OVER_MS && lossesIn(last).length > 0 && !isWorse(last, 'well')) return true;
  return span >= BEARABLE_OVER_MS && !isWorse(looks, 'bearable');
};

const spanOf = (looks: readonly Look[]): number => (looks.at(-1)?.at ?? 0) - (looks[0]?.at ?? 0);

/** The last of them that span so much time; all, if they do not. */
const lately = (looks: readonly Look[], ms: number): readonly Look[] => {
  const end = looks.at(-1)?.at ?? 0;
  return looks.slice(
    Math.max(
      0,
      looks.findLastIndex(({ at }) => end - at >= ms),
    ),
  );
};

const isWorse = (looks: readonly Look[], bound: Bound): boolean =>
  lossesIn(looks).some((loss) => loss > LOSS[bound]) ||
  commonRoundTrip(looks) > ROUND_TRIP_MS[bound];

/** The share lost of each stream that had enough packets. */
const lossesIn = (looks: readonly Look[]): readonly number[] => {
  const [first, last] = [looks[0], looks.at(-1)];
  return [...(last?.streams ?? [])].flatMap(([name, now]) => {
    const before = first?.streams.get(name);
    const sent = now.sent - (before?.sent ?? now.sent);
    return before && sent >= ENOUGH_PACKETS ? [(now.lost - before.lost) / sent] : [];
  });
};

/** The middle one: a single slow answer says little. */
const commonRoundTrip = (looks: readonly Look[]): number => {
  const times = looks.flatMap(({ roundTripMs }) => roundTripMs ?? []).toSorted((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
};

/** What mediasoup sends to find out how much goes through is no part of the call, and has gaps of its own. */
const PROBE = 'probator';

/** What the browser reports of both transports. */
export function counted(reports: readonly RTCStatsReport[]): Counters {
  const streams = new Map<string, Stream>();
  const missed = new Map<string, number>();
  let roundTripMs: number | null = null;
  const read = (entry: Record<string, unknown>): void => {
    const number = (key: string): number => (typeof entry[key] === 'number' ? entry[key] : 0);
    const name = String(entry['ssrc']);
    if (entry['type'] === 'inbound-rtp' && entry['mid'] !== PROBE) {
      const lost = number('packetsLost');
      streams.set(`to here ${name}`, { sent: number('packetsReceived') + lost, lost });
    } else if (entry['type'] === 'outbound-rtp') {
      // Lost sound that came when it was sent again is not told as lost.
      const lost = entry['kind'] === 'audio' ? number('retransmittedPacketsSent') : 0;
      streams.set(`from here ${name}`, { sent: number('packetsSent'), lost });
    } else if (entry['type'] === 'remote-inbound-rtp') {
      missed.set(`from here ${name}`, number('packetsLost'));
    } else if (entry['type'] === 'candidate-pair' && entry['nominated'] === true) {
      const ms = number('currentRoundTripTime') * 1000;
      roundTripMs = Math.max(roundTripMs ?? 0, ms);
    }
  };
  for (const report of reports) report.forEach(read);
  for (const [name, { sent, lost }] of streams) {
    streams.set(name, { sent, lost: Math.max(lost, missed.get(name) ?? 0) });
  }
  return { streams, roundTripMs };
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
    let opinion = NO_OPINION;
    while (!isOver()) {
      await pause(timers, LOOK_EVERY_MS);
      if (isOver()) return;
      const read = await reports().catch(() => []);
      if (isOver()) return;
      opinion = judge(opinion, read.length > 0 ? counted(read) : null, timers.now());
      judged(opinion.poor);
    }
  };
  void watch();
  return () => {
    over = true;
  };
}
