/** Who is heard in a large room when more people sound than there are slots. */
import type { RoomId } from '@veche/protocol';
import { expect, it } from 'vitest';
import { until } from '../../sfu-server/test/support/wait.ts';
import { Guest, SLOTS, TONES } from './support/guest.ts';
import { setScene } from './support/scene.ts';

const [LISTENER, ONE, TWO, THREE] = TONES;
const scene = setScene({ voice: SLOTS });

/** Who has lost the floor is silent after this time: a turn is left alone for a second, ms. */
const DECIDED_MS = 2500;
/**
 * A talker has taken the slot of a hum and is heard within this time, ms: long before its ten
 * seconds are over, but what played badly timed packets plays late at first.
 */
const TAKEN_MS = 3000;
/** Noise is known as such after this time, ms. */
const NOISE_KNOWN_MS = 7000;
const TRIES = 4;
/** Four fifths of speech are sound here; much less of it arrives where the machine is busy. */
const HEARD = 0.3;

/** A frame of 20 ms that any browser can decode. */
const OPUS_SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

/** In a room in slots: somebody who listens, and others with open microphones. */
const gather = async (...names: readonly string[]) => {
  const listener = await Guest.arrive(scene, 'Listener', LISTENER);
  const told: string[] = [];
  listener.person.page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => told.push(String(payload)));
  });
  await listener.person.signIn(scene.url);
  const link = await listener.person.createRoom('Town square');
  const guests: Guest[] = [];
  for (const [index, name] of names.entries()) {
    const guest = await Guest.arrive(scene, name, TONES[index + 1] ?? NaN);
    await guest.enter(link);
    guests.push(guest);
  }
  await listener.person.page.locator('[data-voice-mode="slots"]').waitFor();
  await listener.listen(TONES);
  const roomId = (link.split('/').at(-1) ?? '') as RoomId;
  return { listener, guests: guests as [Guest, Guest, Guest], roomId, told };
};

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * A busy machine interrupts voices, and a slot whose owner is silent for a moment goes to whoever
 * speaks: then the same time is looked at once more, after it has been decided anew.
 */
const undisturbed = async <T extends { readonly isFit: boolean }>(
  first: Span,
  look: (span: Span) => Promise<T>,
): Promise<T & { readonly span: Span }> => {
  let span = first;
  for (let tries = 1; ; tries++) {
    const seen = await look(span);
    if (seen.isFit || tries === TRIES) return { ...seen, span };
    const from = Date.now() + DECIDED_MS;
    span = { from, to: from + first.to - first.from };
  }
};

it('of three who are 8 dB apart the two loudest are heard, and nobody hears themselves', async () => {
  const { listener, guests } = await gather('Quiet', 'Middle', 'Loud');
  const [quiet, middle, loud] = guests;
  for (const guest of guests) await guest.listen(TONES);
  // The first two take the slots, so that the loudest has to win one.
  await listener.hears(ONE, await quiet.speak(-16));
  await listener.hears(TWO, await middle.speak(-8));
  const began = await loud.speak(0);
  await listener.hears(THREE, began);
  // A third of the quietest, above what is left of the others' edges.
  const faint = 0.1 * 10 ** (-16 / 20);
  const first = { from: began + DECIDED_MS, to: began + DECIDED_MS + 4000 };
  const { span, heard } = await undisturbed(first, async (span) => {
    const heard = await listener.recording(span, faint);
    return { heard, isFit: heard.share(ONE, span) === 0 };
  });
  expect(heard.share(TWO, span)).toBeGreaterThan(HEARD);
  expect(heard.share(THREE, span)).toBeGreaterThan(HEARD);
  expect(heard.share(ONE, span)).toBe(0);
  const apart = heard.loudness(THREE, span) - heard.loudness(TWO, span);
  expect(apart).toBeGreaterThan(6);
  expect(apart).toBeLessThan(10);

  const all = { from: began, to: span.to };
  expect((await middle.recording(all, faint)).share(TWO, all)).toBe(0);
  expect((await loud.recording(all, faint)).share(THREE, all)).toBe(0);
  expect((await quiet.recording(all, faint)).share(THREE, span)).toBeGreaterThan(HEARD);
}, 120_000);

it('a steady hum holds no slot against a talker, however loud it is', async () => {
  const { listener, guests, roomId } = await gather('Fan', 'Ana', 'Bo');
  const [fan, ana, bo] = guests;
  const began = await fan.hum(6);
  await listener.hears(ONE, began);
  // Another one claims the loudest level there is, all the time.
  const cheater = await scene.joinRaw('Cheater', roomId);
  await cheater.publish();
  await cheater.unmute();
  cheater.talk(0, OPUS_SILENCE);
  // Both slots are theirs until it is known that they only make noise.
  const noisy = { from: began, to: Date.now() + NOISE_KNOWN_MS };
  expect((await listener.recording(noisy)).share(ONE, noisy)).toBeGreaterThan(HEARD);

  for (const talker of [ana, bo]) {
    const spoke = await talker.speak(-6);
    expect((await listener.hears(talker.bin, spoke)) - spoke).toBeLessThan(TAKEN_MS);
  }
  const now = Date.now();
  const span = { from: now + 500, to: now + NOISE_KNOWN_MS };
  const heard = await listener.recording(span);
  expect(heard.share(TWO, span)).toBeGreaterThan(HEARD);
  expect(heard.share(THREE, span)).toBeGreaterThan(HEARD);
  expect(heard.share(ONE, span)).toBe(0);
}, 120_000);

it('whoever is in a slot is named and has a ring, of what arrives and without a word of the server', async () => {
  const { listener, guests, told } = await gather('Ana', 'Bo', 'Cyd');
  const [ana, bo, cyd] = guests;
  const { page } = listener.person;
  const named = async (...names: readonly string[]): Promise<void> => {
    const tiles = page.locator('[data-participant-id][data-speaking="true"] .name');
    let last: string[] = [];
    await until(
      async () => (last = (await tiles.allTextContents()).sort()).join() === names.join(),
      () => `named: ${names.join()}, not ${last.join()}`,
    );
  };
  /** How far the ring goes, 0 … 1, in the time of a few syllables. */
  const ring = (name: string): Promise<number> =>
    page
      .locator('[data-participant-id]', { hasText: name })
      .locator('.ring')
      .evaluate(async (element) => {
        let most = 0;
        for (const end = performance.now() + 1500; performance.now() < end;) {
          const level = getComputedStyle(element).getPropertyValue('--level');
          most = Math.max(most, Number(level));
          await new Promise(requestAnimationFrame);
        }
        return most;
      });

  told.length = 0;
  await named();
  await ana.speak();
  await named('Ana');
  const loud = await ring('Ana');
  expect(await ring('Bo')).toBe(0);
  await bo.speak(-20);
  await named('Ana', 'Bo');
  const quiet = await ring('Bo');
  expect(quiet).toBeGreaterThan(0.1);
  expect(loud - quiet).toBeGreaterThan(0.2);
  await ana.hush();
  await named('Bo');
  await cyd.speak();
  await named('Bo', 'Cyd');
  await bo.hush();
  await cyd.hush();
  await named();
  expect(await ring('Cyd')).toBe(0);
  // Notices of socket.io; the rest are signs of life.
  expect(told.filter((frame) => frame.startsWith('42'))).toEqual([]);
  expect(told.length).toBeGreaterThan(0);
}, 120_000);
