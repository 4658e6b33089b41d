/** What keeps others from hearing one's microphone, as `microphone.*` in the texts. */
import type { MicrophoneProblem, MicrophoneState } from '../session/index.ts';

export function problemOf(state: MicrophoneState): MicrophoneProblem | 'silenced' | undefined {
  if (state.phase === 'listen_only') return state.problem;
  return state.phase === 'silenced' ? state.phase : undefined;
}
