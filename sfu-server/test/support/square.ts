/** A room in slots with many people in it, on a server that is a process of its own. */
import type { ProducerId, RoomId } from '@veche/protocol';
import { RawPeer } from './rawPeer.ts';
import { TestClient } from './testClient.ts';

export interface Square {
  readonly roomId: RoomId;
  readonly owner: RawPeer;
  readonly slots: readonly ProducerId[];
}

/** A room with its owner in it, who has said how microphones are heard there for good. */
export const openSquare = async (
  url: string,
  posture: 'slots' | 'direct' = 'slots',
): Promise<Square> => {
  const client = await TestClient.connect(url, { name: 'Owner' });
  const { room } = await client.request('room:create', { name: 'Square' });
  const owner = await RawPeer.join(client, room.id);
  await client.request('mod:voice', { roomId: room.id, posture });
  if (posture === 'direct') return { roomId: room.id, owner, slots: [] };
  const { voice } = await client.next('room:voice', (notice) => notice.voice.mode === 'slots');
  return { roomId: room.id, owner, slots: voice.mode === 'slots' ? voice.slots : [] };
};

/** Joins with media made by the join; nothing is received until `receivePrepared`. */
export const joinSquare = async (url: string, roomId: RoomId, name: string): Promise<RawPeer> =>
  RawPeer.joinWithMedia(await TestClient.connect(url, { name }), roomId);
