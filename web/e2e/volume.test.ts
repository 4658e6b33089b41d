/** Each person as loud as one wants to hear them, on this device alone. */
import { expect, it } from 'vitest';
import { Guest, SLOTS, TONES } from './support/guest.ts';
import { setScene } from './support/scene.ts';

const [ANA, BO, CYD] = TONES;
// One slot, so that its owner changes with each turn.
const scene = setScene({ voice: { ...SLOTS, slots: 1, directMicrophones: 2 } });

/** The middle of so much sound, ms. */
const MEASURED_MS = 1500;
/** The volume has changed by then, ms. */
const CHANGED_MS = 300;

const chooseVolume = async ({ person: { page } }: Guest, name: string, percent: number) => {
  await page.getByRole('button', { name: `More about ${name}`, exact: true }).click();
  await page.getByRole('slider').fill(String(percent));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

/** dB of full scale, of what comes from now on. */
const loudness = async (listener: Guest, bin: number): Promise<number> => {
  const from = Date.now() + CHANGED_MS;
  await listener.hears(bin, from);
  const span = { from, to: Date.now() + MEASURED_MS };
  return (await listener.recording(span)).loudness(bin, span);
};

it('up to twice as loud as they came, and in a slot only the one that was meant', async () => {
  const ana = await Guest.arrive(scene, 'Ana', ANA);
  await ana.person.signIn(scene.url);
  const link = await ana.person.createRoom('Town square');
  const bo = await Guest.arrive(scene, 'Bo', BO);
  await bo.enter(link);
  await ana.listen(TONES);
  await bo.speak();
  const plain = await loudness(ana, BO);
  const louder = async (): Promise<number> => (await loudness(ana, BO)) - plain;

  // Twice the amplitude is 6 dB.
  await chooseVolume(ana, 'Bo', 50);
  expect(await louder()).toBeCloseTo(-6, 0);
  await chooseVolume(ana, 'Bo', 200);
  expect(await louder()).toBeCloseTo(6, 0);

  const cyd = await Guest.arrive(scene, 'Cyd', CYD);
  await cyd.enter(link);
  await ana.person.page.locator('[data-voice-mode="slots"]').waitFor();
  expect(await louder()).toBeCloseTo(6, 0);
  await bo.hush();
  await cyd.speak();
  expect((await loudness(ana, CYD)) - plain).toBeCloseTo(0, 0);
  await cyd.hush();
  await bo.speak();
  expect(await louder()).toBeCloseTo(6, 0);
}, 120_000);

it('tells the chosen volume once: the slider says it, and nothing else announces it', async () => {
  const [ana] = await scene.meet('Ana', 'Bo');
  const { page } = ana;
  await page.getByRole('button', { name: 'More about Bo', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('slider').fill('150');
  await dialog.getByText('150 %').waitFor();
  expect(await dialog.getByRole('slider').getAttribute('aria-valuetext')).toBe('150 %');
  expect(await dialog.getByRole('status').count()).toBe(0);
});
