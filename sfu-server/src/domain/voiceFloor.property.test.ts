/**
 * The floor under random talk. What must hold whoever speaks, cheats, hums or coughs, and whenever.
 * On a failure fast-check prints the seed.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FRAME_MS, hum, play, sent, speech, times, untold } from './scriptedTalk.ts';
import type { Replaced, Voice } from './scriptedTalk.ts';
import { FLOOR_DEFAULTS } from './voiceFloor.ts';

const RUNS = { numRuns: 300 };
const { holdMs, yieldAfterMs, phraseMs, replacementsPerSecond, idleMs, gateDbov } = FLOOR_DEFAULTS;

const slots = fc.integer({ min: 1, max: 4 });
const level = fc.integer({ min: -45, max: -5 });

/** Turns of random length and loudness, of somebody who begins and ends softly. */
const talk = fc
  .record({
    level,
    wordMs: fc.integer({ min: 100, max: 3000 }),
    gapMs: fc.integer({ max: 2000, min: 0 }),
  })
  .map(({ level: loud, ...rhythm }) => speech(loud, rhythm));

/** Claims the loudest level there is, in any rhythm, with silence or nothing sent in between. */
interface Cheat {
  readonly onMs: number;
  readonly offMs: number;
  readonly phase: number;
  readonly off: number | null;
  readonly every: number;
}
const cheat = fc.record<Cheat>({
  onMs: fc.integer({ min: FRAME_MS, max: 12_000 }),
  offMs: fc.integer({ min: 0, max: 3000 }),
  phase: fc.integer({ min: 0, max: 5000 }),
  off: fc.constantFrom(null, -90),
  every: fc.integer({ min: 1, max: 19 }),
});
const cheating =
  ({ onMs, offMs, phase, off, every }: Cheat): Voice =>
  (ms) => {
    if ((ms / FRAME_MS) % every !== 0) return null;
    return (ms + phase) % (onMs + offMs) < onMs ? 0 : off;
  };

/** Whether somebody told speech a moment before they lost a slot. */
const spokeBefore =
  (voices: Record<string, Voice>) =>
  ({ from, at }: Replaced): boolean => {
    const loud: Voice = (ms) => {
      const level = voices[from]?.(ms);
      return typeof level === 'number' && level > gateDbov ? level : null;
    };
    return sent(loud, at - idleMs / 2, at) > 0;
  };

const named = (voices: readonly Voice[]): Record<string, Voice> =>
  Object.fromEntries(voices.map((voice, index) => [`p${index}`, voice]));

it('replaces at most four who speak in any second', () => {
  const manySlots = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(fc.array(talk, { minLength: 2, maxLength: 30 }), manySlots, (all, count) => {
      const voices = named(all);
      const replaced = play(voices, 20_000, count).replaced.filter(spokeBefore(voices));
      for (const { at } of replaced) {
        const within = replaced.filter((one) => one.at > at - 1000 && one.at <= at);
        expect(within.length).toBeLessThanOrEqual(replacementsPerSecond);
      }
    }),
    RUNS,
  );
});

it('lets no cheaters keep a talker waiting longer than a fair time, whatever their rhythm', () => {
  fc.assert(
    fc.property(
      slots.chain((count) => fc.array(cheat, { minLength: count, maxLength: count })),
      level,
      fc.integer({ min: 0, max: 300 }),
      (cheaters, loud, gapMs) => {
        const talker = speech(loud, { from: 3000, gapMs });
        const lastMs = 60_000;
        const heard = play({ ...named(cheaters.map(cheating)), talker }, lastMs, cheaters.length);
        const carried = [3000, ...times(heard, 'talker'), lastMs];
        const waits = carried.slice(1).map((ms, index) => ms - (carried[index] ?? 0));
        expect(Math.max(...waits)).toBeLessThanOrEqual(yieldAfterMs + holdMs + idleMs);
      },
    ),
    RUNS,
  );
});

it('lets nobody who leaves levels out keep a talker waiting longer than a phrase', () => {
  fc.assert(
    fc.property(
      slots.chain((count) => fc.array(cheat, { minLength: count, maxLength: count + 2 })),
      slots,
      level,
      (cheaters, count, loud) => {
        const talker = speech(loud, { from: 4000, gapMs: 300 });
        const others = cheaters.slice(0, count + 2).map((it) => untold(cheating(it)));
        const heard = play({ ...named(others), talker }, 30_000, count);
        const begins = times(heard, 'talker')[0] ?? Infinity;
        expect(begins).toBeLessThanOrEqual(4000 + phraseMs + idleMs + 300);
        expect(times(heard, 'talker')).toHaveLength(sent(talker, begins, 30_000));
      },
    ),
    RUNS,
  );
});

it('lets nobody who leaves levels out push out somebody who speaks and does not', () => {
  fc.assert(
    fc.property(fc.array(talk, { minLength: 2, maxLength: 12 }), slots, (all, count) => {
      const voices = named(all.map((voice, index) => (index % 2 === 0 ? untold(voice) : voice)));
      const isUntold = (name: string): boolean => Number(name.slice(1)) % 2 === 0;
      const { replaced } = play(voices, 20_000, count);
      const pushed = replaced.filter(({ from, to }) => !isUntold(from) && isUntold(to));
      expect(pushed.filter(spokeBefore(voices))).toEqual([]);
    }),
    RUNS,
  );
});

it('lets no hum take a word from a talker, once it is known', () => {
  fc.assert(
    fc.property(
      slots,
      fc.array(level, { minLength: 1, maxLength: 12 }),
      talk,
      (count, hums, voice) => {
        const from = 7000;
        const talker: Voice = (ms) => (ms < from ? null : voice(ms - from));
        const heard = play({ ...named(hums.map(hum)), talker }, 15_000, count);
        expect(times(heard, 'talker')).toHaveLength(sent(talker, 0, 15_000));
      },
    ),
    RUNS,
  );
});

it('gives a talker who is louder than an owner the slot within a moment', () => {
  fc.assert(
    fc.property(
      slots,
      fc.integer({ min: -45, max: -20 }),
      fc.integer({ min: 8, max: 15 }),
      (count, quiet, more) => {
        const others = Array.from({ length: count }, () => speech(quiet, { gapMs: 0 }));
        const loud = speech(quiet + more, { from: 2000, gapMs: 100 });
        const heard = play({ ...named(others), loud }, 9000, count);
        expect(times(heard, 'loud')[0]).toBeLessThanOrEqual(2000 + 5 * FRAME_MS);
        expect(times(heard, 'loud', 3000)).toHaveLength(sent(loud, 3000, 9000));
      },
    ),
    RUNS,
  );
});

it('takes nothing from those who speak for a cough of one packet', () => {
  fc.assert(
    fc.property(slots, level, fc.integer({ min: 50, max: 400 }), (count, loud, frame) => {
      const others = Array.from({ length: count }, () => speech(loud, { gapMs: 0 }));
      const cough: Voice = (ms) => (ms === frame * FRAME_MS ? 0 : null);
      const heard = play({ ...named(others), cough }, 9000, count);
      expect(times(heard, 'cough')).toEqual([]);
      expect(heard.replaced).toEqual([]);
    }),
    RUNS,
  );
});
