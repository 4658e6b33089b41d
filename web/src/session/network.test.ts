import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { counted, judge, NO_OPINION, watchNetwork, type Counters } from './network.ts';
import { SteppedTimers } from './testing/steppedTimers.ts';

const counters = (
  [hereSent, hereLost]: readonly [number, number],
  [thereSent, thereLost]: readonly [number, number] = [0, 0],
  roundTripMs: number | null = 40,
): Counters => ({
  streams: new Map([
    ['to here', { sent: hereSent, lost: hereLost }],
    ['from here', { sent: thereSent, lost: thereLost }],
  ]),
  roundTripMs,
});

const LOOK_MS = 2000;
/** Of a call with sound alone, per look. */
const PACKETS = 100;

/** What a line does with packets; by default it is good. */
interface Line {
  /** Shares lost on the way here and there. */
  readonly here?: number;
  readonly there?: number;
  /** For the look of this number. */
  readonly roundTripMs?: (look: number) => number | null;
  readonly packets?: number;
}

/** Numbers from 0 to 1 that look random and are the same each time. */
const numbers = (seed: number) => () => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};

/** Plays lines one after another, each for so many looks; returns what was held after each look. */
const play = (seed: number, ...lines: readonly (readonly [Line, number])[]): boolean[] => {
  const random = numbers(seed);
  const lose = (count: number, share: number): number =>
    Array.from({ length: count }, random).filter((number) => number < share).length;
  let opinion = NO_OPINION;
  let at = 1_000_000;
  let [sent, hereLost, thereLost, untold] = [0, 0, 0, 0];
  return lines.flatMap(([line, looks]) =>
    Array.from({ length: looks }, (_, look) => {
      const { here = 0, there = 0, packets = PACKETS, roundTripMs = () => 40 } = line;
      at += LOOK_MS + 7;
      sent += packets;
      hereLost += lose(packets, here);
      untold += lose(packets, there);
      // The server tells only now and then what it misses.
      if (look % 3 === 2) [thereLost, untold] = [thereLost + untold, 0];
      const now = counters([sent, hereLost], [sent, thereLost], roundTripMs(look));
      opinion = judge(opinion, now, at);
      return opinion.poor;
    }),
  );
};

/** How often what is held changes. */
const changesIn = (held: readonly boolean[]): number =>
  held.filter((poor, index) => poor !== (held[index - 1] ?? false)).length;

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const GOOD: Line = {};

describe('the network', () => {
  it.each<[string, Line, boolean]>([
    ['all that was sent arrives', {}, false],
    ['a little is lost', { here: 0.02, there: 0.02 }, false],
    ['much is lost on the way here', { here: 0.1 }, true],
    ['much is lost on the way there', { there: 0.1 }, true],
    ['nearly a third is lost both ways', { here: 0.3, there: 0.3 }, true],
    ['it comes late', { roundTripMs: () => 401 }, true],
    ['one in five comes late', { roundTripMs: (look) => (look % 5 ? 40 : 3000) }, false],
    ['nobody says how late it comes', { roundTripMs: () => null }, false],
    ['there was nearly nothing to lose', { here: 0.5, packets: 4 }, false],
  ])('is judged when %s', (_, line, poor) => {
    for (const seed of SEEDS) {
      const held = play(seed, [{ packets: line.packets ?? PACKETS }, 10], [line, 60]);
      // Within 15 s, and once.
      expect(held.slice(17).every((one) => one === poor)).toBe(true);
      expect(changesIn(held)).toBe(poor ? 1 : 0);
    }
  });

  it.each<[string, Line]>([
    ['10 % loss', { here: 0.1, there: 0.1 }],
    ['30 % loss', { here: 0.3, there: 0.3 }],
    ['delay', { roundTripMs: (look) => (look % 3 ? 600 : 420) }],
  ])('is well again soon after %s, and stays so', (_, line) => {
    for (const seed of SEEDS) {
      const held = play(seed, [line, 60], [GOOD, 60]);
      expect(held[59]).toBe(true);
      expect(held[60 + 6]).toBe(false);
      expect(changesIn(held)).toBe(2);
    }
  });

  it.each<[string, Line]>([
    ['a little loss', { here: 0.025, there: 0.01 }],
    ['half a delay', { roundTripMs: () => 330 }],
    ['near silence', { packets: 2 }],
  ])('is well again in the end with %s', (_, line) => {
    for (const seed of SEEDS) {
      const held = play(seed, [{ here: 0.2, roundTripMs: () => 500 }, 10], [line, 60]);
      expect(held[9]).toBe(true);
      expect(held[10]).toBe(true);
      expect(held.slice(10 + 18)).not.toContain(true);
    }
  });

  it('is judged by what was counted since its transports were made', () => {
    const at = (seconds: number) => seconds * 1000;
    let held = judge(NO_OPINION, counters([1000, 300]), at(0));
    held = judge(held, counters([90, 40]), at(6));
    expect(held.poor).toBe(false);
    held = judge(held, counters([390, 40]), at(16));
    expect(held.poor).toBe(false);
    // Where nothing can be read, one waits for two looks again.
    held = judge(held, null, at(18));
    held = judge(held, counters([560, 200]), at(20));
    expect(held.poor).toBe(false);
    held = judge(held, counters([860, 250]), at(30));
    expect(held.poor).toBe(true);
  });

  it('is poor where one stream is, however many packets the others have', () => {
    const look = (sent: number, lost: number): Counters => ({
      streams: new Map([
        ['sound', { sent: 10 * sent, lost: 0 }],
        ['picture', { sent, lost }],
      ]),
      roundTripMs: null,
    });
    const held = judge(NO_OPINION, look(0, 0), 0);
    expect(judge(held, look(200, 20), 10_000).poor).toBe(true);
    expect(judge(held, look(200, 4), 10_000).poor).toBe(false);
  });
});

const report = (...entries: Record<string, unknown>[]): RTCStatsReport =>
  new Map(entries.map((entry, index) => [String(index), entry]));

it('reads what both transports report, but no probes', () => {
  const send = report(
    { type: 'outbound-rtp', ssrc: 1, kind: 'audio', packetsSent: 100, retransmittedPacketsSent: 9 },
    {
      type: 'outbound-rtp',
      ssrc: 2,
      kind: 'video',
      packetsSent: 300,
      retransmittedPacketsSent: 40,
    },
    { type: 'remote-inbound-rtp', ssrc: 1, packetsLost: 2 },
    { type: 'remote-inbound-rtp', ssrc: 2, packetsLost: 8 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 },
    { type: 'candidate-pair', nominated: false, currentRoundTripTime: 3 },
  );
  const receive = report(
    { type: 'inbound-rtp', ssrc: 3, mid: '0', packetsReceived: 500, packetsLost: 3 },
    { type: 'inbound-rtp', ssrc: 1234, mid: 'probator', packetsReceived: 107, packetsLost: 86 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.02 },
    { type: 'codec' },
  );
  expect(counted([send, receive])).toEqual({
    streams: new Map([
      ['from here 1', { sent: 100, lost: 9 }],
      ['from here 2', { sent: 300, lost: 8 }],
      ['to here 3', { sent: 503, lost: 3 }],
    ]),
    roundTripMs: 50,
  });
  expect(counted([])).toEqual({ streams: new Map(), roundTripMs: null });
});

describe('the watch', () => {
  let timers: SteppedTimers;
  let packets: { received: number; lost: number } | null;
  let judged: boolean[];
  let stop: () => void;

  const count = async (received: number, lost: number) => {
    packets = { received, lost };
    await timers.advance(2000);
  };

  beforeEach(() => {
    timers = new SteppedTimers();
    packets = null;
    judged = [];
    stop = watchNetwork({
      timers,
      judged: (poor) => judged.push(poor),
      reports: () => {
        if (!packets) return Promise.reject(new Error('closed'));
        const { received, lost } = packets;
        return Promise.resolve([
          report({ type: 'inbound-rtp', packetsReceived: received, packetsLost: lost }),
        ]);
      },
    });
  });

  afterEach(() => {
    stop();
  });

  it('compares looks with those before', async () => {
    await count(1000, 500);
    await count(1100, 500);
    await count(1180, 520);
    for (let looks = 0; looks < 3; looks++) await count(1280 + looks, 540);
    expect(judged).toEqual([false, false, false, false, false, true]);
  });

  it('goes on where there is nothing to be read, until it is stopped', async () => {
    await timers.advance(2000);
    await count(100, 100);
    stop();
    await count(200, 0);
    expect(judged).toEqual([false, false]);
    expect(timers.waiting).toBe(0);
  });
});
