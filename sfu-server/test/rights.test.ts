/**
 * Every row of the table of rights, tried by those who do not have the right: each is refused, is one
 * line in the log, and leaves the server exactly as it was.
 */
import { requests } from '@veche/protocol';
import type { ErrorCode, RequestName } from '@veche/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rights } from '../src/signalling/rights.ts';
import type { Right } from '../src/signalling/rights.ts';
import type { TestClient } from './support/testClient.ts';
import { buildWorld } from './support/trespass.ts';
import type { Victim, World } from './support/trespass.ts';
import { RawSocket } from './support/rawSocket.ts';

let world: World;

beforeAll(async () => {
  world = await buildWorld();
});
afterAll(() => world.close());

const names = Object.keys(requests) as RequestName[];
const dtlsParameters = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AB').join(':') }],
};
const rtpParameters = {
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1 }],
};
/** Passes over what is not one's own, as it would what is gone: `ok`, and nothing happens. */
const passesOver = new Set<RequestName>(['consumer:close']);

/** What each request says that aims at the seat and the media of `victim`. */
const aimedAt = ({ roomId, joined, ...media }: Victim): Record<RequestName, object> => {
  const { participantId } = joined;
  const { sendId, producerId, consumerId, client } = media;
  const { routerRtpCapabilities: rtpCapabilities } = client.welcome;
  const callId = String(roomId);
  return {
    'people:list': {},
    'people:watch': { userIds: [] },
    'call:initiate': { to: client.welcome.user.id, media: 'audio', key: 'key' },
    'call:answer': { callId },
    'call:reject': { callId },
    'call:end': { callId },
    'call:history': {},
    'call:history-seen': {},
    'room:list': {},
    'room:create': { name: 'Room' },
    'room:join': { roomId },
    'room:leave': { roomId },
    'room:snapshot': { roomId },
    'room:hold': { roomId, held: true },
    'room:delete': { roomId },
    'transport:create': { roomId, epoch: joined.epoch, direction: 'receive' },
    'transport:connect': { transportId: sendId, dtlsParameters },
    'transport:restart-ice': { transportId: sendId },
    'producer:create': { transportId: sendId, kind: 'audio', source: 'microphone', rtpParameters },
    'producer:pause': { producerId },
    'producer:resume': { producerId },
    'producer:close': { producerId },
    'consumer:create': { transportId: media.receiveId, rtpCapabilities, producerIds: [producerId] },
    'consumer:resume': { consumerIds: [consumerId] },
    'consumer:pause': { consumerIds: [consumerId] },
    'consumer:close': { consumerIds: [consumerId] },
    'consumer:layers': { consumerId, spatialLayer: 0 },
    'mic:set': { roomId, muted: true },
    'hand:set': { roomId, raised: true },
    'chat:send': { roomId, text: 'hi' },
    'mod:mute': { roomId, participantId },
    'mod:remove': { roomId, participantId },
    'mod:role': { roomId, participantId, role: 'listener' },
    'mod:lock': { roomId, locked: true },
    'mod:mode': { roomId, mode: 'stage' },
    'mod:voice': { roomId, posture: 'slots' },
    'mod:join-muted': { roomId, joinMuted: 'on' },
    'mod:dismiss-stage': { roomId },
  };
};

interface Try {
  readonly who: string;
  readonly by: () => TestClient;
  /** Unless it is aimed at the moderator of the square. */
  readonly at?: () => Victim;
  /** Instead of the ids of the victim. */
  readonly payload?: () => object;
  readonly code: ErrorCode;
}

const outside: readonly Try[] = [
  { who: 'somebody in no room', by: () => world.stranger, code: 'NOT_FOUND' },
  { who: 'somebody in another room', by: () => world.garden[1].client, code: 'NOT_FOUND' },
  { who: 'the moderator of another room', by: () => world.garden[0].client, code: 'NOT_FOUND' },
  { who: 'somebody who left', by: () => world.leaver.client, code: 'NOT_FOUND' },
  { who: 'somebody who was banned', by: () => world.banned, code: 'NOT_FOUND' },
  { who: 'another device of the same person', by: () => world.sibling, code: 'NOT_FOUND' },
  {
    who: 'somebody outside a call',
    by: () => world.stranger,
    at: () => world.callPair[0],
    code: 'NOT_FOUND',
  },
  {
    who: 'somebody in a room, of a call',
    by: () => world.square[0].client,
    at: () => world.callPair[0],
    code: 'NOT_FOUND',
  },
];
/** Ids of media belong to one seat, so even those beside it do not reach it. */
const besides: readonly Try[] = [
  ...outside,
  { who: 'somebody in the same room', by: () => world.square[1].client, code: 'NOT_FOUND' },
  {
    who: 'the moderator of the same room',
    by: () => world.square[0].client,
    at: () => world.square[1],
    code: 'NOT_FOUND',
  },
  {
    who: 'the other in a call',
    by: () => world.callPair[1].client,
    at: () => world.callPair[0],
    code: 'NOT_FOUND',
  },
  {
    who: 'somebody who left, of what was their own',
    by: () => world.leaver.client,
    at: () => world.leaver,
    code: 'NOT_FOUND',
  },
];

/** Who tries what each right protects. A right without a try does not compile. */
const tries: Record<Right, readonly Try[]> = {
  // Nothing of another's is named in these; who is not signed in is tried for every row below.
  signed_in: [],
  room_door: [
    { who: 'somebody who was banned', by: () => world.banned, code: 'FORBIDDEN' },
    {
      who: 'somebody without the password',
      by: () => world.stranger,
      payload: () => ({ roomId: world.withPassword }),
      code: 'FORBIDDEN',
    },
    {
      who: 'somebody with a wrong password',
      by: () => world.stranger,
      payload: () => ({ roomId: world.withPassword, password: 'wrong' }),
      code: 'FORBIDDEN',
    },
    {
      who: 'somebody new, of a locked room',
      by: () => world.stranger,
      payload: () => ({ roomId: world.locked }),
      code: 'ROOM_LOCKED',
    },
    {
      who: 'somebody with a wrong password, of a hidden room',
      by: () => world.stranger,
      payload: () => ({ roomId: world.hidden, password: 'wrong' }),
      code: 'NOT_FOUND',
    },
    {
      who: 'somebody outside a call',
      by: () => world.stranger,
      payload: () => ({ callId: world.callId }),
      code: 'NOT_FOUND',
    },
    {
      who: 'somebody outside a call, as a room',
      by: () => world.stranger,
      payload: () => ({ roomId: String(world.callId) }),
      code: 'NOT_FOUND',
    },
  ],
  room_owner: [
    { who: 'somebody in no room', by: () => world.stranger, code: 'FORBIDDEN' },
    { who: 'somebody inside', by: () => world.square[1].client, code: 'FORBIDDEN' },
    { who: 'the creator of another', by: () => world.garden[0].client, code: 'FORBIDDEN' },
    {
      who: 'somebody, of a hidden room',
      by: () => world.stranger,
      payload: () => ({ roomId: world.hidden }),
      code: 'NOT_FOUND',
    },
    {
      who: 'somebody in a call, of its room',
      by: () => world.callPair[0].client,
      at: () => world.callPair[0],
      code: 'NOT_FOUND',
    },
  ],
  own_call: [
    {
      who: 'somebody outside, of an active call',
      by: () => world.stranger,
      at: () => world.callPair[0],
      code: 'NOT_FOUND',
    },
    {
      who: 'somebody in another call',
      by: () => world.callPair[0].client,
      payload: () => ({ callId: world.ringingId }),
      code: 'NOT_FOUND',
    },
  ],
  seat: outside,
  moderator: [
    ...outside,
    { who: 'a speaker', by: () => world.square[1].client, code: 'FORBIDDEN' },
    {
      who: 'somebody in a call',
      by: () => world.callPair[0].client,
      at: () => world.callPair[1],
      code: 'FORBIDDEN',
    },
  ],
  own_transport: besides,
  own_producer: besides,
  own_consumer: besides,
};

/** Does it, and holds it against the audit and the state before. */
const isInVain = async (name: RequestName, { by, at, payload, code }: Try): Promise<void> => {
  const before = world.state();
  world.lines.length = 0;
  const said = payload?.() ?? aimedAt(at?.() ?? world.square[0])[name];
  expect(await by().outcome(name, said)).toBe(passesOver.has(name) ? 'ok' : code);
  const audited = world.lines.filter(({ msg }) => msg === 'Refused');
  if (passesOver.has(name) || code === 'ROOM_LOCKED') expect(audited).toEqual([]);
  else {
    expect(audited).toHaveLength(1);
    const { user, deviceId } = by().welcome;
    const who = { userId: user.id, deviceId };
    expect(audited[0]).toMatchObject({ request: name, right: rights[name], code, ...who });
  }
  expect(world.state()).toBe(before);
};

describe.each(names)('%s', (name) => {
  it('is not carried out for a connection that has not signed in', async () => {
    const before = world.state();
    const socket = await RawSocket.open(world.server.url);
    socket.send(`420${JSON.stringify([name, aimedAt(world.square[0])[name]])}`);
    await socket.closed;
    expect(socket.texts.filter((text) => text.startsWith('43'))).toEqual([]);
    expect(world.state()).toBe(before);
  });

  for (const one of tries[rights[name]]) {
    it(`is refused to ${one.who}`, () => isInVain(name, one));
  }
});

it('has a right in the table for exactly the requests of the protocol', () => {
  expect(Object.keys(rights).sort()).toEqual([...names].sort());
});

it('is refused with an epoch that is over', () =>
  isInVain('transport:create', {
    who: 'somebody',
    by: () => world.square[1].client,
    payload: () => {
      const { roomId, joined } = world.square[1];
      return { roomId, epoch: joined.epoch - 1, direction: 'send' };
    },
    code: 'MEDIA_RESET',
  }));

it('subscribes nobody to what is not in their room', async () => {
  const [ana, bo] = world.square;
  const { routerRtpCapabilities: rtpCapabilities } = ana.joined;
  const foreign = [world.garden[0].producerId, world.callPair[0].producerId, 'slot:0'];
  const before = world.state();
  world.lines.length = 0;
  const answer = await bo.client.raw('consumer:create', {
    transportId: bo.receiveId,
    rtpCapabilities,
    producerIds: foreign,
  });
  expect(answer).toMatchObject({
    ok: true,
    data: {
      consumers: [],
      failed: foreign.map((producerId) => ({ producerId, code: 'NOT_FOUND' })),
    },
  });
  expect(world.lines.filter(({ msg }) => msg === 'Refused')).toHaveLength(foreign.length);
  expect(world.state()).toBe(before);
});

it('answers the same for a hidden room as for none, whatever is asked of it', async () => {
  const { stranger, hidden } = world;
  const nowhere = 'A'.repeat(hidden.length);
  for (const name of names) {
    const asked = aimedAt(world.square[0])[name];
    if (!('roomId' in asked)) continue;
    const answerFor = (roomId: string, more: object): Promise<unknown> =>
      stranger.raw(name, { ...asked, ...more, roomId });
    expect(await answerFor(hidden, {}), name).toEqual(await answerFor(nowhere, {}));
  }
  const tried = { roomId: hidden, password: 'wrong' };
  expect(await stranger.raw('room:join', tried)).toEqual(
    await stranger.raw('room:join', { ...tried, roomId: nowhere }),
  );
  const { rooms } = await stranger.request('room:list', {});
  expect(rooms.map(({ id }) => id)).not.toContain(hidden);
});

it('has changed nothing for those inside: they hear each other as before', async () => {
  for (const [one, other] of [world.square, world.garden, world.callPair]) {
    await one.hears(other);
    await other.hears(one);
  }
});
