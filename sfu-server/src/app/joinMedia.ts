/** Media that is made together with a join, so that a client need not ask three times for it. */
import { TransportId } from '@veche/protocol';
import type { DataInput, Payload } from '@veche/protocol';
import { Refusal } from '../domain/refusal.ts';
import * as trackRules from '../domain/trackRules.ts';
import type { SeatIn } from './seats.ts';
import { subscribe } from './subscribing.ts';

type Wanted = NonNullable<Payload<'room:join'>['media']>;
type Prepared = NonNullable<DataInput<'room:join'>['media']>;

/** A worker that is slower than this does not hold up the join. */
const MADE_WITHIN_MS = 1000;

/**
 * The answer to a join with both transports, in place of any before, and consumers of all tracks of
 * the wanted kinds; without them where that fails or takes too long.
 */
export const withMedia = async (
  seat: SeatIn,
  joined: DataInput<'room:join'>,
  wanted: Wanted,
  late: AbortSignal,
  mostConsumers: number,
): Promise<DataInput<'room:join'>> => {
  const { room, id } = seat;
  const tooLate = AbortSignal.any([late, AbortSignal.timeout(MADE_WITHIN_MS)]);
  const gaveUp = new Promise<null>((resolve) => {
    tooLate.addEventListener('abort', () => {
      resolve(null);
    });
  });
  const made = make(seat, wanted, tooLate, mostConsumers).catch((error: unknown) => {
    if (error instanceof Refusal) return null;
    throw error;
  });
  const media = await Promise.race([made, gaveUp]);
  // Nobody waits for the answer; a newer connection of the device may wait for one of its own.
  if (!media || late.aborted) return joined;
  // Lost meanwhile: the notices say so after this answer.
  if (!room.state.seats.has(id) || room.media.epochOf(id) !== joined.epoch) return joined;
  // As it is now: with all that was told while the media was being made.
  return { ...joined, snapshot: room.snapshotAnew(id), media };
};

const make = async (
  { room, id }: SeatIn,
  { rtpCapabilities, kinds }: Wanted,
  late: AbortSignal,
  mostConsumers: number,
): Promise<Prepared> => {
  const peer = room.media.peer(id);
  const [send, receive] = await Promise.all([
    peer.createTransport('send', late),
    peer.createTransport('receive', late),
  ]);
  const producerIds = trackRules.heardBy(room.state, id, kinds);
  const request = { transportId: TransportId.parse(receive.id), rtpCapabilities, producerIds };
  return { send, receive, ...(await subscribe(room, id, request, late, mostConsumers)) };
};
