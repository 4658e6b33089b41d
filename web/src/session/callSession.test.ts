import { User } from '@veche/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallSession } from './api.ts';
import { MicrophoneError } from './errors.ts';
import { BO, CALL_ID, FakeCalls, ME as ANA } from './testing/fakeCalls.ts';
import { FakeRoom, ME } from './testing/fakeRoom.ts';
import { Journey } from './testing/journey.ts';
import { NO_ANSWER, Refusal } from './testing/scriptedServer.ts';
import { until } from './testing/until.ts';

let journey: Journey;
let calls: FakeCalls;
let room: FakeRoom;
let call: CallSession;

const bo = User.parse(BO);
const asked = (name: Parameters<Journey['server']['asked']>[0]) => journey.server.asked(name);
const view = () => call.current;
const is = (phase: string) => until(() => expect(view().status.phase).toBe(phase));
const endsWith = (reason: string) =>
  until(() => expect(view().status).toMatchObject({ phase: 'ended', reason }));
const online = () => until(() => expect(journey.session.connection.current.phase).toBe('online'));
const callOf = (one: Journey) =>
  until(() => {
    const found = one.session.call.current;
    if (!found) throw new Error('no call');
    return found;
  });
const sent = () => {
  const own = room.snapshot.tracks.filter(({ participantId }) => participantId === ME);
  return own.map(({ source, paused }) => (paused ? `${source} paused` : source));
};
const sends = (...tracks: string[]) => until(() => expect(sent()).toEqual(tracks));
const devices = () => [
  ...journey.browser.tracks.map(({ readyState }) => `microphone ${readyState}`),
  ...journey.browser.pictures.map(({ readyState }) => `camera ${readyState}`),
];

/** Placed, and known to the server. */
async function place(media: 'audio' | 'video' = 'audio'): Promise<void> {
  await online();
  call = journey.session.placeCall(bo, media);
  await is('ringing');
}

async function talk(media: 'audio' | 'video' = 'audio'): Promise<void> {
  await place(media);
  calls.answer();
  await is('active');
  if (media === 'video') await sends('microphone', 'camera');
  else await sends('microphone');
}

async function ring(media: 'audio' | 'video' = 'audio'): Promise<void> {
  await online();
  calls.offer(media);
  call = await callOf(journey);
}

/** By the clock of the test a twentieth: long enough for a reconnect on a busy machine. */
const setGrace = (graceMs: number): void => {
  if (journey.server.welcome) journey.server.welcome.graceMs = graceMs;
};

beforeEach(async () => {
  journey = await Journey.start();
  setGrace(60_000);
  calls = new FakeCalls(journey.server);
  room = new FakeRoom(journey.server, CALL_ID);
  room.seat('bo', 2);
});

afterEach(async () => {
  await journey.end();
});

describe('a call that is placed', () => {
  it('rings, is answered, and ends with its duration', async () => {
    await place();
    expect(asked('call:initiate')).toMatchObject([{ to: 'user-bo', media: 'audio' }]);
    expect(view()).toMatchObject({ callId: CALL_ID, direction: 'placed', peer: BO });
    expect(journey.session.call.current).toBe(call);
    calls.answer();
    await is('active');
    await until(() => expect(call.voices.current).toHaveLength(1));
    await sends('microphone');
    expect(asked('room:join')).toMatchObject([{ callId: CALL_ID }]);
    await until(() => expect(view().path).toBe('connected'));
    await until(() => expect(view().peerState).toEqual({ muted: false, camera: false }));
    calls.end('hangup');
    await endsWith('hangup');
    const { status } = view();
    expect(status.phase === 'ended' && status.durationMs).toBeGreaterThan(0);
    expect(devices()).toEqual(['microphone ended']);
    expect(call.voices.current).toEqual([]);
    expect(journey.browser.transports.every(({ closed }) => closed)).toBe(true);
    expect(asked('room:leave')).toEqual([]);
  });

  it('speaks at once', async () => {
    await talk();
    await until(() => expect(asked('mic:set')).toEqual([{ roomId: CALL_ID, muted: false }]));
    expect(journey.browser.track.enabled).toBe(true);
    expect(view().muted).toBe(false);
  });

  it('opens the devices while it rings', async () => {
    await place('video');
    await until(() => expect(devices()).toEqual(['microphone live', 'camera live']));
    expect(view()).toMatchObject({ microphone: { phase: 'live' }, camera: { phase: 'on' } });
    expect(call.ownPicture.current).toBe(journey.browser.pictures[0]);
    await call.setMuted(true);
    calls.answer();
    await sends('microphone', 'camera');
    expect(devices()).toHaveLength(2);
    expect(view().muted).toBe(true);
  });

  it.each([
    ['busy', 'callee'],
    ['caller_busy', 'caller'],
  ] as const)('says %s', async (reason, party) => {
    journey.server.on('call:initiate', () => {
      queueMicrotask(() => {
        journey.server.notify('call:busy', {
          callId: CALL_ID,
          userId: 'user-bo',
          party,
          message: '',
        });
      });
      return { callId: CALL_ID };
    });
    await online();
    call = journey.session.placeCall(bo, 'video');
    await endsWith(reason);
    await until(() => expect(devices()).toEqual(['microphone ended', 'camera ended']));
    expect(journey.session.call.current).toBe(call);
    journey.session.dismissCall();
    expect(journey.session.call.current).toBeNull();
  });

  it.each(['offline', 'self', 'server_restart'] as const)('says %s', async (code) => {
    await place();
    journey.server.notify('call:error', { callId: CALL_ID, code, message: '' });
    await endsWith(code);
  });

  it('says rejected, or that nobody answered, and can be placed again', async () => {
    await place();
    journey.server.notify('call:rejected', { callId: CALL_ID });
    await endsWith('rejected');
    calls.call.id = 'call-2';
    await place();
    journey.server.notify('call:rejected', { callId: CALL_ID });
    journey.server.notify('call:no-answer', { callId: 'call-2' });
    await endsWith('no_answer');
    const [first, second] = asked('call:initiate') as { key: string }[];
    expect(first?.key).not.toBe(second?.key);
  });

  it('is one call although it is asked for twice', async () => {
    await place();
    expect(journey.session.placeCall(User.parse({ id: 'user-cy', name: 'Cy' }), 'audio')).toBe(
      call,
    );
    expect(asked('call:initiate')).toHaveLength(1);
  });

  it('is refused', async () => {
    journey.server.on('call:initiate', () => {
      throw new Refusal('RATE_LIMITED');
    });
    await online();
    call = journey.session.placeCall(bo, 'audio');
    await endsWith('RATE_LIMITED');
    expect(asked('call:initiate')).toHaveLength(1);
  });

  it('is cancelled', async () => {
    await place();
    await call.end();
    expect(view().status).toMatchObject({ phase: 'ended', reason: 'cancelled' });
    expect(asked('call:end')).toEqual([{ callId: CALL_ID }]);
  });

  it('is cancelled before the server has answered', async () => {
    let answer: () => void = () => undefined;
    journey.server.on('call:initiate', async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return { callId: CALL_ID };
    });
    await online();
    call = journey.session.placeCall(bo, 'audio');
    await until(() => expect(asked('call:initiate')).toHaveLength(1));
    await call.end();
    expect(view().status).toMatchObject({ reason: 'cancelled' });
    answer();
    await until(() => expect(asked('call:end')).toEqual([{ callId: CALL_ID }]));
  });

  it('connects with the other who calls at the same moment', async () => {
    let answer: () => void = () => undefined;
    journey.server.on('call:initiate', async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      calls.answer();
      return { callId: CALL_ID };
    });
    await online();
    call = journey.session.placeCall(bo, 'audio');
    await until(() => expect(asked('call:initiate')).toHaveLength(1));
    calls.offer();
    answer();
    await is('active');
    expect(view()).toMatchObject({ callId: CALL_ID, direction: 'placed' });
    expect(journey.session.call.current).toBe(call);
    calls.end('hangup');
    await endsWith('hangup');
    expect(journey.session.call.current).toBe(call);
  });

  it('answers somebody who calls at the same moment and was faster', async () => {
    await ring();
    expect(journey.session.placeCall(bo, 'audio')).toBe(call);
    await is('active');
    expect(asked('call:answer')).toEqual([{ callId: CALL_ID }]);
    expect(asked('call:initiate')).toEqual([]);
  });

  it('gives way to somebody who called first', async () => {
    let answer: () => void = () => undefined;
    journey.server.on('call:initiate', async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return { callId: 'call-2' };
    });
    await online();
    call = journey.session.placeCall(User.parse({ id: 'user-cy', name: 'Cy' }), 'audio');
    await until(() => expect(asked('call:initiate')).toHaveLength(1));
    calls.offer();
    answer();
    await is('ringing');
    journey.server.notify('call:busy', {
      callId: 'call-2',
      userId: ANA.id,
      party: 'caller',
      message: '',
    });
    await endsWith('caller_busy');
    expect(journey.session.call.current?.current).toMatchObject({
      callId: CALL_ID,
      direction: 'received',
      status: { phase: 'ringing' },
    });
  });
});

describe('a call that comes', () => {
  it('rings without opening anything, and is answered with the camera', async () => {
    await ring('video');
    expect(view()).toMatchObject({ direction: 'received', peer: BO, media: 'video' });
    expect(devices()).toEqual([]);
    const answering = call.answer('video');
    expect(view().status.phase).toBe('answering');
    await answering;
    expect(view().status.phase).toBe('active');
    await sends('microphone', 'camera');
    expect(asked('call:answer')).toEqual([{ callId: CALL_ID }]);
    expect(asked('call:initiate')).toEqual([]);
  });

  it('is answered without the camera', async () => {
    await ring('video');
    await call.answer('audio');
    await sends('microphone');
    expect(devices()).toEqual(['microphone live']);
    expect(view().camera).toEqual({ phase: 'off' });
  });

  it('goes on without devices, and says why', async () => {
    journey.browser.problem = new MicrophoneError('denied', '');
    journey.browser.cameraProblem = new MicrophoneError('none', '');
    await ring('video');
    await call.answer('video');
    await until(() => expect(call.voices.current).toHaveLength(1));
    expect(view()).toMatchObject({
      status: { phase: 'active' },
      microphone: { phase: 'listen_only', problem: 'denied' },
      camera: { phase: 'failed', problem: 'none' },
    });
  });

  it('is rejected', async () => {
    await ring();
    await call.reject();
    expect(view().status).toMatchObject({ phase: 'ended', reason: 'rejected' });
    expect(asked('call:reject')).toEqual([{ callId: CALL_ID }]);
    expect(journey.session.missedCalls.current).toBe(0);
  });

  it('goes silently when another device takes it', async () => {
    await ring();
    calls.end('answered_elsewhere');
    await endsWith('answered_elsewhere');
    expect(journey.session.call.current).toBeNull();
    expect(journey.session.missedCalls.current).toBe(0);
    calls.offer('audio', CALL_ID);
    calls.offer('audio', 'call-2');
    expect((await callOf(journey)).current.callId).toBe('call-2');
  });

  it.each(['cancelled', 'caller_gone'] as const)(
    'is missed when it ends with %s',
    async (reason) => {
      await ring();
      calls.end(reason);
      await endsWith(reason);
      expect(journey.session.missedCalls.current).toBe(1);
      expect(journey.session.call.current).toBe(call);
      calls.offer('audio', 'call-2');
      await until(() => expect(journey.session.call.current?.current.callId).toBe('call-2'));
    },
  );

  it('is over before the answer arrives', async () => {
    await ring();
    journey.server.on('call:answer', () => {
      calls.endUnheard('cancelled');
      return { call: calls.call };
    });
    await call.answer('video');
    expect(view().status).toMatchObject({ phase: 'ended', reason: 'cancelled' });
    await until(() => expect(devices()).toEqual(['microphone ended', 'camera ended']));
    expect(asked('room:join')).toEqual([]);
  });

  it('is answered again when the answer was lost', async () => {
    await ring();
    journey.server.once('call:answer', () => {
      calls.welcome(true);
      journey.server.cut();
      return NO_ANSWER;
    });
    await call.answer('audio');
    expect(view().status.phase).toBe('active');
    expect(asked('call:answer')).toHaveLength(2);
  });
});

describe('in a call', () => {
  it('the camera comes and goes, and is free while it is off', async () => {
    await talk();
    await call.setCamera(true);
    await sends('microphone', 'camera');
    await call.setCamera(false);
    expect(call.ownPicture.current).toBeNull();
    await sends('microphone', 'camera paused');
    expect(devices()).toEqual(['microphone live', 'camera ended']);
    await call.setCamera(true);
    await sends('microphone', 'camera');
    expect(asked('producer:create')).toHaveLength(2);
    expect(asked('producer:pause')).toHaveLength(1);
    expect(asked('producer:resume')).toHaveLength(1);
  });

  it('the camera is sent in one layer of VP8', async () => {
    await talk('video');
    const [, camera] = asked('producer:create') as {
      rtpParameters: { codecs: { mimeType: string }[]; encodings: { maxBitrate?: number }[] };
    }[];
    expect(camera?.rtpParameters.codecs[0]?.mimeType).toBe('video/VP8');
    expect(camera?.rtpParameters.encodings).toHaveLength(1);
    expect(camera?.rtpParameters.encodings[0]?.maxBitrate).toBe(1_200_000);
  });

  it('the other is seen, and seen to stop', async () => {
    await talk();
    room.publish('bo', 'camera');
    await until(() => expect(call.pictures.current).toHaveLength(1));
    expect(call.pictures.current[0]).toMatchObject({ participantId: 'bo', paused: false });
    await until(() => expect(view().peerState).toEqual({ muted: false, camera: true }));
    room.pauseCamera('bo', true);
    await until(() => expect(call.pictures.current[0]?.paused).toBe(true));
    expect(view().peerState).toEqual({ muted: false, camera: false });
    expect(room.flowing).toEqual(['camera-of-bo', 'microphone-of-bo']);
  });

  it('the picture of the other gives way to a narrow line, and comes back', async () => {
    await talk();
    room.publish('bo', 'camera');
    await until(() => expect(call.pictures.current).toHaveLength(1));
    const shown = () => call.pictures.current[0];
    expect(shown()?.held).toBeNull();
    room.withhold('bo', true);
    await until(() => expect(shown()).toMatchObject({ held: 'narrow_line', paused: false }));
    room.withhold('bo', false);
    await until(() => expect(shown()?.held).toBeNull());
    // Whatever was said while nobody heard it.
    calls.welcome(true);
    room.withhold('bo', true, { told: false });
    journey.server.cut();
    await until(() => expect(shown()?.held).toBe('narrow_line'));
    room.withhold('bo', false, { told: false });
    journey.server.cut();
    await until(() => expect(shown()?.held).toBeNull());
  });

  it('the microphone is muted and another one taken', async () => {
    await talk();
    await call.setMuted(true);
    expect(view().muted).toBe(true);
    expect(journey.browser.track.enabled).toBe(false);
    await call.openMicrophone('other');
    expect(devices()).toEqual(['microphone ended', 'microphone live']);
  });

  it('the lost signal of the other is shown, until it is back', async () => {
    await talk();
    calls.reconnecting(15_000);
    await until(() => expect(view().peerLost?.deadlineAt).toBeGreaterThan(Date.now()));
    calls.reconnecting(null);
    await until(() => expect(view().peerLost).toBeNull());
  });

  it('hanging up lets go at once', async () => {
    await talk('video');
    journey.server.on('call:end', () => NO_ANSWER);
    const ending = call.end();
    expect(devices()).toEqual(['microphone ended', 'camera ended']);
    await ending;
    expect(view().status).toMatchObject({ phase: 'ended', reason: 'hangup' });
  });

  it('a room that does not let one in ends it for the reason that the call tells', async () => {
    await place();
    journey.server.on('room:join', () => {
      calls.endUnheard('media_failed');
      throw new Refusal('NOT_FOUND');
    });
    calls.answer();
    await endsWith('media_failed');
  });

  it('a browser that cannot take part ends it', async () => {
    await journey.end();
    const unsupported = Object.assign(new Error('no'), { name: 'UnsupportedError' });
    journey = await Journey.start(() => Promise.reject(unsupported));
    calls = new FakeCalls(journey.server);
    room = new FakeRoom(journey.server, CALL_ID);
    await place();
    calls.answer();
    await endsWith('unsupported_browser');
    await until(() => expect(asked('call:end')).toEqual([{ callId: CALL_ID }]));
  });
});

describe('a lost signal', () => {
  it('is placed through, with the same key', async () => {
    journey.server.once('call:initiate', () => {
      journey.server.cut();
      return NO_ANSWER;
    });
    await place();
    const [first, second] = asked('call:initiate');
    expect(second).toEqual(first);
    calls.answer();
    await is('active');
  });

  it('in the call keeps it, and shows since when', async () => {
    await talk();
    calls.welcome(true);
    journey.server.cut();
    await until(() => expect(view().signalLostSince).not.toBeNull());
    expect(view().status.phase).toBe('active');
    await until(() => expect(asked('room:join')).toHaveLength(2));
    expect(view().signalLostSince).toBeNull();
    expect(view().status.phase).toBe('active');
    expect(devices()).toEqual(['microphone live']);
  });

  it('learns that it was answered meanwhile', async () => {
    await place();
    calls.activate();
    calls.welcome(true);
    journey.server.cut();
    await is('active');
    await sends('microphone');
  });

  it('learns how it ended meanwhile', async () => {
    await talk();
    calls.endUnheard('hangup');
    journey.server.cut();
    await endsWith('hangup');
  });

  it('has lost the call where nobody knows why it ended', async () => {
    await talk();
    journey.server.on('call:end', () => {
      throw new Refusal('NOT_FOUND');
    });
    journey.server.cut();
    await endsWith('connection_lost');
  });

  it('does not tell the missed from what another device took', async () => {
    await ring();
    calls.activate();
    journey.server.cut();
    await endsWith('answered_elsewhere');
    expect(asked('call:reject')).toHaveLength(1);
    expect(calls.call.state).toBe('active');
  });

  it('stops the ringing when it does not come back', async () => {
    setGrace(5000);
    await ring();
    journey.server.refuse = () => ({ code: 'UNAVAILABLE', message: '' });
    journey.server.cut();
    await endsWith('connection_lost');
  });

  it('is the end when the server was started anew', async () => {
    await talk();
    await journey.restartServer();
    await endsWith('server_restart');
    expect(devices()).toEqual(['microphone ended']);
  });

  it('that does not come back ends it', async () => {
    setGrace(5000);
    await talk();
    journey.server.refuse = () => ({ code: 'UNAVAILABLE', message: '' });
    journey.server.cut();
    await endsWith('connection_lost');
    expect(devices()).toEqual(['microphone ended']);
  });

  it('is no reason to wait when one hangs up', async () => {
    await talk();
    calls.welcome(true);
    journey.server.cut();
    await until(() => expect(view().signalLostSince).not.toBeNull());
    await call.end();
    expect(view().status).toMatchObject({ phase: 'ended', reason: 'hangup' });
    expect(view().signalLostSince).toBeNull();
    // The server still believes in it.
    await until(() => expect(asked('call:end')).toHaveLength(1));
    expect(journey.session.call.current).toBe(call);
  });
});

describe('a page that is loaded again', () => {
  it('takes the call up as it was', async () => {
    await talk('video');
    await call.setMuted(true);
    calls.welcome(true);
    journey.reload();
    call = await callOf(journey);
    expect(view()).toMatchObject({ direction: 'placed', peer: BO, status: { phase: 'active' } });
    await until(() => expect(call.voices.current).toHaveLength(1));
    await until(() => expect(view().camera).toEqual({ phase: 'on' }));
    await until(() => expect(asked('producer:create')).toHaveLength(4));
    expect(view().muted).toBe(true);
    expect(asked('mic:set').at(-1)).toMatchObject({ muted: true });
  });

  it('leaves the camera off that was off', async () => {
    await talk('video');
    await call.setCamera(false);
    await sends('microphone', 'camera paused');
    calls.welcome(true);
    journey.reload();
    call = await callOf(journey);
    await until(() => expect(asked('producer:create')).toHaveLength(3));
    expect(view()).toMatchObject({ camera: { phase: 'off' }, muted: false });
  });

  it('rings on', async () => {
    await ring();
    calls.welcome(true);
    journey.reload();
    call = await callOf(journey);
    expect(view()).toMatchObject({ direction: 'received', status: { phase: 'ringing' } });
    await call.answer('audio');
    expect(view().status.phase).toBe('active');
  });

  it('goes on calling', async () => {
    await place();
    calls.welcome(true);
    journey.reload();
    call = await callOf(journey);
    expect(view()).toMatchObject({ direction: 'placed', status: { phase: 'ringing' } });
    calls.answer();
    await is('active');
    await sends('microphone');
  });

  it('ends here without a word to the server', async () => {
    await talk();
    journey.session.close();
    expect(view().status).toMatchObject({ phase: 'ended', reason: 'signed_out' });
    expect(devices()).toEqual(['microphone ended']);
  });
});

describe('missed calls', () => {
  it('are counted by the server, and seen', async () => {
    if (journey.server.welcome) journey.server.welcome.missedCalls = 3;
    journey.reload();
    await until(() => expect(journey.session.missedCalls.current).toBe(3));
    journey.server.on('call:history-seen', () => ({}));
    await journey.session.markCallsSeen();
    expect(journey.session.missedCalls.current).toBe(0);
    expect(asked('call:history-seen')).toEqual([{}]);
  });

  it('are listed with the others, a page at a time', async () => {
    journey.server.on('call:history', () => ({ entries: [], next: 'more' }));
    await online();
    await expect(journey.session.listCalls()).resolves.toEqual({ entries: [], next: 'more' });
    await journey.session.listCalls('more');
    expect(asked('call:history')).toEqual([{}, { cursor: 'more' }]);
  });
});
