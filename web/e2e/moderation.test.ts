/** What a moderator does, in real browsers: it is enforced, and everyone sees who did it. */
import { describe, expect, it } from 'vitest';
import { BINS } from './support/person.ts';
import type { Person } from './support/person.ts';
import { setScene } from './support/scene.ts';

const [ANA, BO, CYD] = BINS;
const scene = setScene();

/** Ana, who is the moderator, Bo and Cyd, all speaking. */
const meet = () => scene.meet('Ana', 'Bo', 'Cyd');

const moreAbout = async (moderator: Person, name: string, action: string): Promise<void> => {
  await moderator.page.getByRole('button', { name: `More about ${name}`, exact: true }).click();
  await moderator.page.getByRole('button', { name: action }).last().click();
};

describe('a moderator', () => {
  it('mutes somebody for all, who may speak again in an open room', async () => {
    const [ana, bo, cyd] = await meet();
    await cyd.hearsOnly([ANA, BO]);
    await moreAbout(ana, 'Bo', 'Mute');
    await cyd.hearsOnly([ANA]);
    await ana.hearsOnly([CYD]);
    await bo.page.getByText('Ana muted you').first().waitFor();
    await cyd.page.getByText('Ana muted Bo').first().waitFor();
    await bo.unmute();
    await cyd.hearsOnly([ANA, BO]);
  });

  it('removes somebody, who hears nothing, reads why, and cannot come back', async () => {
    const [ana, bo, cyd] = await meet();
    const link = bo.page.url();
    await moreAbout(ana, 'Bo', 'Remove…');
    await ana.page.getByRole('radio', { name: /10 minutes/ }).check();
    await ana.page.getByRole('textbox').last().fill('Too loud');
    await ana.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await bo.page.getByText('You cannot come back for now').first().waitFor();
    await bo.page.getByText('Too loud').waitFor();
    await bo.page.getByText('By Ana.').waitFor();
    await bo.hearsOnly([]);
    await cyd.seesPeople(2);
    await cyd.hearsOnly([ANA]);
    await bo.page.goto(link);
    await bo.page.locator('[data-room-status="ended"]').waitFor();
    await bo.page.getByText('You cannot come back for now').first().waitFor();
    expect(await bo.sees()).toEqual([]);
    await cyd.seesPeople(2);
  });

  it('opens a stage: listeners raise a hand and are let speak', async () => {
    const [ana, bo, cyd] = await meet();
    await ana.page.getByRole('button', { name: 'Room', exact: true }).click();
    await ana.page.getByRole('button', { name: /Stage mode/ }).click();
    await cyd.page.locator('[data-room-mode="stage"]').waitFor();
    await cyd.hearsOnly([ANA]);
    await bo.page.getByRole('button', { name: 'Raise hand' }).first().click();
    await cyd.page.locator('[data-hand="true"]', { hasText: 'Bo' }).first().waitFor();
    await ana.page
      .getByRole('button', { name: /Let speak/ })
      .first()
      .click();
    await bo.page.getByRole('button', { name: 'Unmute' }).click();
    await cyd.hearsOnly([ANA, BO]);
  });
});
