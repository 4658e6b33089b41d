/** What a room is entered with: an ordinary one, or the private one of a call. */
import type { PayloadInput, RoomId, Snapshot } from '@veche/protocol';
import type { Camera } from './camera.ts';
import type { Microphone } from './microphone.ts';

export interface Place {
  readonly roomId: RoomId;
  /** What `room:join` names it by. */
  readonly entry: Pick<PayloadInput<'room:join'>, 'roomId' | 'callId' | 'password'>;
  readonly initialMuted: boolean;
  /** Whether the pictures of the others are to be seen. */
  readonly pictures: boolean;
  /** The room closes it when it ends. */
  readonly microphone: Microphone;
  readonly camera: Camera | null;
  /**
   * For a page that was loaded again: told, before any media is made anew, what the server still
   * knows of the former page's.
   */
  readonly resume?: (snapshot: Snapshot) => void;
}
