import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSilent, signsOf, watchSilence, type Signs } from './silence.ts';
import { SteppedTimers } from './testing/steppedTimers.ts';

const LAST: Signs = { arrived: 1000, checks: 10, roundTripMs: 50 };

it.each<[string, Partial<Signs>, number, boolean]>([
  ['nothing came, and checks are not answered', { checks: 13 }, 3050, true],
  ['something came', { checks: 13, arrived: 1001 }, 3050, false],
  ['it was not for long', { checks: 13 }, 3000, false],
  ['nothing was asked either', { checks: 12 }, 60_000, false],
])('it is silent when %s: judged rightly', (_, more, sinceMs, expected) => {
  expect(isSilent(LAST, { ...LAST, ...more }, sinceMs)).toBe(expected);
});

it('waits for answers as long as they take', () => {
  const far = { ...LAST, roundTripMs: 900 };
  expect(isSilent(far, { ...far, checks: 20 }, 3500)).toBe(false);
  expect(isSilent(far, { ...far, checks: 20 }, 3900)).toBe(true);
});

const reportOf = (...entries: object[]): RTCStatsReport =>
  new Map(entries.map((entry, index) => [String(index), entry]));
const pairOf = (bytesReceived: number, consentRequestsSent: number) => ({
  type: 'candidate-pair',
  bytesReceived,
  responsesReceived: 5,
  requestsSent: 1,
  consentRequestsSent,
  currentRoundTripTime: 0.04,
});

it('counts bytes and answers of all paths', () => {
  const other = { type: 'candidate-pair', responsesReceived: 2 };
  const report = reportOf(pairOf(700, 9), other, { type: 'transport', bytesReceived: 1 });
  expect(signsOf(report)).toEqual({ arrived: 707, checks: 10, roundTripMs: 40 });
});

describe('a watch', () => {
  const silent = vi.fn<() => void>();
  const heard = vi.fn<() => void>();
  let timers: SteppedTimers;
  let bytes: number;
  let checks: number;
  let connected: boolean;
  let stop: () => void;

  beforeEach(() => {
    vi.resetAllMocks();
    timers = new SteppedTimers();
    [bytes, checks, connected] = [0, 0, true];
    const report = () => Promise.resolve(connected ? reportOf(pairOf(bytes, checks)) : null);
    stop = watchSilence({ report, silent, heard, timers });
  });
  afterEach(async () => {
    stop();
    await timers.advance(1000);
    expect(timers.waiting).toBe(0);
  });

  const passes = async (looks: number, arriving: number): Promise<void> => {
    for (let look = 0; look < looks; look++) {
      bytes += arriving;
      checks += 1;
      await timers.advance(500);
    }
  };

  it('tells once of a silence, and once of its end', async () => {
    await passes(4, 100);
    await passes(6, 0);
    expect(silent).not.toHaveBeenCalled();
    await passes(10, 0);
    expect(silent).toHaveBeenCalledOnce();
    expect(heard).not.toHaveBeenCalled();
    await passes(4, 100);
    expect(heard).toHaveBeenCalledOnce();
    await passes(10, 0);
    expect(silent).toHaveBeenCalledTimes(2);
  });

  it('does not take a forgotten path for a sign of life', async () => {
    await passes(4, 100);
    await passes(5, 0);
    bytes = 0;
    await passes(4, 0);
    expect(silent).toHaveBeenCalledOnce();
    expect(heard).not.toHaveBeenCalled();
  });

  it('says nothing before the transport is connected', async () => {
    connected = false;
    await passes(20, 0);
    connected = true;
    await passes(6, 0);
    expect(silent).not.toHaveBeenCalled();
  });
});
