import { LineScenario } from './support/lineScenario.ts';
import { talkOver } from './support/poorLine.ts';

const bounds = { windowsAtLeast: 90, concealedAtMost: 25 };

export default new LineScenario(import.meta.url, {
  name: 'loss-30',
  number: 11,
  title: '30 % of the packets are lost each way',
  injects: '30 % of all packets are lost each way, for 120 s of a video call.',
  seconds: 180,
  play: talkOver({
    spoil: ({ line }) => line.suffer({ lossPercent: 30 }),
    mend: ({ line }) => line.suffer({}),
    seconds: 120,
    near: bounds,
    far: bounds,
    hint: true,
  }),
});
