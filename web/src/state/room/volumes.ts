/** How loud each person is heard on this device: 1 as they are, up to 2; kept by user id. */
import { UserId, type ParticipantId } from '@veche/protocol';
import * as z from 'zod/mini';
import { Observable, type Session, type Voice } from '../../session/index.ts';
import { onThisDevice, recall, remember } from '../storage.ts';
import { through } from '../through.ts';

const STORED_AS = 'veche.volumes';
export const LOUDEST = 2;
const Stored = z.array(
  z.object({ userId: UserId, volume: z.number().check(z.gte(0), z.lte(LOUDEST)) }),
);

export class Volumes extends Observable<ReadonlyMap<UserId, number>> {
  constructor() {
    super(stored());
  }

  of(userId: UserId): number {
    return this.current.get(userId) ?? 1;
  }

  choose(userId: UserId, volume: number): void {
    const volumes = new Map(this.current);
    if (volume === 1) volumes.delete(userId);
    else volumes.set(userId, Math.min(LOUDEST, Math.max(0, volume)));
    this.set(volumes);
    const list = Array.from(volumes, ([id, chosen]) => ({ userId: id, volume: chosen }));
    remember(onThisDevice, STORED_AS, list.length === 0 ? null : JSON.stringify(list));
  }
}

function stored(): ReadonlyMap<UserId, number> {
  try {
    const json: unknown = JSON.parse(recall(onThisDevice, STORED_AS) ?? '[]');
    return new Map(Stored.parse(json).map(({ userId, volume }) => [userId, volume]));
  } catch {
    return new Map();
  }
}

/** Plays each voice as loud as its owner is to be heard, also when a slot changes its owner. */
export function playAtVolumes(
  { room }: Pick<Session, 'room'>,
  volumes: Volumes,
  setVolumes: (volumeOf: (voice: Voice) => number) => void,
): () => void {
  const owners = through(room, ({ slotOwners }) => slotOwners);
  const userOf = (id: ParticipantId): UserId | undefined =>
    room.current?.current.snapshot?.participants.find((one) => one.id === id)?.user.id;
  const volumeOf = ({ participantId, producerId }: Voice): number => {
    if (volumes.current.size === 0) return 1;
    const owner = participantId ?? owners.current?.get(producerId);
    const userId = owner && userOf(owner);
    return userId ? volumes.of(userId) : 1;
  };
  const apply = (): void => {
    setVolumes(volumeOf);
  };
  const stops = [owners.subscribe(apply), volumes.subscribe(apply)];
  apply();
  return () => {
    for (const stop of stops) stop();
  };
}
