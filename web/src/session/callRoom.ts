/** The private room of a call that is active: both sides' media, and how well it goes. */
import { RoomId } from '@veche/protocol';
import type { CallId, Snapshot, User } from '@veche/protocol';
import type { CallView, RoomEnd } from './api.ts';
import type { Camera } from './camera.ts';
import type { Microphone } from './microphone.ts';
import { watchNetwork } from './network.ts';
import { selfOf } from './roomState.ts';
import { JoinedRoom, type RoomPorts } from './roomSession.ts';

export interface CallRoomOptions {
  readonly callId: CallId;
  readonly peer: User;
  readonly muted: boolean;
  readonly microphone: Microphone;
  readonly camera: Camera;
  /** The page was loaded again during the call. */
  readonly resumed: boolean;
}

export interface CallRoomPorts extends RoomPorts {
  readonly changed: () => void;
  readonly ended: (reason: RoomEnd) => void;
}

export class CallRoom {
  readonly room: JoinedRoom;
  readonly #options: CallRoomOptions;
  readonly #stopWatching: () => void;
  #poorNetwork = false;
  #told = false;

  constructor(options: CallRoomOptions, ports: CallRoomPorts) {
    const { callId, muted, microphone, camera, resumed } = options;
    this.#options = options;
    this.room = new JoinedRoom(
      {
        // A call's room goes by the id of the call.
        roomId: RoomId.parse(callId),
        entry: { callId },
        initialMuted: muted,
        pictures: true,
        microphone,
        camera,
        ...(resumed ? { resume: this.#resume } : {}),
      },
      ports,
    );
    this.#stopWatching = watchNetwork({
      reports: () => this.room.statistics(),
      judged: (poor) => {
        if (poor === this.#poorNetwork) return;
        this.#poorNetwork = poor;
        ports.changed();
      },
      timers: ports.timers,
    });
    this.room.subscribe(() => {
      ports.changed();
      const { status } = this.room.current;
      if (status.phase !== 'ended' || this.#told) return;
      this.#told = true;
      this.#stopWatching();
      ports.ended(status.reason);
    });
    void this.room.start(null);
  }

  get poorNetwork(): boolean {
    return this.#poorNetwork;
  }

  get peerState(): CallView['peerState'] {
    const { snapshot } = this.room.current;
    const peer = snapshot?.participants.find(({ user }) => user.id === this.#options.peer.id);
    if (!snapshot || !peer) return null;
    const camera = snapshot.tracks.some(
      (track) => track.participantId === peer.id && track.source === 'camera' && !track.paused,
    );
    return { muted: peer.muted, camera };
  }

  level(of: 'self' | 'peer'): number {
    const { snapshot, self } = this.room.current;
    const participant =
      of === 'self' ? self : snapshot?.participants.find(({ id }) => id !== snapshot.self);
    return participant ? this.room.level(participant.id) : 0;
  }

  close(): void {
    this.#told = true;
    this.#stopWatching();
    this.room.close('left');
  }

  /** As the person left it: muted or not, with the camera or without. */
  #resume = (snapshot: Snapshot): void => {
    const own = snapshot.tracks.filter(({ participantId }) => participantId === snapshot.self);
    const spoke = own.some(({ source }) => source === 'microphone');
    const showed = own.some(({ source, paused }) => source === 'camera' && !paused);
    // Whoever had not come so far yet is muted only as everybody is at first.
    if (spoke && selfOf(snapshot)?.muted) void this.room.setMuted(true);
    if (showed) void this.#options.camera.turnOn();
  };
}
