/** What participants receive: only tracks of the room that they are listed in. */
import type { DataInput, ParticipantId, Payload } from '@veche/protocol';
import type { LiveRoom } from './liveRoom.ts';
import * as trackRules from '../domain/trackRules.ts';

/** Consumers for all the tracks that may be had; the others are named in `failed`. */
export const subscribe = async (
  room: LiveRoom,
  id: ParticipantId,
  { transportId, rtpCapabilities, producerIds }: Payload<'consumer:create'>,
  late: AbortSignal,
  mostConsumers: number,
): Promise<DataInput<'consumer:create'>> => {
  const failed: DataInput<'consumer:create'>['failed'] = [];
  const peer = room.media.peer(id);
  const wanted = [...new Set(producerIds)].filter((producerId) => {
    const code = trackRules.whyNotHeard(room.state, id, producerId);
    if (code) failed.push({ producerId, code });
    return code === null;
  });
  const allowed = wanted.slice(0, Math.max(0, mostConsumers - peer.consumerCount));
  for (const producerId of wanted.slice(allowed.length)) {
    failed.push({ producerId, code: 'RATE_LIMITED' });
  }
  const answer = await peer.consume({ transportId, rtpCapabilities, producerIds: allowed }, late);
  return { consumers: answer.consumers, failed: [...failed, ...answer.failed] };
};
