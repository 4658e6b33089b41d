import { describe, expect, it } from 'vitest';
import { forget, nobodySpeaks, observe } from './speakers.ts';
import type { SpeakersState } from './speakers.ts';
import { participant } from './testing.ts';

const options = { holdMs: 600, repeatMs: 1000, maxEntries: 2 };
const level = (name: string, dbov: number) => ({ participantId: participant(name), level: dbov });
const at = (state: SpeakersState, now: number, ...levels: ReturnType<typeof level>[]) =>
  observe(state, levels, now, options);

describe('the set of speakers', () => {
  it('is told when it changes, and not when only levels do', () => {
    const first = at(nobodySpeaks, 0, level('ana', -30));
    expect(first.send).toEqual([level('ana', -30)]);
    expect(at(first.state, 300, level('ana', -20)).send).toBeNull();
    expect(at(first.state, 300, level('ana', -30), level('bo', -20)).send).toEqual([
      level('bo', -20),
      level('ana', -30),
    ]);
  });

  it('bridges a pause shorter than the hold', () => {
    const first = at(nobodySpeaks, 0, level('ana', -30));
    const pause = at(first.state, 599);
    expect(pause.send).toBeNull();
    const again = at(pause.state, 599, level('ana', -25));
    expect(again.send).toBeNull();
    expect(at(again.state, 1198, level('ana', -30)).send).not.toEqual([]);
  });

  it('is told empty once, after the hold', () => {
    const first = at(nobodySpeaks, 0, level('ana', -30));
    const empty = at(first.state, 600);
    expect(empty.send).toEqual([]);
    expect(at(empty.state, 5000).send).toBeNull();
  });

  it('is repeated with new levels while not empty', () => {
    const first = at(nobodySpeaks, 0, level('ana', -30));
    const later = at(first.state, 500, level('ana', -31));
    expect(later.send).toBeNull();
    expect(at(later.state, 1000, level('ana', -32)).send).toEqual([level('ana', -32)]);
  });

  it('is told no more often than is asked for, and then as it is', () => {
    const calm = { ...options, atMostEveryMs: 1000 };
    const first = observe(nobodySpeaks, [level('ana', -30)], 0, calm);
    expect(first.send).toHaveLength(1);
    const soon = observe(first.state, [level('bo', -20)], 300, calm);
    expect(soon.send).toBeNull();
    const gone = observe(soon.state, [], 950, calm);
    expect(gone.send).toBeNull();
    expect(observe(gone.state, [], 1000, calm).send).toEqual([]);
  });

  it('holds the loudest only', () => {
    const { send } = at(nobodySpeaks, 0, level('a', -40), level('b', -20), level('c', -30));
    expect(send).toEqual([level('b', -20), level('c', -30)]);
  });

  it('forgets who left at once', () => {
    const first = at(nobodySpeaks, 0, level('ana', -30));
    expect(at(forget(first.state, participant('ana')), 1).send).toEqual([]);
  });
});
