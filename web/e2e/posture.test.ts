/** A room that grows, in real browsers: each step is told, taken back, and a moderator's to decide. */
import { RoomId } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import type { TestClient } from '../../sfu-server/test/support/testClient.ts';
import { BINS } from './support/person.ts';
import type { Person } from './support/person.ts';
import { setScene } from './support/scene.ts';

const [ANA, BO, CYD] = BINS;
// Many steps, on a machine that may be busy.
const WITHIN_MS = 120_000;
const scene = setScene({
  voice: {
    directPeople: 3,
    backPeople: 3,
    joinMutedPeople: 4,
    backJoinMutedPeople: 4,
    stagePeople: 5,
    backStagePeople: 5,
  },
});

/** Ana's room, whose moderator she is, with Bo in it and as many others as make it `people`. */
const meet = async (people: number) => {
  const [ana, bo] = await scene.meet('Ana', 'Bo');
  const roomId = RoomId.parse(ana.page.url().split('/').at(-1));
  const others: TestClient[] = [];
  const grow = async (to: number): Promise<void> => {
    while (others.length + 2 < to) {
      const other = await scene.server.connect(`Other ${others.length}`);
      await other.request('room:join', { roomId });
      others.push(other);
    }
  };
  const shrink = async (to: number): Promise<void> => {
    while (others.length + 2 > to) await others.pop()?.request('room:leave', { roomId });
  };
  await grow(people);
  return { ana, bo, link: ana.page.url(), grow, shrink };
};

const reads = async (people: readonly Person[], words: string): Promise<void> => {
  for (const { page } of people) await page.getByText(words).first().waitFor();
};

/** Somebody who has chosen to enter rooms with the microphone on. */
const eager = async (name: string, bin: number): Promise<Person> => {
  const person = await scene.arrive(name, bin);
  await person.signIn(scene.url);
  // The page for signing in has settings too, which go with it.
  await person.page.getByRole('button', { name: 'Create a room' }).first().waitFor();
  await person.page.getByRole('button', { name: 'Settings' }).click();
  await person.page.getByRole('switch', { name: 'Enter rooms with the microphone on' }).click();
  await person.page.keyboard.press('Escape');
  return person;
};

const enter = async (person: Person, link: string): Promise<void> => {
  await person.page.goto(link);
  await person.isInRoom();
};

describe('a room that grows and shrinks again', () => {
  it(
    'says each step to everyone in plain words',
    async () => {
      const { ana, bo, grow, shrink } = await meet(3);
      const both = [ana, bo];
      await grow(4);
      await reads(both, 'The room has grown: whoever speaks is heard now');
      await ana.hearsOnly([BO]);
      await grow(5);
      await reads(both, 'The room has grown: newcomers join muted now');
      await grow(6);
      await ana.page.getByRole('button', { name: 'Open the stage' }).waitFor();
      expect(await bo.page.getByRole('button', { name: 'Open the stage' }).count()).toBe(0);
      await shrink(5);
      await ana.page.getByRole('button', { name: 'Open the stage' }).waitFor({ state: 'detached' });
      await shrink(4);
      await reads(both, 'The room is smaller again: newcomers may join unmuted');
      await shrink(3);
      await reads(both, 'The room is small again: everyone is heard directly');
      await ana.hearsOnly([BO]);
      await bo.hearsOnly([ANA]);
    },
    WITHIN_MS,
  );
});

describe('somebody who enters with the microphone on', () => {
  it(
    'is heard at once in a small room, and joins a large one muted',
    async () => {
      const { ana, bo, link, grow } = await meet(2);
      const cyd = await eager('Cyd', CYD);
      await enter(cyd, link);
      await ana.hearsOnly([BO, CYD]);
      await cyd.page.getByRole('button', { name: 'Leave' }).click();
      await ana.hearsOnly([BO]);
      await grow(5);
      await enter(cyd, link);
      await reads([cyd], 'This is a large room (6 people): you joined muted.');
      await cyd.page.getByText('You are muted', { exact: true }).waitFor();
      await ana.hearsOnly([BO]);
      await cyd.unmute();
      await ana.hearsOnly([BO, CYD]);
      await bo.hearsOnly([ANA, CYD]);
      // A reload is not a new entry.
      await cyd.page.reload();
      await cyd.isInRoom();
      await ana.hearsOnly([BO, CYD]);
    },
    WITHIN_MS,
  );

  it(
    'does as a moderator decided',
    async () => {
      const { ana, bo, link } = await meet(5);
      await ana.page.getByRole('button', { name: 'Room', exact: true }).click();
      await ana.page.getByRole('button', { name: 'Newcomers…' }).click();
      const automatic = ana.page.getByRole('button', { name: 'Automatic', pressed: true });
      await automatic.waitFor();
      await ana.page.keyboard.press('Tab');
      await ana.page.keyboard.press('Tab');
      await ana.page.keyboard.press('Tab');
      await ana.page.keyboard.press('Enter');
      await reads([ana], 'You let newcomers join unmuted');
      await reads([bo], 'Ana let newcomers join unmuted');
      const cyd = await eager('Cyd', CYD);
      await enter(cyd, link);
      await ana.hearsOnly([BO, CYD]);
    },
    WITHIN_MS,
  );
});

describe('the stage that is suggested to a moderator', () => {
  it(
    'is opened with one press, and everyone reads by whom',
    async () => {
      const { ana, bo } = await meet(6);
      await ana.hearsOnly([BO]);
      await ana.page.getByRole('button', { name: 'Open the stage' }).click();
      await bo.page.locator('[data-room-mode="stage"]').waitFor();
      await reads([bo], 'Ana opened the stage');
      await ana.hearsOnly([]);
      expect(await ana.page.getByRole('button', { name: 'Open the stage' }).count()).toBe(0);
    },
    WITHIN_MS,
  );

  it(
    'stays dismissed, also after a reload',
    async () => {
      const { ana, grow } = await meet(6);
      await ana.page.getByRole('button', { name: 'Not now' }).click();
      await ana.page.getByRole('button', { name: 'Not now' }).waitFor({ state: 'detached' });
      await ana.page.reload();
      await ana.isInRoom();
      await grow(8);
      await ana.page.getByText('8 people').waitFor();
      expect(await ana.page.getByRole('button', { name: 'Not now' }).count()).toBe(0);
    },
    WITHIN_MS,
  );
});
