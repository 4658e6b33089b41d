/** Does what somebody asked for by hand, and says why if it does not work. */
import { MicrophoneError } from '../session/index.ts';
import type { Announcer } from './announcer.svelte.ts';
import { faultText } from './faults.ts';

export async function attempt(
  { show }: Pick<Announcer, 'show'>,
  action: () => Promise<unknown>,
): Promise<void> {
  try {
    await action();
  } catch (fault) {
    // Of microphones and cameras the call itself tells, for as long as it is so.
    if (!(fault instanceof MicrophoneError)) show(faultText(fault));
  }
}
