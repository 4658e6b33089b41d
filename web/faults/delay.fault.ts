import { LineScenario } from './support/lineScenario.ts';
import { talkOver } from './support/poorLine.ts';
import { MEDIA_PORT } from './support/stage.ts';

export default new LineScenario(import.meta.url, {
  name: 'delay',
  number: 11,
  title: 'Media takes 50 to 110 ms each way, and packets overtake',
  injects: 'Each media packet of a video call takes 80 ms ± 30 ms longer each way, for 60 s.',
  seconds: 90,
  play: talkOver({
    before: ({ line }) => line.delay(MEDIA_PORT, { meanMs: 80, jitterMs: 30 }),
    seconds: 60,
    adaptS: 5,
    near: { windowsAtLeast: 99, concealedAtMost: 5, framesAtLeast: 10 },
    far: { windowsAtLeast: 99, concealedAtMost: 5, framesAtLeast: 10 },
    hint: false,
  }),
});
