/** A room without a server: everybody in it does what the scene says, and what they are told. */
import {
  MessageId,
  ParticipantId,
  ProducerId,
  RoomId,
  type Participant,
  type Posture,
  type Room,
  type Snapshot,
  type User,
} from '@veche/protocol';
import type { Deed, Moderation, RoomSession, RoomView, StepTaken } from '../src/session/api.ts';
import { RequestError } from '../src/session/errors.ts';
import { Observable } from '../src/session/observable.ts';
import { fakeUser, soon, userId } from './fakePeople.ts';
import type { Scene } from './scenes.ts';

function person(index: number, self: User, scene: Scene): Participant {
  const stage = scene.room?.mode === 'stage';
  const speaks = !stage || (index > 0 && index < 5);
  return {
    id: ParticipantId.parse(`p${index}`),
    number: index + 1,
    user: index === 0 ? self : fakeUser(index),
    role: index === 1 ? 'moderator' : speaks ? 'speaker' : 'listener',
    muted: index % 3 === 0 || !speaks,
    mutedByModerator: false,
    handRaisedAt: scene.hands?.includes(index) ? 1000 - index : null,
    away: index === 6,
    onHold: index === 9,
    joinedAt: index,
    ...(index === 0 && {
      muted: scene.muted ?? true,
      mutedByModerator: scene.mutedByModerator ?? false,
      onHold: scene.onHold ?? false,
      ...(scene.role && { role: scene.role }),
    }),
  };
}

export const fakeRoom = (id: string, name: string, more: Partial<Room> = {}): Room => ({
  id: RoomId.parse(id),
  name,
  visibility: 'listed',
  hasPassword: false,
  locked: false,
  mode: 'open',
  maxParticipants: 500,
  participantCount: 0,
  createdBy: userId(0),
  createdAt: 0,
  ...more,
});

export const smallPosture: Posture = {
  joinMuted: false,
  stageSuggested: false,
  wishes: { voice: 'auto', joinMuted: 'auto' },
};

export const fourSlots: Snapshot['voice'] = {
  mode: 'slots',
  slots: ['slot:0', 'slot:1', 'slot:2', 'slot:3'].map((slot) => ProducerId.parse(slot)),
};

function fakeSnapshot(roomId: RoomId, scene: Scene, user: User): Snapshot {
  const count = scene.people ?? 5;
  const id = ParticipantId.parse('p0');
  return {
    room: fakeRoom(roomId, scene.roomName ?? 'Sunday meeting', {
      participantCount: count,
      createdBy: userId(1),
      posture: smallPosture,
      ...scene.room,
    }),
    revision: 1,
    epoch: 1,
    self: id,
    participants: Array.from({ length: count }, (_, index) => person(index, user, scene)),
    tracks: [],
    voice: scene.voice ?? { mode: 'direct' },
    speakers: [],
    chat: (scene.chat ?? []).map((text, index) => ({
      messageId: MessageId.parse(`m${index}`),
      roomId,
      from: {
        participantId: ParticipantId.parse(`p${index % 3}`),
        user: index % 3 === 0 ? user : fakeUser(index % 3),
      },
      text,
      at: Date.now() - 60_000 * (20 - index),
    })),
  };
}

export class FakeRoom extends Observable<RoomView> implements RoomSession {
  readonly voices = new Observable([]);
  readonly slotOwners = new Observable<ReadonlyMap<string, ParticipantId>>(new Map());
  readonly timings = {
    joinStarted: null,
    joinAcked: null,
    transportsReady: null,
    firstConsumerResumed: null,
    firstPacket: null,
  };
  readonly #scene: Scene;
  readonly #told = new Set<(deed: Deed) => void>();

  constructor(roomId: RoomId, scene: Scene, user: User) {
    const snapshot = fakeSnapshot(roomId, scene, user);
    const status = scene.status ?? { phase: 'joined' };
    const inside = status.phase === 'joined' || status.phase === 'reconnecting';
    super({
      roomId,
      status,
      snapshot: inside ? snapshot : null,
      self: inside ? (snapshot.participants[0] ?? null) : null,
      microphone: scene.microphone ?? { phase: 'live' },
      muted: scene.muted ?? true,
      media: scene.media ?? 'connected',
      hearing: new Set(snapshot.participants.filter(({ muted }) => !muted).map(({ id }) => id)),
      speaking: new Map(
        (scene.speaking ?? [1, 4]).map((index) => [ParticipantId.parse(`p${index}`), -30]),
      ),
    });
    this.#scene = scene;
  }

  readonly moderation: Moderation = {
    mute: (id) => this.#does('muted', id, { muted: true, mutedByModerator: true }),
    setRole: (id, role) =>
      this.#does(
        role === 'moderator'
          ? 'made_moderator'
          : role === 'listener'
            ? 'sent_to_listeners'
            : 'invited_to_speak',
        id,
        { role, handRaisedAt: null },
      ),
    remove: async (id, { banMs = 0 } = {}) => {
      await this.#does(banMs > 0 ? 'banned' : 'removed', id, {});
      const { snapshot } = this.current;
      if (!snapshot) return;
      const participants = snapshot.participants.filter((one) => one.id !== id);
      this.#change({ snapshot: { ...snapshot, participants } });
    },
    setLocked: (locked) => this.#be({ locked }, { what: locked ? 'locked' : 'unlocked' }),
    setMode: (mode) => {
      const posture = { ...this.#posture, stageSuggested: false };
      return this.#be({ mode, posture }, { what: mode === 'stage' ? 'staged' : 'opened' });
    },
    setVoice: async (posture) => {
      const { wishes } = this.#posture;
      const next = { ...this.#posture, wishes: { ...wishes, voice: posture } };
      await this.#be({ posture: next }, { what: 'voice', voice: posture });
      const { snapshot } = this.current;
      if (!snapshot || posture === 'auto') return;
      const voice = posture === 'slots' ? fourSlots : ({ mode: 'direct' } as const);
      this.#change({ snapshot: { ...snapshot, voice } });
    },
    setJoinMuted: (wish) => {
      const { wishes } = this.#posture;
      const joinMuted = wish === 'auto' ? this.#posture.joinMuted : wish === 'on';
      const next = { ...this.#posture, joinMuted, wishes: { ...wishes, joinMuted: wish } };
      return this.#be({ posture: next }, { what: 'join_muted', join: wish });
    },
    dismissStage: () => this.#be({ posture: { ...this.#posture, stageSuggested: false } }),
    deleteRoom: async () => {
      await this.#allowed();
      this.#change({ status: { phase: 'ended', reason: 'room_closed' } });
    },
  };

  onDeed(told: (deed: Deed) => void): () => void {
    this.#told.add(told);
    return () => this.#told.delete(told);
  }

  async setMuted(muted: boolean): Promise<void> {
    await this.#allowed();
    const { self } = this.current;
    if (!self) return;
    this.#change({ muted });
    this.#put({ ...self, muted, mutedByModerator: false });
  }

  async setHand(raised: boolean): Promise<void> {
    await this.#allowed();
    const { self } = this.current;
    if (self) this.#put({ ...self, handRaisedAt: raised ? Date.now() : null });
  }

  async say(text: string): Promise<void> {
    await this.#allowed();
    const { snapshot, self, roomId } = this.current;
    if (!snapshot || !self) return;
    const message = {
      messageId: MessageId.parse(`m${Date.now()}`),
      roomId,
      from: { participantId: self.id, user: self.user },
      text,
      at: Date.now(),
    };
    this.#change({ snapshot: { ...snapshot, chat: [...snapshot.chat, message] } });
  }

  async openMicrophone(): Promise<void> {
    this.#change({ microphone: { phase: 'opening' } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    this.#change({ microphone: { phase: 'live' } });
  }

  leave(): Promise<void> {
    this.#change({ status: { phase: 'ended', reason: 'left' } });
    return soon();
  }

  level(id: ParticipantId): number {
    if (!this.current.speaking.has(id)) return 0;
    return 0.5 + 0.45 * Math.sin(performance.now() / 170 + id.length);
  }

  async #allowed(): Promise<void> {
    await soon();
    if (this.#scene.refuses) throw new RequestError('FORBIDDEN', 'no');
  }

  async #does(
    what: Extract<Deed, { whom: User }>['what'],
    id: ParticipantId,
    change: Partial<Participant>,
  ): Promise<void> {
    await this.#allowed();
    const { snapshot, self } = this.current;
    const one = snapshot?.participants.find((other) => other.id === id);
    if (!one) return;
    this.#put({ ...one, ...change });
    this.#tell({ by: self?.user ?? null, what, whom: one.user });
  }

  get #posture(): Posture {
    return this.current.snapshot?.room.posture ?? smallPosture;
  }

  async #be(
    change: Partial<Room>,
    deed?: { readonly what: 'locked' | 'unlocked' | 'opened' | 'staged' } | StepTaken,
  ): Promise<void> {
    await this.#allowed();
    const { snapshot, self } = this.current;
    if (!snapshot) return;
    this.#change({ snapshot: { ...snapshot, room: { ...snapshot.room, ...change } } });
    if (deed) this.#tell({ ...deed, by: self?.user ?? null });
  }

  #tell(deed: Deed): void {
    for (const told of this.#told) told(deed);
  }

  #put(one: Participant): void {
    const { snapshot, self } = this.current;
    if (!snapshot) return;
    this.#change({
      self: self?.id === one.id ? one : self,
      snapshot: {
        ...snapshot,
        participants: snapshot.participants.map((other) => (other.id === one.id ? one : other)),
      },
    });
  }

  #change(change: Partial<RoomView>): void {
    this.set({ ...this.current, ...change });
  }
}
