import { LineScenario } from './support/lineScenario.ts';
import { talkOver } from './support/poorLine.ts';

const bounds = { windowsAtLeast: 97, concealedAtMost: 12 };

export default new LineScenario(import.meta.url, {
  name: 'loss-20',
  number: 11,
  title: '20 % of the packets are lost each way',
  injects: '20 % of all packets are lost each way, for 120 s of a video call.',
  seconds: 180,
  play: talkOver({
    spoil: ({ line }) => line.suffer({ lossPercent: 20 }),
    mend: ({ line }) => line.suffer({}),
    seconds: 120,
    near: bounds,
    far: bounds,
    hint: true,
  }),
});
