import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { counted, isPoor, watchNetwork, type Counters } from './network.ts';
import { SteppedTimers } from './testing/steppedTimers.ts';

const NOTHING: Counters = {
  received: 0,
  receivedLost: 0,
  sent: 0,
  sentLost: 0,
  roundTripMs: null,
};
const after = (more: Partial<Counters>): Counters => ({
  ...NOTHING,
  received: 1000,
  sent: 1000,
  roundTripMs: 40,
  ...more,
});

describe('the network', () => {
  it.each([
    ['all that was sent arrives', {}, false],
    ['a little is lost', { received: 960, receivedLost: 40 }, false],
    ['much is lost on the way here', { received: 940, receivedLost: 60 }, true],
    ['much is lost on the way there', { sent: 900, sentLost: 100 }, true],
    ['it comes late', { roundTripMs: 401 }, true],
    ['nobody says how late it comes', { roundTripMs: null }, false],
    ['there was nearly nothing to lose', { received: 5, receivedLost: 5 }, false],
    ['what was given up arrived after all', { receivedLost: -3 }, false],
  ])('is judged when %s', (_, more, poor) => {
    expect(isPoor(NOTHING, after(more), false)).toBe(poor);
  });

  it('is judged by what happened since the last look only', () => {
    const before = after({ received: 500, receivedLost: 500 });
    expect(isPoor(before, after({ received: 1500, receivedLost: 500 }), false)).toBe(false);
  });

  it('is well again only when it is clearly so', () => {
    const between = [{ received: 970, receivedLost: 30 }, { roundTripMs: 350 }];
    for (const more of between) {
      expect(isPoor(NOTHING, after(more), true)).toBe(true);
      expect(isPoor(NOTHING, after(more), false)).toBe(false);
    }
    expect(isPoor(NOTHING, after({ received: 990, receivedLost: 10 }), true)).toBe(false);
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

  it('compares each look with the one before', async () => {
    await count(100, 50);
    await count(200, 50);
    await count(280, 70);
    await count(380, 70);
    expect(judged).toEqual([false, false, true, false]);
  });

  it('takes no notice of transports that were made anew', async () => {
    await count(1000, 0);
    await count(50, 40);
    await count(150, 40);
    expect(judged).toEqual([false, false, false]);
  });

  it('goes on where there is nothing to be read, until it is stopped', async () => {
    await timers.advance(2000);
    await count(100, 0);
    stop();
    await count(200, 0);
    expect(judged).toEqual([false, false]);
    expect(timers.waiting).toBe(0);
  });
});
