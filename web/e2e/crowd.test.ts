/** The list of a room with very many people: only what is seen is drawn, and keys are enough for it. */
import type { RoomId } from '@veche/protocol';
import { expect, it } from 'vitest';
import { until } from '../../sfu-server/test/support/wait.ts';
import { BINS, type Person } from './support/person.ts';
import { setScene } from './support/scene.ts';

const scene = setScene();
const OTHERS = 150;

const nameOf = (index: number): string => `Guest ${String(index).padStart(3, '0')}`;

/** Ana, who is the moderator, among many others. */
const crowd = async (): Promise<Person> => {
  const ana = await scene.arrive('Ana', BINS[0]);
  await ana.signIn(scene.url);
  const link = await ana.createRoom('Town square');
  const roomId = (link.split('/').at(-1) ?? '') as RoomId;
  for (let index = 0; index < OTHERS; index++) {
    const guest = await scene.server.connect(nameOf(index));
    await guest.request('room:join', { roomId });
  }
  await ana.page
    .getByText(`${OTHERS + 1} people`)
    .first()
    .waitFor();
  return ana;
};

/** What has the focus, as a screen reader names it. */
const focused = ({ page }: Person): Promise<string> =>
  page.evaluate(
    () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '',
  );

it('draws a part, knows the whole, finds by name, and is one stop for the keyboard', async () => {
  const ana = await crowd();
  const { page } = ana;
  const rows = page.getByRole('listitem').and(page.locator('[data-participant-id]'));
  await rows.first().waitFor();
  expect(await rows.count()).toBeLessThan(OTHERS);
  expect(await rows.first().getAttribute('aria-setsize')).toBe(`${OTHERS + 1}`);
  expect(await rows.first().innerText()).toContain('Ana');

  const search = page.getByRole('searchbox');
  await search.fill('guest 14');
  await page.getByText('10 people found').waitFor();
  expect(await rows.count()).toBe(10);
  await search.fill('');
  await until(async () => (await rows.count()) > 10, 'all are back');

  await search.focus();
  const presses = async (key: string, name: string): Promise<void> => {
    await page.keyboard.press(key);
    let last = '';
    await until(
      async () => (last = await focused(ana)) === `More about ${name}`,
      () => `${key} leads to ${name}, not ${last}`,
    );
    const row = rows.filter({ hasText: name });
    expect(await row.getByRole('button').evaluate(isInSight)).toBe(true);
  };
  await presses('Tab', nameOf(0));
  await presses('ArrowRight', nameOf(1));
  await presses('End', nameOf(OTHERS - 1));
  expect(await rows.last().getAttribute('aria-posinset')).toBe(`${OTHERS + 1}`);
  await presses('ArrowLeft', nameOf(OTHERS - 2));
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: nameOf(OTHERS - 2) }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await until(
    async () => (await focused(ana)) === `More about ${nameOf(OTHERS - 2)}`,
    'the focus comes back',
  );
  await presses('Home', nameOf(0));
  // One press leads out of the list, to the controls.
  await page.keyboard.press('Tab');
  expect(await page.locator('footer :focus').count()).toBe(1);
}, 120_000);

/** Nothing lies over its middle. */
const isInSight = (element: Element): boolean => {
  const { left, top, width, height } = element.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return there !== null && element.contains(there);
};
