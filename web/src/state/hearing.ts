/** What one hears: the call, or else the room. A room on hold is silent. */
import type { Session, Voice } from '../session/index.ts';
import { isHeard, viewOf } from './call/callOnScreen.ts';
import { through } from './through.ts';

/** Until the returned function is called; then nothing is heard. */
export function hear(
  session: Pick<Session, 'call' | 'room'>,
  play: (voices: readonly Voice[]) => void,
): () => void {
  const view = viewOf(session.call);
  const ofCall = through(session.call, (call) => call.voices);
  const ofRoom = through(session.room, (room) => room.voices);
  let playing: readonly Voice[] | null = null;

  const update = (): void => {
    const voices = (isHeard(view.current) ? ofCall.current : ofRoom.current) ?? [];
    if (voices === playing) return;
    playing = voices;
    play(voices);
  };

  const stops = [view, ofCall, ofRoom].map((source) => source.subscribe(update));
  update();
  return () => {
    for (const stop of stops) stop();
    play([]);
  };
}
