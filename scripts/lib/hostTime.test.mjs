import { describe, expect, it } from 'vitest';
import { lookAtMachine, parseLook, worstTaken } from './hostTime.mjs';

const STAT = `cpu  40450 10 7264 58394 542 3 85 21 7 0
cpu0 20225 5 3632 29197 271 1 42 10 3 0
intr 12345
`;

describe('a look at the machine', () => {
  it('counts the ticks of all processors, and guests’ only once', () => {
    const all = 40450 + 10 + 7264 + 58394 + 542 + 3 + 85 + 21;
    expect(parseLook(STAT, 5)).toEqual({ at: 5, stolen: 21, all });
  });

  it('knows of nothing taken where it can read nothing', () => {
    expect(parseLook('', 5)).toMatchObject({ stolen: 0 });
  });

  it('is taken of the real one', () => {
    expect(lookAtMachine().all).toBeGreaterThan(0);
  });
});

describe('what the host took in the worst second', () => {
  /** Two processors and a look every half second. @param {number[]} stolen ticks before each look */
  const looks = (...stolen) => {
    let sum = 0;
    return stolen.map((ticks, index) => ({
      at: index * 500,
      stolen: (sum += ticks),
      all: index * 100,
    }));
  };

  it('is nothing where it took nothing', () => {
    expect(worstTaken(looks(0, 0, 0, 0))).toBe(0);
  });

  it('does not get lost in a long time', () => {
    const calm = Array.from({ length: 100 }, () => 0);
    expect(worstTaken(looks(...calm, 40, 20, ...calm))).toBe(0.3);
  });

  it('is of the whole where that is shorter', () => {
    expect(worstTaken(looks(0, 25))).toBe(0.25);
  });

  it('does not take a few ticks at the end for much', () => {
    expect(worstTaken(looks(0, 0, 0, 0, 8))).toBe(0.04);
  });

  it('is nothing before there are two looks', () => {
    expect(worstTaken(looks(3))).toBe(0);
    expect(worstTaken([])).toBe(0);
  });
});
