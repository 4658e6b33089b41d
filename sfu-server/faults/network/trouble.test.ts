/** What is blocked, and what is not, in a network of its own with real packets. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runInOwnNetwork, whyNoOwnNetwork } from './ownNetwork.ts';

const PROBE = fileURLToPath(new URL('./troubleProbe.ts', import.meta.url));

it('each trouble stops what it says, and nothing else', { timeout: 60_000 }, async (context) => {
  const lack = whyNoOwnNetwork();
  if (lack !== null) {
    context.skip(lack);
    return;
  }
  const passes: unknown[] = [];
  await runInOwnNetwork(PROBE, [], (message) => passes.push(message));
  const through = (udp: boolean, media: boolean, signalling: boolean) => ({
    udp,
    media,
    signalling,
  });
  expect(passes).toEqual([
    { trouble: 'none', ...through(true, true, true) },
    { trouble: 'udp', ...through(false, true, true) },
    { trouble: 'media', ...through(false, false, true) },
    { trouble: 'signalling', ...through(true, true, false) },
    { trouble: 'everything', ...through(false, false, false) },
    { trouble: 'mended', ...through(true, true, true) },
    { trouble: 'another address', ...through(true, true, true) },
  ]);
});
