import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { counted, judge, NO_OPINION, watchNetwork, type Counters } from './network.ts';
import { SteppedTimers } from './testing/steppedTimers.ts';

const NOTHING: Counters = {
  received: 0,
  receivedLost: 0,
  sent: 0,
  sentLost: 0,
  roundTripMs: null,
};
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
  let counters = NOTHING;
  let at = 1_000_000;
  let untold = 0;
  return lines.flatMap(([line, looks]) =>
    Array.from({ length: looks }, (_, look) => {
      const { here = 0, there = 0, packets = PACKETS, roundTripMs = () => 40 } = line;
      at += LOOK_MS + 7;
      const lost = lose(packets, here);
      untold += lose(packets, there);
      // The server tells only now and then what it misses.
      const told = look % 3 === 2 ? untold : 0;
      untold -= told;
      counters = {
        received: counters.received + packets - lost,
        receivedLost: counters.receivedLost + lost,
        sent: counters.sent + packets - told,
        sentLost: counters.sentLost + told,
        roundTripMs: roundTripMs(look),
      };
      opinion = judge(opinion, counters, at);
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
    const bad = { ...NOTHING, received: 700, receivedLost: 300 };
    let held = judge(NO_OPINION, bad, at(0));
    held = judge(held, { ...bad, received: 50, receivedLost: 40 }, at(6));
    expect(held.poor).toBe(false);
    held = judge(held, { ...bad, received: 350, receivedLost: 40 }, at(16));
    expect(held.poor).toBe(false);
    // Where nothing can be read, one waits for two looks again.
    held = judge(held, null, at(18));
    held = judge(held, { ...bad, received: 360, receivedLost: 200 }, at(20));
    expect(held.poor).toBe(false);
    held = judge(held, { ...bad, received: 660, receivedLost: 250 }, at(30));
    expect(held.poor).toBe(true);
  });
});

const report = (...entries: Record<string, unknown>[]): RTCStatsReport =>
  new Map(entries.map((entry, index) => [String(index), entry]));

it('adds up what both transports report', () => {
  const send = report(
    { type: 'outbound-rtp', packetsSent: 100 },
    { type: 'outbound-rtp', packetsSent: 300 },
    { type: 'remote-inbound-rtp', packetsLost: 8 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 },
    { type: 'candidate-pair', nominated: false, currentRoundTripTime: 3 },
  );
  const receive = report(
    { type: 'inbound-rtp', packetsReceived: 500, packetsLost: 3 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.02 },
    { type: 'codec' },
  );
  expect(counted([send, receive])).toEqual({
    received: 500,
    receivedLost: 3,
    sent: 392,
    sentLost: 8,
    roundTripMs: 50,
  });
  expect(counted([])).toEqual(NOTHING);
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
