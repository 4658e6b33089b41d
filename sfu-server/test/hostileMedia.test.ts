/** Media parameters of the right shape that make no sense: refused, and no worker or room minds. */
import type { RequestName, RoomId } from '@veche/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from './support/testClient.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';

let server: TestServer;
let ana: TestClient;
let mallory: TestClient;
let roomId: RoomId;
let pids: number[];

const opus = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 };
const vp8 = { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 };
const rtx = { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } };
const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const level = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

beforeAll(async () => {
  server = await startTestServer();
  pids = server.running.pool.workers.map(({ pid }) => pid);
  ana = await server.connect('Ana');
  const { room } = await ana.request('room:create', { name: 'Square' });
  roomId = room.id;
  const { epoch } = await ana.request('room:join', { roomId: room.id });
  const asked = { roomId: room.id, epoch, direction: 'send' } as const;
  const { id } = await ana.request('transport:create', asked);
  await ana.request('producer:create', {
    transportId: id,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: { mid: '0', codecs: [opus], encodings: [{ ssrc: 1111 }] },
  });
  mallory = await server.connect('Mallory');
});
afterAll(async () => {
  await server.reset();
  await server.stop();
});

/** Mallory's transports, new for each attempt. */
const transports = async (): Promise<{ send: string; receive: string }> => {
  const { epoch } = await mallory.request('room:join', { roomId });
  const at = async (direction: 'send' | 'receive'): Promise<string> =>
    (await mallory.request('transport:create', { roomId, epoch, direction })).id;
  return { send: await at('send'), receive: await at('receive') };
};

/** What it is answered with, in time; and everything else is as it was. */
const attempt = async (name: RequestName, payload: unknown): Promise<string> => {
  const startedAt = performance.now();
  const outcome = await mallory.outcome(name, payload);
  expect(performance.now() - startedAt).toBeLessThan(4000);
  expect(outcome).not.toBe('INTERNAL');
  expect(await ana.outcome('room:list', {})).toBe('ok');
  expect(server.running.pool.workers.map(({ pid }) => pid)).toEqual(pids);
  return outcome;
};

const audio = (rtpParameters: object) => ({ kind: 'audio', source: 'microphone', rtpParameters });
const video = (rtpParameters: object) => ({ kind: 'video', source: 'camera', rtpParameters });
const extensions = (count: number, id: (index: number) => number, uri = mid) =>
  Array.from({ length: count }, (_, index) => ({ uri, id: id(index) }));

const hostile: Record<string, object> = {
  'no encodings': audio({ codecs: [opus] }),
  'an encoding with nothing in it': audio({ codecs: [opus], encodings: [{}] }),
  'the SSRC 0': audio({ codecs: [opus], encodings: [{ ssrc: 0 }] }),
  'the largest SSRC': audio({ codecs: [opus], encodings: [{ ssrc: 0xffff_ffff }] }),
  'the SSRC of somebody else': audio({ mid: '0', codecs: [opus], encodings: [{ ssrc: 1111 }] }),
  'an empty mid': audio({ mid: '', codecs: [opus], encodings: [{ ssrc: 5 }] }),
  'a mid with a zero in it': audio({ mid: 'a\u0000b', codecs: [opus], encodings: [{ ssrc: 6 }] }),
  'a mid of half a pair': audio({ mid: '\ud800', codecs: [opus], encodings: [{ ssrc: 7 }] }),
  'a mid of emoji': audio({
    mid: '\u{1F600}'.repeat(16),
    codecs: [opus],
    encodings: [{ ssrc: 8 }],
  }),
  'the same SSRC twice': video({ codecs: [vp8], encodings: [{ ssrc: 9 }, { ssrc: 9 }] }),
  'an SSRC that is its own retransmission': video({
    codecs: [vp8, rtx],
    encodings: [{ ssrc: 10, rtx: { ssrc: 10 } }],
  }),
  'retransmissions without their codec': video({
    codecs: [vp8],
    encodings: [{ ssrc: 11, rtx: { ssrc: 12 } }],
  }),
  'retransmissions of themselves': video({
    codecs: [vp8, { ...rtx, parameters: { apt: 97 } }],
    encodings: [{ ssrc: 13, rtx: { ssrc: 14 } }],
  }),
  'retransmissions of what is not there': video({
    codecs: [vp8, { ...rtx, parameters: { apt: 5 } }],
    encodings: [{ ssrc: 15 }],
  }),
  'retransmissions of a text': video({
    codecs: [vp8, { ...rtx, parameters: { apt: 'x' } }],
    encodings: [{ ssrc: 16 }],
  }),
  'retransmissions alone': video({ codecs: [rtx], encodings: [{ ssrc: 17 }] }),
  'the same rid twice': video({
    mid: '1',
    codecs: [vp8],
    encodings: [{ rid: 'a' }, { rid: 'a' }, { rid: 'a' }, { rid: 'a' }],
  }),
  'an empty rid': video({ mid: '1', codecs: [vp8], encodings: [{ rid: '' }] }),
  'rids without a mid': video({ codecs: [vp8], encodings: [{ rid: 'a' }, { rid: 'b' }] }),
  'a codec that the encoding names and nobody has': video({
    codecs: [vp8],
    encodings: [{ ssrc: 18, codecPayloadType: 50 }],
  }),
  'the same payload type for two codecs': video({
    codecs: [vp8, { ...vp8, mimeType: 'video/H264' }],
    encodings: [{ ssrc: 19 }],
  }),
  'a video codec in audio': audio({ codecs: [vp8], encodings: [{ ssrc: 20 }] }),
  'a codec that nobody knows': audio({
    codecs: [{ ...opus, mimeType: 'audio/nothing' }],
    encodings: [{ ssrc: 21 }],
  }),
  'a clock that ticks once': audio({
    codecs: [{ ...opus, clockRate: 1 }],
    encodings: [{ ssrc: 22 }],
  }),
  'eight channels': audio({ codecs: [{ ...opus, channels: 8 }], encodings: [{ ssrc: 23 }] }),
  'a parameter that is not finite': audio({
    codecs: [{ ...opus, parameters: { useinbandfec: 1e308, minptime: -1e308, x: 0.1 } }],
    encodings: [{ ssrc: 24 }],
  }),
  'parameters named like built-in things': audio({
    codecs: [{ ...opus, parameters: { toString: 1, hasOwnProperty: 'x', length: null } }],
    encodings: [{ ssrc: 25 }],
  }),
  'thirty-two extensions of one id': audio({
    codecs: [opus],
    headerExtensions: extensions(32, () => 1),
    encodings: [{ ssrc: 26 }],
  }),
  'extensions with ids beyond one byte': audio({
    codecs: [opus],
    headerExtensions: extensions(4, (index) => 252 + index, level),
    encodings: [{ ssrc: 27 }],
  }),
  'two extensions with the id of another': audio({
    codecs: [opus],
    headerExtensions: [
      { uri: mid, id: 1 },
      { uri: level, id: 1, encrypt: true },
    ],
    encodings: [{ ssrc: 28 }],
  }),
  'a mode of layers that is none': video({
    codecs: [vp8],
    encodings: [{ ssrc: 29, scalabilityMode: 'L9999999999T9999999999' }],
  }),
  'layers without end': video({
    codecs: [{ ...vp8, mimeType: 'video/VP9' }],
    encodings: [{ ssrc: 30, scalabilityMode: 'L99T99_KEY' }],
  }),
  'no layers': video({ codecs: [vp8], encodings: [{ ssrc: 31, scalabilityMode: 'L0T0' }] }),
  'a name of the sender that is long': audio({
    codecs: [opus],
    encodings: [{ ssrc: 32 }],
    rtcp: { cname: '\u0000'.repeat(256) },
  }),
  'feedback in heaps': video({
    codecs: [
      {
        ...vp8,
        rtcpFeedback: Array.from({ length: 16 }, () => ({ type: 'nack', parameter: 'pli' })),
      },
    ],
    encodings: [{ ssrc: 33 }],
  }),
};

describe('a track with', () => {
  it.each(Object.keys(hostile))('%s', async (what) => {
    const { send, receive } = await transports();
    const asked = hostile[what];
    const outcome = await attempt('producer:create', { transportId: send, ...asked });
    expect(['ok', 'BAD_REQUEST']).toContain(outcome);
    // And where nobody may send.
    const wrongWay = await attempt('producer:create', { transportId: receive, ...asked });
    expect(wrongWay).toBe('INVALID_STATE');
  });
});

it('two tracks that cannot be told apart are not both taken', async () => {
  const { send } = await transports();
  const one = audio({ mid: '7', codecs: [opus], encodings: [{ ssrc: 77 }] });
  expect(await attempt('producer:create', { transportId: send, ...one })).toBe('ok');
  const sameSsrc = video({ mid: '8', codecs: [vp8], encodings: [{ ssrc: 77 }] });
  expect(await attempt('producer:create', { transportId: send, ...sameSsrc })).toBe('BAD_REQUEST');
  const other = video({ mid: '8', codecs: [vp8], encodings: [{ ssrc: 78 }] });
  expect(await attempt('producer:create', { transportId: send, ...other })).toBe('ok');
});
