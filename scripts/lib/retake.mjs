// A test that misses is taken again where the host took much of the machine meanwhile, and only there.
import { setInterval } from 'node:timers';
import { aroundEach } from 'vitest';
import { DISTURBED, lookAtMachine, worstTaken } from './hostTime.mjs';
import { sayTaken } from './retaken.mjs';

const LOOK_EVERY_MS = 250;

/**
 * For the set-up of a project whose tests judge time or sound, with `RETAKE` as its `retry`.
 * @param {() => import('./hostTime.mjs').Look} look
 */
export function retakeWhenDisturbed(look = lookAtMachine) {
  aroundEach(async (runTest, { task }) => {
    const looks = [look()];
    const looking = setInterval(() => looks.push(look()), LOOK_EVERY_MS);
    try {
      await runTest();
    } finally {
      clearInterval(looking);
    }
    const taken = worstTaken([...looks, look()]);
    // As the last thing that went wrong it is what the condition of a retry looks at.
    if (task.result?.state === 'fail' && taken > DISTURBED) throw new Error(sayTaken(taken));
  });
}
