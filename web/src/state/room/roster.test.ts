import { describe, expect, it } from 'vitest';
import { byRank, hands, inOrderOfArrival, inOrderOfRank, isCrowd, named } from './roster.ts';
import { participant } from './testing.ts';

const ana = participant('Ana', { role: 'moderator', number: 1 });
const bo = participant('Bo', { role: 'listener', number: 2, handRaisedAt: 20 });
const cyd = participant('Cyd', { role: 'listener', number: 3, handRaisedAt: 10 });
const dan = participant('Dan', { number: 4 });
const eva = participant('Ева', { role: 'listener', number: 5 });
const me = participant('Zoe', { role: 'listener', number: 6 });
const all = [me, eva, dan, cyd, bo, ana];
const names = (people: readonly { user: { name: string } }[]) => people.map((p) => p.user.name);

describe('a list of many people', () => {
  it('has oneself, those who speak, the hands in order, then the names', () => {
    expect(names(inOrderOfRank(all, me.id, 'stage'))).toEqual([
      'Zoe',
      'Ana',
      'Dan',
      'Cyd',
      'Bo',
      'Ева',
    ]);
  });

  it('is by name where everyone may speak', () => {
    const open = ['Fay', 'Dan', 'Eva'].map((name) => participant(name));
    expect(names(inOrderOfRank([...open, ana], me.id, 'open'))).toEqual([
      'Ana',
      'Dan',
      'Eva',
      'Fay',
    ]);
  });

  it('is the same whatever it was before', () => {
    const order = inOrderOfRank(all, me.id, 'stage');
    const [, ...others] = order;
    for (const before of [[], order, order.toReversed(), others, [participant('Gone'), eva, me]]) {
      expect(inOrderOfRank(all, me.id, 'stage', before)).toEqual(order);
    }
    // People change; what is shown is how they are now.
    const changed = all.map((one) => (one === dan ? { ...dan, away: true } : one));
    expect(inOrderOfRank(changed, me.id, 'stage', order)[2]?.away).toBe(true);
  });

  it('finds part of a name in any case', () => {
    expect(names(named(all, ' ЕВ'))).toEqual(['Ева']);
    expect(named(all, '  ')).toBe(all);
  });
});

it('stands on a stage whoever may speak', () => {
  expect(names(byRank(all, 'stage').onStage)).toEqual(['Dan', 'Ana']);
  expect(byRank(all, 'open')).toEqual({ onStage: all, listeners: [] });
});

it('queues hands in the order in which they were raised', () => {
  expect(names(hands(all))).toEqual(['Cyd', 'Bo']);
});

it('shows tiles in the order of arrival, oneself first', () => {
  expect(names(inOrderOfArrival(all, me.id))).toEqual(['Zoe', 'Ana', 'Bo', 'Cyd', 'Dan', 'Ева']);
});

it('does not change its mind at the border', () => {
  expect([60, 61, 55, 50].map((count) => isCrowd(count, count < 60))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
