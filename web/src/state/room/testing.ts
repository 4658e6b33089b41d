/** Values for tests of the room on the screen. */
import { ParticipantId, RoomId, UserId, type Participant, type Snapshot } from '@veche/protocol';
import {
  Observable,
  type Moderation,
  type RoomSession,
  type RoomView,
  type Voice,
} from '../../session/index.ts';

export const participant = (name: string, more: Partial<Participant> = {}): Participant => ({
  id: ParticipantId.parse(`p-${name}`),
  number: 1,
  user: { id: UserId.parse(`u-${name}`), name },
  role: 'speaker',
  muted: true,
  mutedByModerator: false,
  handRaisedAt: null,
  away: false,
  onHold: false,
  joinedAt: 0,
  ...more,
});

export const snapshotOf = (
  participants: readonly Participant[],
  more: Partial<Snapshot> = {},
): Snapshot => ({
  room: {
    id: RoomId.parse('square'),
    name: 'Square',
    visibility: 'listed',
    hasPassword: false,
    locked: false,
    mode: 'open',
    maxParticipants: 500,
    participantCount: participants.length,
    createdBy: UserId.parse('u-ana'),
    createdAt: 0,
  },
  revision: 1,
  epoch: 1,
  self: participants[0]?.id ?? ParticipantId.parse('p-nobody'),
  participants: [...participants],
  tracks: [],
  voice: { mode: 'direct' },
  speakers: [],
  chat: [],
  ...more,
});

const done = (): Promise<void> => Promise.resolve();

const powerless: Moderation = {
  mute: done,
  remove: done,
  setRole: done,
  setLocked: done,
  setMode: done,
  setVoice: done,
  setJoinMuted: done,
  dismissStage: done,
  deleteRoom: done,
};

/** A room that one is in, which does nothing by itself. */
export class StubRoom extends Observable<RoomView> implements RoomSession {
  readonly voices: Observable<readonly Voice[]> = new Observable<readonly Voice[]>([]);
  readonly slotOwners = new Observable<ReadonlyMap<string, ParticipantId>>(new Map());
  readonly moderation = powerless;
  readonly timings = {
    joinStarted: null,
    joinAcked: null,
    transportsReady: null,
    firstConsumerResumed: null,
    firstPacket: null,
  };
  readonly openMicrophone = done;
  readonly setHand = done;
  readonly say = done;
  readonly level = () => 0;
  readonly onDeed = () => () => undefined;

  constructor(change: Partial<RoomView> = {}) {
    super({
      roomId: RoomId.parse('square'),
      status: { phase: 'joined' },
      snapshot: null,
      self: null,
      microphone: { phase: 'live' },
      muted: true,
      media: 'connected',
      hearing: new Set(),
      speaking: new Map(),
      ...change,
    });
  }

  become(change: Partial<RoomView>): void {
    this.set({ ...this.current, ...change });
  }

  setMuted(muted: boolean): Promise<void> {
    this.become({ muted });
    return done();
  }

  leave(): Promise<void> {
    this.become({ status: { phase: 'ended', reason: 'left' } });
    return done();
  }
}
