/** People who talk: fifty marked packets a second each, at phases of their own. */
import type { SendTrack } from '../../rtc-peer/index.ts';
import type { Delivery } from './delivery.ts';
import { markedLength } from './marks.ts';

export interface Talker {
  /** Its participant's number, which it sends as CSRC. */
  readonly csrc: number;
  readonly track: Pick<SendTrack, 'send'>;
}

const FRAME_MS = 20;
const LOOK_EVERY_MS = 1;
/** Speech goes up and down; what is always equally loud is taken for a hum. dBov. */
const LOUDEST = -15;
const QUIETEST = -35;
const SYLLABLE_FRAMES = 10;

const PAYLOAD = Buffer.alloc(markedLength(127));

/** Talks until the answer is called. */
export const talk = (talkers: readonly Talker[], delivery: Delivery): (() => void) => {
  const startedAt = performance.now();
  const mouths = talkers.map((talker) => ({
    talker,
    dueAt: startedAt + Math.random() * FRAME_MS,
    frame: 0,
    level: QUIETEST,
  }));
  const timer = setInterval(() => {
    const now = performance.now();
    for (const mouth of mouths) {
      while (mouth.dueAt <= now) {
        if (mouth.frame++ % SYLLABLE_FRAMES === 0) {
          mouth.level = QUIETEST + Math.round(Math.random() * (LOUDEST - QUIETEST));
        }
        say(mouth.talker, mouth.level, delivery);
        mouth.dueAt += FRAME_MS;
      }
    }
  }, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
};

const say = ({ csrc, track }: Talker, level: number, delivery: Delivery): void => {
  const bytes = markedLength(delivery.send(csrc, performance.now()));
  track.send({ payload: PAYLOAD.subarray(0, bytes), level, csrcs: [csrc] });
};
