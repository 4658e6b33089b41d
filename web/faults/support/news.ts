/** What a page of a room tells and shows of who is there, from a moment on. */
import type { Page } from 'playwright-core';
import { until } from '../../../sfu-server/test/support/wait.ts';
import type { Person } from '../../e2e/support/person.ts';

interface News {
  /** Sentences of the live region that tell of somebody who came or left. */
  readonly told: readonly string[];
  /** Of the people shown. */
  readonly fewest: number;
  readonly most: number;
}

const ATTENDANCE = /joined|left/;

/** Starts to watch; the returned function tells what there was since. */
export const watchNews = async (page: Page): Promise<() => Promise<News>> => {
  const watch = await page.evaluateHandle(() => {
    const people = (): number => document.querySelectorAll('[data-participant-id]').length;
    const news = { told: Array<string>(), counts: [people()] };
    const look = (): void => {
      news.counts.push(people());
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    const region = document.querySelector('[data-news]');
    if (!region) throw new Error('no live region');
    new MutationObserver((records) => {
      for (const { addedNodes } of records) {
        for (const { textContent } of addedNodes) news.told.push(textContent ?? '');
      }
    }).observe(region, { childList: true });
    return news;
  });
  return async () => {
    const { told, counts } = await watch.jsonValue();
    return {
      told: told.filter((sentence) => ATTENDANCE.test(sentence)),
      fewest: Math.min(...counts),
      most: Math.max(...counts),
    };
  };
};

/** “Bo joined” is one, “Bo and 2 more joined” are three. */
const comersIn = (told: readonly string[]): number =>
  told.reduce((sum, sentence) => sum + 1 + Number(/(\d+) more/.exec(sentence)?.[1] ?? 0), 0);

const TOLD_WITHIN_MS = 10_000;

/**
 * Before they come; the returned function waits until so many were told of. A page tells of them a
 * while later, and that must not be taken for news of what happens then.
 */
export const expectComers = async ({
  page,
  name,
}: Person): Promise<(count: number) => Promise<unknown>> => {
  const news = await watchNews(page);
  return (count) =>
    until(
      async () => comersIn((await news()).told) >= count,
      `${name} is told of ${count} who came`,
      TOLD_WITHIN_MS,
    );
};
