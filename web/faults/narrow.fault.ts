import { LineScenario } from './support/lineScenario.ts';
import { talkOver } from './support/poorLine.ts';

const KILOBITS_PER_SECOND = 100;

export default new LineScenario(import.meta.url, {
  name: 'narrow',
  number: 12,
  title: 'Only 100 kbit/s come in',
  injects: 'In a video call one side receives at most 100 kbit/s, for 60 s.',
  seconds: 130,
  play: talkOver({
    camera: 'busy',
    spoil: ({ line }) => line.narrow(KILOBITS_PER_SECOND),
    mend: ({ line }) => line.widen(),
    seconds: 60,
    adaptS: 10,
    // Whoever has a good line hears and sees as before.
    near: { windowsAtLeast: 99, concealedAtMost: 5, framesAtLeast: 10 },
    far: { windowsAtLeast: 97 },
    pictureBackWithinMs: 30_000,
    hint: false,
  }),
});
