import { User } from '@veche/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallSession, RoomSession } from './api.ts';
import { BO, FakeCalls } from './testing/fakeCalls.ts';
import { ME, person, ROOM_ID } from './testing/fakeRoom.ts';
import { Journey } from './testing/journey.ts';
import { NO_ANSWER, Refusal } from './testing/scriptedServer.ts';
import { until } from './testing/until.ts';

let journey: Journey;
let calls: FakeCalls;
let room: RoomSession;

const asked = (name: Parameters<Journey['server']['asked']>[0]) => journey.server.asked(name);
const held = () => asked('room:hold');
const tells = (...words: boolean[]) =>
  until(() => expect(held()).toEqual(words.map((word) => ({ roomId: ROOM_ID, held: word }))));
const microphones = () => journey.browser.tracks.map(({ readyState }) => readyState);
const isIn = () => until(() => expect(journey.room.snapshot.tracks.at(-1)?.participantId).toBe(ME));
const hears = (...ids: string[]) =>
  until(() => expect(room.voices.current.map(({ participantId }) => participantId)).toEqual(ids));
const call = (): CallSession => {
  const { current } = journey.session.call;
  if (!current) throw new Error('no call');
  return current;
};

async function rings(): Promise<void> {
  calls.offer();
  await until(() => call());
}

beforeEach(async () => {
  journey = await Journey.start();
  // A twentieth of it by the clock of the test: enough for a reconnect on a busy machine.
  if (journey.server.welcome) journey.server.welcome.graceMs = 60_000;
  calls = new FakeCalls(journey.server);
  journey.room.seat('cleo', 2);
  // The room of the call is of no interest here.
  const { server } = journey;
  server.on('room:join', (payload) =>
    payload.callId === undefined ? journey.room.answerJoin(payload) : NO_ANSWER,
  );
  room = journey.join({ initialMuted: false });
  await hears('cleo');
  await isIn();
});

afterEach(async () => {
  await journey.end();
});

describe('a room', () => {
  it('goes on while a call only rings', async () => {
    await rings();
    expect(held()).toEqual([]);
    await hears('cleo');
    expect(microphones()).toEqual(['live']);
  });

  it('is silent from the answer to the end of the call, and then as before', async () => {
    await rings();
    void call().answer('audio');
    expect(room.voices.current).toEqual([]);
    expect(microphones()).toEqual(['ended']);
    await tells(true);
    await until(() => expect(room.current.self?.onHold).toBe(true));
    await until(() => expect(microphones()).toEqual(['ended', 'live']));
    expect(room.current).toMatchObject({ status: { phase: 'joined' }, muted: false });
    calls.end('hangup');
    await tells(true, false);
    await hears('cleo');
    await until(() => expect(microphones()).toEqual(['ended', 'ended', 'live']));
    await until(() => expect(journey.browser.track.enabled).toBe(true));
    expect(room.current.self?.muted).toBe(false);
    expect(asked('producer:create')).toHaveLength(1);
    expect(asked('consumer:create')).toHaveLength(1);
  });

  it('is silent while the person calls somebody, until the other is busy', async () => {
    journey.session.placeCall(User.parse(BO), 'audio');
    expect(room.voices.current).toEqual([]);
    await tells(true);
    journey.server.notify('call:busy', {
      callId: calls.call.id,
      userId: BO.id,
      party: 'callee',
      message: '',
    });
    await tells(true, false);
    await hears('cleo');
  });

  it('stays on hold after a reconnect', async () => {
    await rings();
    void call().answer('audio');
    await tells(true);
    calls.welcome(true);
    journey.server.cut();
    await until(() => expect(room.current.status.phase).toBe('reconnecting'));
    await until(() => expect(room.current.status.phase).toBe('joined'));
    expect(room.current.self?.onHold).toBe(true);
    await tells(true);
    expect(room.voices.current).toEqual([]);
  });

  it('is put on hold again in another seat', async () => {
    await rings();
    void call().answer('audio');
    await tells(true);
    calls.welcome(true);
    journey.room.snapshot.self = 'participant-again';
    journey.room.snapshot.participants.push(person('participant-again', 3));
    journey.server.cut();
    await tells(true, true);
    await until(() => expect(room.current.self?.onHold).toBe(true));
  });

  it('is on hold when it is entered during a call', async () => {
    await room.leave();
    await rings();
    void call().answer('audio');
    room = journey.join();
    await tells(true);
    expect(room.voices.current).toEqual([]);
    expect(microphones()).toEqual(['ended', 'live']);
    calls.end('hangup');
    await hears('cleo');
    await until(() => expect(microphones()).toEqual(['ended', 'ended', 'live']));
  });

  it('is silent here even if the server cannot be told', async () => {
    journey.server.once('room:hold', () => {
      throw new Refusal('INTERNAL');
    });
    await rings();
    void call().answer('audio');
    await tells(true);
    expect(room.voices.current).toEqual([]);
    calls.end('hangup');
    await hears('cleo');
  });
});
