/** What a page of a room tells and shows of who is there, from a moment on. */
import type { Page } from 'playwright-core';

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
    const region = document.querySelector('[aria-live]');
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
