/** What was chosen by hand in a call; empty: whatever the system chooses. */
import type { CallSession } from '../../session/index.ts';

interface Chosen {
  microphone: string;
  camera: string;
}

const chosen = new WeakMap<CallSession, Chosen>();

export function chosenIn(call: CallSession): Chosen {
  const known = chosen.get(call) ?? { microphone: '', camera: '' };
  chosen.set(call, known);
  return known;
}
