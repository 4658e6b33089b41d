import { describe, expect, it } from 'vitest';
import { estimated, isNews, newLine, pictureRate, tried } from './pictureLine.ts';
import type { PictureLine } from './pictureLine.ts';

type Script = readonly (readonly [at: number, available: number])[];

const play = (script: Script, from: PictureLine = newLine): PictureLine =>
  script.reduce((line, [at, available]) => estimated(line, available, at), from);

/** As mediasoup told it when a line became 100 kbit/s wide, ms since then and bit/s. */
const NARROWED: Script = [
  [0, 1_620_000],
  [1051, 598_999],
  [1988, 253_022],
  [2988, 253_022],
  [3989, 253_022],
  [4599, 127_005],
  [5600, 127_005],
  [6604, 127_005],
  [6848, 72_184],
  [7852, 72_184],
  [8286, 39_193],
  [9287, 39_193],
  [10_288, 39_193],
];
const WITHHELD_AT = 10_288;
/** What it finds out while it sends no picture over that line: probes rise, and are lost. */
const PROBED: Script = [
  [12_400, 71_692],
  [13_450, 144_000],
  [13_513, 268_800],
  [13_576, 507_733],
  [13_763, 67_994],
  [14_765, 69_105],
];

/** Each second, as on a line that does not change. */
const steady = (available: number, from: number, seconds: number): Script =>
  Array.from({ length: seconds }, (_, second) => [from + 1000 * second, available]);

describe('the rate of a picture', () => {
  it.each([
    [200_000, 120_000],
    [10_000, 30_000],
    [1_500_000, 0],
  ])('of %i bit/s is %i', (available, rate) => {
    expect(pictureRate(play([[0, available]]))).toBe(rate);
  });

  it('is any before something is known', () => {
    expect(pictureRate(newLine)).toBe(0);
  });

  it('falls at once and rises after a while', () => {
    const fallen = play([...steady(1_600_000, 0, 3), [3000, 200_000]]);
    expect(pictureRate(fallen)).toBe(120_000);
    expect(pictureRate(play([[4000, 1_600_000]], fallen))).toBe(120_000);
    expect(pictureRate(play(steady(1_600_000, 4000, 2), fallen))).toBe(0);
  });
});

describe('a picture', () => {
  it('is withheld where there is no place for it beside the voice', () => {
    expect(play(NARROWED.slice(0, -1)).tryAt).toBeNull();
    expect(play(NARROWED).tryAt).toBe(WITHHELD_AT + 60_000);
  });

  it('is not for a dip, however many come one after another', () => {
    const dips = Array.from({ length: 10 }, (_, dip): Script => [
      [dip * 3000, 40_000],
      ...steady(1_000_000, dip * 3000 + 1000, 2),
    ]);
    for (const [at, available] of dips.flat()) {
      expect(
        play([...dips.flat().filter(([when]) => when < at), [at, available]]).tryAt,
      ).toBeNull();
    }
  });

  it('is not for what was before a pause', () => {
    const line = play([
      [0, 40_000],
      [1000, 40_000],
      [61_000, 40_000],
    ]);
    expect(line.tryAt).toBeNull();
  });

  it('comes back when the line has been wide for a while', () => {
    const line = play([...NARROWED, ...PROBED]);
    expect(line.tryAt).toBe(WITHHELD_AT + 60_000);
    const wide = steady(940_800, 16_000, 5);
    expect(play(wide.slice(0, -1), line).tryAt).not.toBeNull();
    const back = play(wide, line);
    expect(back.tryAt).toBeNull();
    expect(pictureRate(back)).toBe(860_800);
  });

  it('does not come back for what probes make of an estimate', () => {
    const again = PROBED.map(([at, available]) => [at + 2400, available] as const);
    expect(play([...NARROWED, ...PROBED, ...again]).tryAt).toBe(WITHHELD_AT + 60_000);
  });

  it('is tried as small as can be, and stays where there is just enough', () => {
    const trying = tried(play([...NARROWED, ...PROBED]), WITHHELD_AT + 60_000);
    expect(trying.tryAt).toBeNull();
    expect(pictureRate(trying)).toBe(30_000);
    expect(play(steady(130_000, 71_000, 10), trying).tryAt).toBeNull();
  });

  it('is tried less and less often where the line stays narrow, at last every five minutes', () => {
    let line = play(NARROWED);
    let now = WITHHELD_AT;
    const waits: number[] = [];
    for (let time = 0; time < 4; time++) {
      const { tryAt } = line;
      if (tryAt === null) break;
      waits.push(tryAt - now);
      line = play(steady(30_000, tryAt + 500, 4), tried(line, tryAt));
      now = tryAt + 3500;
    }
    expect(waits).toEqual([60_000, 120_000, 300_000, 300_000]);
  });

  it('is tried soon again when it was seen for a while in between', () => {
    const seen = play(steady(1_600_000, 71_000, 25), tried(play(NARROWED), 70_288));
    expect(play(steady(30_000, 96_000, 4), seen).tryAt).toBe(99_000 + 60_000);
  });
});

it('a sender is told only what is worth it', () => {
  expect(isNews(0, 0)).toBe(false);
  expect(isNews(0, 30_000)).toBe(true);
  expect(isNews(100_000, 105_000)).toBe(false);
  expect(isNews(100_000, 115_000)).toBe(true);
});
