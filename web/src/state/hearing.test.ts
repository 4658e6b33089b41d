import { ParticipantId } from '@veche/protocol';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { expect, it } from 'vitest';
import { Observable, type CallSession, type RoomSession, type Voice } from '../session/index.ts';
import { StubCall } from './call/testing/stubCall.ts';
import { hear } from './hearing.ts';
import { StubRoom } from './room/testing.ts';

const voice = (name: string): Voice => ({
  participantId: ParticipantId.parse(name),
  producerId: name,
  source: 'microphone',
  track: new FakeMediaStreamTrack({ kind: 'audio' }),
});

function room(voices: Observable<readonly Voice[]>): RoomSession {
  return Object.assign(new StubRoom(), { voices });
}

it('is the room, then the call that was answered, then the room again', () => {
  const inRoom = new Observable<readonly Voice[]>([voice('ana')]);
  const rooms = new Observable<RoomSession | null>(room(inRoom));
  const calls = new Observable<CallSession | null>(null);
  let heard: readonly Voice[] = [];
  const stop = hear({ room: rooms, call: calls }, (voices) => (heard = voices));
  const names = () => heard.map(({ producerId }) => producerId);
  expect(names()).toEqual(['ana']);

  const call = new StubCall({ direction: 'received' });
  call.become({ status: { phase: 'ringing', expiresAt: 1 } });
  calls.set(call);
  expect(names()).toEqual(['ana']);
  call.become({ status: { phase: 'answering' } });
  expect(names()).toEqual([]);
  inRoom.set([voice('ana'), voice('cyd')]);
  call.become({ status: { phase: 'active', since: 1 } });
  call.voices.set([voice('bo')]);
  expect(names()).toEqual(['bo']);

  call.over('hangup', 1000);
  expect(names()).toEqual(['ana', 'cyd']);
  rooms.set(null);
  expect(names()).toEqual([]);
  stop();
});
