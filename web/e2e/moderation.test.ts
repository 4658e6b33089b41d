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
  // The room's own buttons have such names, too.
  const dialog = moderator.page.getByRole('dialog');
  await dialog.getByRole('button', { name: action, exact: true }).click();
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

  it('bans for a time that is said, and after which one comes back', async () => {
    const owner = await scene.server.connect('Ana');
    const { room } = await owner.request('room:create', { name: 'Town square' });
    await owner.request('room:join', { roomId: room.id });
    const bo = await scene.arrive('Bo', BO);
    await bo.signIn(`${scene.url}/r/${room.id}`);
    await bo.isInRoom();
    const { snapshot } = await owner.request('room:snapshot', { roomId: room.id });
    const participantId = snapshot.participants.find(({ user }) => user.name === 'Bo')?.id;
    if (!participantId) throw new Error('Bo is not there');
    await owner.request('mod:mute', { roomId: room.id, participantId });
    const toast = bo.page.locator('.toasts').getByText('Ana muted you');
    await toast.waitFor();
    const banMs = 5000;
    await owner.request('mod:remove', { roomId: room.id, participantId, banMs });
    // At once, and at the door, where the server knows no more.
    const said = bo.page.getByText(/closed this room to you until .*\d\d:\d\d/).first();
    await said.waitFor();
    // What happened in the room does not lie over what is to be read now.
    expect(await toast.count()).toBe(0);
    await bo.page.reload();
    await said.waitFor();
    await bo.page.getByRole('heading', { name: 'You can come back now' }).waitFor();
    await bo.page.getByRole('button', { name: 'Join again' }).click();
    await bo.isInRoom();
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

  it('lets those speak who raised a hand, in their order, and takes the floor back', async () => {
    const [ana, bo, cyd] = await meet();
    await ana.page.getByRole('button', { name: 'Room', exact: true }).click();
    await ana.page.getByRole('button', { name: /Stage mode/ }).click();
    for (const person of [cyd, bo]) {
      await person.page.getByRole('button', { name: 'Raise hand' }).first().click();
      await person.page.getByRole('button', { name: 'Lower hand' }).first().waitFor();
    }
    for (const { page } of [ana, bo, cyd]) {
      const waiting = page.getByRole('region', { name: /Hands/ }).getByRole('listitem');
      await waiting.nth(1).waitFor();
      expect(await waiting.allInnerTexts()).toMatchObject([
        expect.stringContaining('Cyd'),
        expect.stringContaining('Bo'),
      ]);
    }
    await ana.page.getByRole('button', { name: 'Let speak' }).first().click();
    await bo.page.getByText('Ana let Cyd speak').first().waitFor();
    await cyd.unmute();
    await bo.hearsOnly([ANA, CYD]);

    await moreAbout(ana, 'Cyd', 'Send to listeners');
    await bo.page.getByText('Ana sent Cyd to the listeners').first().waitFor();
    await bo.hearsOnly([ANA]);
    await cyd.page.getByText('You are listening. Raise your hand').first().waitFor();
    await cyd.page.keyboard.press('m');
    await bo.hearsOnly([ANA]);
  });

  it('locks the room, and makes another moderator, who can do the same', async () => {
    const [ana, bo, cyd] = await meet();
    const link = ana.page.url();
    await moreAbout(ana, 'Bo', 'Make moderator');
    await bo.page.getByText('Ana made you a moderator').first().waitFor();
    await cyd.page.getByText('Ana made Bo a moderator').first().waitFor();
    await bo.page.getByRole('button', { name: 'Room', exact: true }).click();
    await bo.page.getByRole('button', { name: 'Lock the room' }).click();
    for (const { page } of [ana, cyd]) await page.getByText('Bo locked the room').first().waitFor();
    const late = await scene.arrive('Late', BINS[3]);
    await late.signIn(link);
    await late.page.getByText('The room is locked').first().waitFor();
    await bo.page.getByRole('button', { name: 'Room', exact: true }).click();
    await bo.page.getByRole('button', { name: 'Unlock the room' }).click();
    await late.page.getByRole('button', { name: 'Try again' }).click();
    await late.isInRoom();
  }, 120_000);

  it('mutes a speaker on the stage, who reads why and speaks again only when let', async () => {
    const [ana, bo, cyd] = await meet();
    await ana.page.getByRole('button', { name: 'Room', exact: true }).click();
    await ana.page.getByRole('button', { name: /Stage mode/ }).click();
    await moreAbout(ana, 'Bo', 'Let speak');
    await bo.unmute();
    await cyd.hearsOnly([ANA, BO]);
    await moreAbout(ana, 'Bo', 'Mute');
    await cyd.hearsOnly([ANA]);
    await bo.page.getByText('On a stage only a moderator can let you speak again').waitFor();
    await bo.page.keyboard.press('m');
    await cyd.hearsOnly([ANA]);
    await moreAbout(ana, 'Bo', 'Let speak');
    await bo.unmute();
    await cyd.hearsOnly([ANA, BO]);
  });
});
