import { describe, expect, it } from 'vitest';
import { loudness, newestSource, ReceiverLevel, SenderLevel } from './levels.ts';
import { settle, SteppedTimers } from './testing/steppedTimers.ts';

const receiver = (sources: () => object[]) =>
  ({ getSynchronizationSources: sources }) as unknown as RTCRtpReceiver;

describe('loudness', () => {
  it('is 0 in silence, 1 for a loud voice, and grows in between', () => {
    expect(loudness(0)).toBe(0);
    expect(loudness(Number.NaN)).toBe(0);
    expect(loudness(0.001)).toBe(0);
    expect(loudness(1)).toBe(1);
    expect(loudness(0.01)).toBeLessThan(loudness(0.1));
  });
});

describe('a voice that is heard', () => {
  it('is the newest source’s', () => {
    const level = new ReceiverLevel(
      receiver(() => [
        { timestamp: 20, audioLevel: 0.1, source: 1 },
        { timestamp: 10, audioLevel: 1, source: 2 },
      ]),
      new SteppedTimers(),
    );
    expect(level.read()).toBeCloseTo(loudness(0.1));
  });

  it('falls silent when no packet comes any more', async () => {
    const timers = new SteppedTimers();
    let timestamp = 1;
    const level = new ReceiverLevel(
      receiver(() => [{ timestamp, audioLevel: 0.5, source: 1 }]),
      timers,
    );
    expect(level.read()).toBeGreaterThan(0);
    await timers.advance(600);
    expect(level.read()).toBe(0);
    timestamp = 2;
    expect(level.read()).toBeGreaterThan(0);
  });

  it('is nothing where the browser does not tell', () => {
    expect(newestSource(undefined)).toBeNull();
    expect(new ReceiverLevel(undefined, new SteppedTimers()).read()).toBe(0);
  });
});

describe('the own voice', () => {
  it('comes from the statistics, asked for now and then', async () => {
    const timers = new SteppedTimers();
    let asked = 0;
    const sender = {
      getStats: () => {
        asked += 1;
        return Promise.resolve(new Map([['s', { type: 'media-source', audioLevel: 0.5 }]]));
      },
    } as unknown as RTCRtpSender;
    const level = new SenderLevel(timers);
    expect(level.read(sender)).toBe(0);
    level.read(sender);
    await settle();
    expect(level.read(sender)).toBeCloseTo(loudness(0.5));
    expect(asked).toBe(1);
    await timers.advance(150);
    level.read(sender);
    expect(asked).toBe(2);
  });
});
