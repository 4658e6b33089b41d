import { expect, it } from 'vitest';
import { renderRing } from './tones.ts';

const RATE = 8000;

it.each(['ringtone', 'ringback'] as const)('%s is heard, never too loud, and rests', (ring) => {
  const samples = renderRing(ring, RATE);
  const loudest = Math.max(...samples.map(Math.abs));
  expect(loudest).toBeGreaterThan(0.05);
  expect(loudest).toBeLessThan(0.9);
  // The last half second: played in a circle, it does not click where it begins again.
  expect(Math.max(...samples.slice(-RATE / 2).map(Math.abs))).toBeLessThan(0.001);
  expect(Math.abs(samples[0] ?? 1)).toBeLessThan(0.001);
});

it('sounds different to the calling and to the called one', () => {
  expect(renderRing('ringtone', RATE)).not.toEqual(renderRing('ringback', RATE));
});
