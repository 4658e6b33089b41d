import { expect, it } from 'vitest';
import { judgeSeconds } from './seconds.ts';

const START = 1_000_000;
const SECONDS = 3;

interface Second {
  /** Looks of the listener and of the speaker, and the share of the first that has the tone. */
  readonly looks?: number;
  readonly spoken?: number;
  readonly present?: number;
}

const times = (count: number, second: number): number[] =>
  Array.from({ length: count }, (_, look) => START + 1000 * second + (1000 * look) / count);

/** The first and the last second are good. */
const judged = ({ looks = 100, spoken = 100, present = 1 }: Second) => {
  const heard = { present: [true], playedAt: [START - 10], speakerPlayedAt: [START - 10] };
  for (let second = 0; second < SECONDS; second++) {
    const count = second === 1 ? looks : 100;
    const share = second === 1 ? present : 1;
    heard.present.push(...Array.from({ length: count }, (_, look) => look < share * count));
    heard.playedAt.push(...times(count, second));
    heard.speakerPlayedAt.push(...times(second === 1 ? spoken : 100, second));
  }
  return judgeSeconds(heard, START, START + 1000 * SECONDS);
};

it.each<[string, Second, { heard: number; unheard: number; starved: number }]>([
  ['all is well', {}, { heard: 3, unheard: 0, starved: 0 }],
  ['the tone is there for most of it', { present: 0.8 }, { heard: 3, unheard: 0, starved: 0 }],
  ['the tone is away for more of it', { present: 0.79 }, { heard: 2, unheard: 1, starved: 0 }],
  ['the listener played less', { looks: 90, present: 0 }, { heard: 2, unheard: 0, starved: 1 }],
  ['less was played, but heard', { looks: 90 }, { heard: 2, unheard: 0, starved: 1 }],
  ['the speaker played less', { spoken: 90, present: 0 }, { heard: 2, unheard: 0, starved: 1 }],
  ['nothing was played', { looks: 0 }, { heard: 2, unheard: 0, starved: 1 }],
])('a second is judged where %s', (_, second, expected) => {
  expect(judged(second)).toEqual(expected);
});
