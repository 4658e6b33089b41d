/** A large room in real browsers: whoever speaks is heard and named, through two slots. */
import type { ProducerId, RoomId } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { until } from '../../sfu-server/test/support/wait.ts';
import { installConnections } from './support/connections.ts';
import { SMALL } from './support/guest.ts';
import { BINS } from './support/person.ts';
import type { Person } from './support/person.ts';
import { setScene } from './support/scene.ts';

const SLOTS = ['slot:0', 'slot:1'] as ProducerId[];
const [LISTENER, ...TALKERS] = BINS;

const scene = setScene({
  voice: { slots: 2, directMicrophones: 3, directPeople: 40, backMicrophones: 2, backPeople: 30 },
});

const arrive = async (name: string, bin: number, link: string): Promise<Person> => {
  const person = await scene.arrive(name, bin, SMALL);
  await person.context.addInitScript(installConnections);
  await person.signIn(link);
  return person;
};

/** The first one's room, and its link. */
const openRoom = async (): Promise<{ listener: Person; link: string; roomId: RoomId }> => {
  const listener = await arrive('Listener', LISTENER, scene.url);
  const link = await listener.createRoom('Town square');
  return { listener, link, roomId: (link.split('/').at(-1) ?? '') as RoomId };
};

const join = async (link: string, count: number): Promise<Person[]> => {
  const talkers: Person[] = [];
  for (const [index, bin] of TALKERS.slice(0, count).entries()) {
    const person = await arrive(`Talker ${index}`, bin, link);
    await person.isInRoom();
    talkers.push(person);
  }
  return talkers;
};

const isInSlots = (person: Person): Promise<void> =>
  person.page.locator('[data-voice-mode="slots"]').waitFor();

const negotiations = (person: Person): Promise<number> =>
  person.page.evaluate(() => window.negotiations);

describe('twelve in a room with two slots', () => {
  it('are heard and named in turn, over one negotiation for life', async () => {
    const { listener, link, roomId } = await openRoom();
    const talkers = await join(link, 10);
    const raw = await scene.joinRaw('Raw', roomId);
    await isInSlots(listener);
    await raw.subscribe(SLOTS);

    const first = talkers[0];
    if (!first) throw new Error('nobody');
    await first.unmute();
    await listener.hearsOnly([first.bin]);
    await first.mute();
    const before = await negotiations(listener);
    for (const talker of talkers) {
      await talker.unmute();
      await listener.hearsOnly([talker.bin]);
      await listener.page
        .locator('[data-participant-id][data-speaking="true"]', { hasText: talker.name })
        .waitFor();
      await talker.hearsOnly([]);
      await talker.mute();
    }
    expect(await negotiations(listener)).toBe(before);
    await until(() => raw.heard.length > 0, 'the raw peer hears, too');
    const numbers = new Set(raw.heard.flatMap(({ csrcs }) => csrcs));
    expect(numbers.size).toBe(talkers.length);
  }, 240_000);
});

describe('two slots', () => {
  it('carry two who speak at once', async () => {
    const { listener, link } = await openRoom();
    const [ana, bo] = (await join(link, 4)) as [Person, Person];
    await isInSlots(listener);
    await ana.unmute();
    await bo.unmute();
    await listener.hearsOnly([ana.bin, bo.bin]);
    await ana.hearsOnly([bo.bin]);
    await bo.hearsOnly([ana.bin]);
  }, 120_000);
});

describe('a room that grows while somebody talks, and shrinks again', () => {
  it('loses no more than 200 ms of sound', async () => {
    const { listener, link } = await openRoom();
    const [talker, ...others] = await join(link, 2);
    if (!talker) throw new Error('nobody');
    await talker.unmute();
    await listener.hearsOnly([talker.bin]);
    await listener.page.evaluate((bin) => window.ears.watch(bin), talker.bin);
    const more = await arrive('More', BINS[5], link);
    await more.isInRoom();
    await isInSlots(listener);
    await listener.hearsOnly([talker.bin]);
    for (const person of [more, ...others]) {
      await person.page.getByRole('button', { name: /Leave/ }).first().click();
    }
    await listener.page.locator('[data-voice-mode="direct"]').waitFor();
    await listener.hearsOnly([talker.bin]);
    const { gapMs } = await listener.page.evaluate(() => window.ears.longestGap());
    expect(gapMs).toBeLessThanOrEqual(200);
  }, 120_000);
});
