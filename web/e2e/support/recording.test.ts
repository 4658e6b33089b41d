import { describe, expect, it } from 'vitest';
import { Recording } from './recording.ts';

const [ANA, BO, NOBODY] = [17, 29, 41];
const BINS = [ANA, BO, NOBODY];
const SPAN = { from: 0, to: 1000 };

/** A line every 10 ms. */
const recording = (lines: readonly (readonly number[])[], threshold?: number): Recording =>
  new Recording(
    BINS,
    lines.map((amplitudes, index) => ({ at: index * 10, amplitudes })),
    threshold,
  );

const SILENCE = [0.0001, 0.0001, 0.0001];
const ANA_SPEAKS = [0.3, 0.001, 0.001];
const CLICK = [0.2, 0.12, 0.08];

describe('a tone is heard', () => {
  it('from when it is there until it is not', () => {
    const heard = recording([SILENCE, ANA_SPEAKS, ANA_SPEAKS, SILENCE]);
    expect(heard.firstHeard(ANA, 0)).toBe(10);
    expect(heard.lastHeard(ANA)).toBe(20);
    expect(heard.share(ANA, SPAN)).toBe(0.5);
    expect(heard.lastHeard(BO)).toBeUndefined();
  });

  it('beside a louder one, if that is asked for', () => {
    expect(recording([[0.3, 0.02, 0.001]]).lastHeard(BO)).toBeUndefined();
    expect(recording([[0.3, 0.02, 0.001]], 0.005).lastHeard(BO)).toBe(0);
  });

  it('not where it is as much in a tone that nobody has: that is a click', () => {
    const heard = recording([ANA_SPEAKS, SILENCE, CLICK, SILENCE]);
    expect(heard.lastHeard(ANA)).toBe(0);
    expect(heard.lastHeard(BO)).toBeUndefined();
    expect(recording([CLICK.map((it) => it / 20)], 0.005).lastHeard(ANA)).toBeUndefined();
  });
});
