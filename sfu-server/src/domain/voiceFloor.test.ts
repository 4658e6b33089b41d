/** Scripted talk: who is heard, and who is not. */
import { describe, expect, it } from 'vitest';
import { FRAME_MS, hum, play, sent, speech, times, untold } from './scriptedTalk.ts';
import type { Voice } from './scriptedTalk.ts';
import { FLOOR_DEFAULTS, VoiceFloor } from './voiceFloor.ts';

describe('turns', () => {
  it('are heard from the first packet to the last, one after the other', () => {
    const voices = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `p${index}`,
        speech(-25, { from: index * 1000, to: index * 1000 + 900 }),
      ]),
    );
    const heard = play(voices, 11_000);
    for (const [index, [name, voice]] of Object.entries(voices).entries()) {
      const from = index * 1000;
      expect(times(heard, name), name).toHaveLength(sent(voice, from, from + 1000));
    }
    expect(heard.switches).toBe(10);
  });

  it('of somebody with nothing sent between them are no hum, however even the voice', () => {
    const every4s =
      (from: number): Voice =>
      (ms) =>
        ms % 4000 >= from && ms % 4000 < from + 300 ? -27 : null;
    const voices = { ana: every4s(0), bo: every4s(1000) };
    const heard = play(voices, 40_000, 1);
    for (const [name, voice] of Object.entries(voices)) {
      expect(times(heard, name), name).toHaveLength(sent(voice, 0, 40_000));
    }
  });

  it('take no more switches than turns in a lively dialogue of four on two slots', () => {
    const turn = (start: number) => speech(-25, { from: start, to: start + 1500 });
    const dialogue: Voice[] = Array.from({ length: 4 }, (_, person) => (ms) => {
      const start = Math.floor(ms / 2000) * 2000;
      return (start / 2000) % 4 === person ? turn(start)(ms) : null;
    });
    const heard = play(Object.fromEntries(dialogue.entries()), 40_000);
    expect(heard.switches).toBeLessThanOrEqual(20);
  });
});

describe('overlaps', () => {
  it('of two are both heard', () => {
    const voices = { ana: speech(-25), bo: speech(-31, { from: 500 }) };
    const heard = play(voices, 5000);
    for (const [name, voice] of Object.entries(voices)) {
      expect(times(heard, name)).toHaveLength(sent(voice, 0, 5000));
    }
  });

  it('of three at levels 8 dB apart end with the two loudest', () => {
    const quiet = speech(-40, { gapMs: 0 });
    const middle = speech(-32, { gapMs: 0, from: 100 });
    const loud = speech(-24, { gapMs: 0, from: 200 });
    const heard = play({ quiet, middle, loud }, 6000);
    expect(times(heard, 'quiet', 2000)).toEqual([]);
    expect(times(heard, 'loud', 2000)).toHaveLength(sent(loud, 2000, 6000));
    expect(times(heard, 'middle', 2000)).toHaveLength(sent(middle, 2000, 6000));
  });

  it('leave a loud speaker the slot in the gaps between words', () => {
    const words =
      (level: number, offset: number): Voice =>
      (ms) =>
        (ms + offset) % 400 < 320 ? level : -127;
    const loud = words(-13, 0);
    const middle = words(-21, 140);
    const heard = play({ quiet: words(-29, 270), middle, loud }, 8000);
    expect(times(heard, 'quiet', 2500)).toEqual([]);
    expect(times(heard, 'middle', 2500)).toHaveLength(sent(middle, 2500, 8000));
    expect(times(heard, 'loud', 2500)).toHaveLength(sent(loud, 2500, 8000));
  });

  it('leave somebody who has just begun alone for a second', () => {
    const first = speech(-40, { gapMs: 0 });
    const loud = speech(-20, { gapMs: 0, from: 200 });
    const heard = play({ first, loud }, 3000, 1);
    expect(times(heard, 'first', 0, 1000)).toHaveLength(50);
    expect(times(heard, 'loud')[0]).toBeGreaterThanOrEqual(1000);
    expect(times(heard, 'loud')[0]).toBeLessThan(1100);
  });
});

describe('laughter', () => {
  it('of a whole room takes no slot more than four times a second', () => {
    const voices = Object.fromEntries(
      Array.from({ length: 30 }, (_, index): [string, Voice] => [
        `p${index}`,
        (ms) => -45 + 35 * Math.abs(Math.sin((ms + index * 333) / 400)),
      ]),
    );
    const seconds = 10;
    const heard = play(voices, seconds * 1000, 4);
    expect(heard.switches).toBeLessThanOrEqual(4 + 4 * seconds + 4);
  });
});

describe('a cough', () => {
  it('of one packet takes nothing from those who speak', () => {
    const cough: Voice = (ms) => (ms === 3000 ? -5 : null);
    const voices = { ana: speech(-25, { gapMs: 0 }), bo: speech(-25, { gapMs: 0 }), cough };
    const heard = play(voices, 5000);
    expect(times(heard, 'cough')).toEqual([]);
    expect(times(heard, 'ana')).toHaveLength(250);
  });
});

describe('a microphone that hums', () => {
  it('never holds a slot against a talker', () => {
    const talker = speech(-35, { from: 3500 });
    const heard = play({ hum1: hum(-30), hum2: hum(-28), talker }, 15_000);
    expect(times(heard, 'talker')).toHaveLength(sent(talker, 0, 15_000));
  });

  it('is no speech for having been lost on the way for a while', () => {
    const floor = new VoiceFloor<string>({ ...FLOOR_DEFAULTS, slots: 1 });
    const lost = (ms: number): boolean => ms % 1000 < 300;
    for (let ms = 0; ms < 5000; ms += FRAME_MS) if (!lost(ms)) floor.hear('hum', -20, ms);
    expect(floor.hear('talker', -40, 5000)).toBe(0);
    expect(floor.hear('hum', -20, 5400)).toBeNull();
  });

  it('is replaced within its first seconds, too', () => {
    const talker = speech(-20, { from: 300 });
    const heard = play({ hum: hum(-30), talker }, 5000, 1);
    expect(times(heard, 'talker')[0]).toBeLessThan(1300);
  });

  it('does not hide the speech of its owner', () => {
    const both: Voice = (ms) => speech(-22, { from: 5000 })(ms) ?? hum(-45)(ms);
    const other = speech(-30, { to: 4500 });
    const heard = play({ both, other }, 8000, 1);
    expect(times(heard, 'both', 5000)).toHaveLength(150);
    expect(times(heard, 'other', 1500)).toHaveLength(sent(other, 1500, 8000));
  });
});

describe('a cheater', () => {
  it('who claims full level all the time is taken for a hum', () => {
    const talker = speech(-35, { from: 3500 });
    const heard = play({ cheater: () => 0, talker }, 12_000, 1);
    expect(times(heard, 'talker')).toHaveLength(sent(talker, 0, 12_000));
  });

  it('who imitates speech at full level shares the floor with a talker', () => {
    const cheater: Voice = (ms) => ((ms / FRAME_MS) % 10 < 8 ? 0 : -90);
    const talker = speech(-25, { gapMs: 100 });
    const minute = 60_000;
    const heard = play({ cheater, talker }, minute, 1);
    expect(times(heard, 'talker').length * FRAME_MS).toBeGreaterThan(0.35 * minute);
    // And nobody waits longer than a fair time.
    const waits = times(heard, 'talker').map((ms, index, all) => ms - (all[index - 1] ?? 0));
    expect(Math.max(...waits)).toBeLessThanOrEqual(11_000);
  });
});

describe('a fair time', () => {
  const steady = speech(-25, { gapMs: 0 });

  it('ends for one of those who speak without a pause where one waits, and for nobody else', () => {
    const voices = { ana: steady, bo: steady, cyd: steady, dan: steady };
    const eve = speech(-25, { from: 2000, gapMs: 0 });
    const heard = play({ ...voices, eve }, 15_000, 4);
    expect(heard.replaced).toHaveLength(1);
    expect(heard.replaced[0]?.to).toBe('eve');
    expect(heard.replaced[0]?.at).toBeGreaterThanOrEqual(12_000);
    expect(heard.replaced[0]?.at).toBeLessThan(12_500);
    const stayed = Object.keys(voices).filter((name) => name !== heard.replaced[0]?.from);
    for (const name of stayed) expect(times(heard, name), name).toHaveLength(750);
  });

  it('goes to whom has waited longest', () => {
    const late = speech(-25, { from: 4000, gapMs: 0 });
    const early = speech(-25, { from: 2000, gapMs: 0 });
    const heard = play({ ana: steady, late, early }, 30_000, 1);
    expect(heard.replaced.map(({ to }) => to).slice(0, 2)).toEqual(['early', 'late']);
  });

  it('is not stretched by sending little', () => {
    // A packet now and then keeps a slot from being idle, and carries next to nothing.
    const sparse: Voice = (ms) => (ms % 380 === 0 ? 0 : null);
    const heard = play({ sparse, talker: speech(-25, { from: 100, gapMs: 0 }) }, 15_000, 1);
    expect(times(heard, 'talker')[0]).toBeLessThan(10_600);
  });

  it('begins again after a pause in which the slot stood open', () => {
    const pausing: Voice = (ms) => (ms % 9000 < 8000 ? steady(ms) : null);
    const interjects: Voice = (ms) => (ms % 9000 > 3000 && ms % 9000 < 6000 ? steady(ms) : null);
    const heard = play({ pausing, interjects }, 60_000, 1);
    expect(times(heard, 'pausing')).toHaveLength(sent(pausing, 0, 60_000));
  });
});

describe('somebody who tells no levels', () => {
  const steady = speech(-25, { gapMs: 0 });
  const phrase = FLOOR_DEFAULTS.phraseMs;

  it('is heard through a word between theirs, after any time', () => {
    const voices = { ana: untold(steady), bo: speech(-30, { from: 5000, to: 6500 }) };
    const heard = play(voices, 9000, 1);
    expect(times(heard, 'ana')).toHaveLength(450);
    expect(times(heard, 'bo')).toEqual([]);
  });

  it('hands the slot on after a phrase, and is heard again in the next pause', () => {
    const bo = speech(-30, { from: 5000, to: 15_000 });
    const heard = play({ ana: untold(steady), bo }, 17_000, 1);
    expect(times(heard, 'bo')[0]).toBeGreaterThanOrEqual(5000 + phrase - 100);
    expect(times(heard, 'bo')[0]).toBeLessThan(5000 + phrase + 100);
    expect(times(heard, 'bo', 5000 + phrase + 100)).toHaveLength(
      sent(bo, 5000 + phrase + 100, 15_000),
    );
    expect(times(heard, 'ana', 15_500)).toHaveLength(75);
  });

  it('hands it on at once to somebody louder than common speech', () => {
    const heard = play({ ana: untold(steady), bo: speech(-20, { from: 5000 }) }, 8000, 1);
    expect(times(heard, 'bo')[0]).toBeLessThanOrEqual(5000 + 5 * FRAME_MS);
  });

  it('holds none by what DTX sends in silence', () => {
    const silent = untold((ms) => (ms < 3000 || ms % 400 === 0 ? -25 : null));
    const bo = speech(-40, { from: 5000 });
    const heard = play({ silent, bo }, 15_000, 1);
    expect(times(heard, 'bo')).toHaveLength(sent(bo, 0, 15_000));
  });

  it('pushes nobody out who tells theirs and speaks', () => {
    const soft = speech(-45, { gapMs: 0 });
    const heard = play({ soft, ana: untold(speech(-10, { from: 2000, gapMs: 0 })) }, 60_000, 1);
    expect(times(heard, 'soft')).toHaveLength(3000);
  });

  it('does not pass a slot round between two of them while somebody waits', () => {
    // Each is silent just long enough for the other, and they are asked first.
    const long = untold((ms) => (ms % 4301 < 1800 ? -10 : null));
    const short = untold((ms) => (ms % 100 === 0 && ms % 395 < 196 ? -10 : null));
    const heard = play({ long, short, bo: speech(-25, { from: 4000, gapMs: 300 }) }, 30_000, 1);
    expect(times(heard, 'bo')[0]).toBe(6500);
  });

  it('shares the floor with others who do not', () => {
    const minute = 60_000;
    const heard = play({ ana: untold(steady), bo: untold(steady) }, minute, 1);
    for (const name of ['ana', 'bo']) {
      expect(times(heard, name).length * FRAME_MS, name).toBeGreaterThan(0.4 * minute);
    }
  });

  it('gains nothing by telling some, the loudest there are', () => {
    const some: Voice = (ms) => (ms % 500 === 0 ? 'untold' : (ms / FRAME_MS) % 10 < 8 ? 0 : -90);
    const heard = play({ some, talker: speech(-25, { from: 5000, gapMs: 100 }) }, 30_000, 1);
    expect(times(heard, 'talker')[0]).toBeLessThan(5000 + phrase + 500);
    expect(times(heard, 'some', 5000 + phrase + 500)).toEqual([]);
  });
});

describe('somebody who mutes', () => {
  it('gives the slot to the next word of anyone', () => {
    const floor = new VoiceFloor<string>({ ...FLOOR_DEFAULTS, slots: 1 });
    expect(floor.hear('ana', -20, 0)).toBe(0);
    expect(floor.hear('bo', -20, 20)).toBeNull();
    floor.silence('ana');
    expect(floor.owners).toEqual([null]);
    expect(floor.hear('bo', -20, 40)).toBe(0);
    floor.silence('nobody');
  });
});

describe('silence', () => {
  it('takes no slot', () => {
    const floor = new VoiceFloor<string>({ ...FLOOR_DEFAULTS, slots: 1 });
    for (let ms = 0; ms < 2000; ms += FRAME_MS) expect(floor.hear('ana', -127, ms)).toBeNull();
    // The first packet that is loud enough is heard already.
    expect(floor.hear('ana', -30, 2000)).toBe(0);
  });
});
