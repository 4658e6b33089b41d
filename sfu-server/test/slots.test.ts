/** Large rooms: few consumers for life, through which anyone who speaks is heard. */
import type { ProducerId, RoomId } from '@veche/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RawPeer } from './support/rawPeer.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

const SLOTS = ['slot:0', 'slot:1'] as ProducerId[];

let server: TestServer;
const peers: RawPeer[] = [];

beforeAll(async () => {
  server = await startTestServer({
    voice: { slots: 2, directMicrophones: 3, directPeople: 40, backMicrophones: 2, backPeople: 30 },
  });
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await server.reset();
});
afterAll(() => server.stop());

const createRoom = async (): Promise<{ roomId: RoomId; moderator: RawPeer }> => {
  const owner = await server.connect('Owner');
  const { room } = await owner.request('room:create', { name: 'Square' });
  const moderator = await RawPeer.join(owner, room.id);
  peers.push(moderator);
  return { roomId: room.id, moderator };
};

const join = async (name: string, roomId: RoomId): Promise<RawPeer> => {
  const peer = await RawPeer.join(await server.connect(name), roomId);
  peers.push(peer);
  return peer;
};

/** A room in slots: a listener, and so many who may speak, each hearing the slots. */
const crowd = async (talkers: number) => {
  const { roomId, moderator } = await createRoom();
  await moderator.client.request('mod:voice', { roomId, posture: 'slots' });
  await moderator.client.next('room:voice', ({ voice }) => voice.mode === 'slots');
  const listener = await join('Listener', roomId);
  await listener.subscribe(SLOTS);
  const all: RawPeer[] = [];
  for (let index = 0; index < talkers; index++) {
    const peer = await join(`Talker ${index}`, roomId);
    await peer.publish();
    await peer.subscribe(SLOTS);
    await peer.unmute();
    all.push(peer);
  }
  return { roomId, moderator, listener, talkers: all };
};

const numberOf = ({ joined: { snapshot, participantId } }: RawPeer): number =>
  snapshot.participants.find(({ id }) => id === participantId)?.number ?? NaN;

/** Says one packet after another until the listener has one of them. */
const heardBy = async (listener: RawPeer, talker: RawPeer, level?: number): Promise<void> => {
  const payload = Buffer.from(`from ${numberOf(talker)}`);
  const before = listener.heard.length;
  talker.talk(level, payload);
  try {
    await until(
      () => listener.heard.slice(before).some((packet) => payload.equals(packet.payload)),
      'heard through a slot',
    );
  } finally {
    talker.hush();
  }
};

/** Nothing arrives for as long as people pause between two turns. */
const pauseAfter = async (listener: RawPeer): Promise<void> => {
  let count = -1;
  let since = 0;
  await until(() => {
    if (listener.heard.length !== count) since = performance.now();
    count = listener.heard.length;
    return performance.now() - since > 450;
  }, 'a pause');
};

describe('slots', () => {
  it('let each of ten be heard in turn, named by CSRC, over two consumers for life', async () => {
    const { listener, talkers } = await crowd(10);
    const consumers = server.running.pool.counts.consumers;
    for (const talker of talkers) {
      listener.heard.length = 0;
      await heardBy(listener, talker);
      const csrcs = new Set(listener.heard.map((packet) => packet.csrcs[0]));
      expect(csrcs).toContain(numberOf(talker));
    }
    // Two for each of eleven listeners, and one for each microphone.
    expect(consumers).toBe(2 * 11 + 10);
    expect(server.running.pool.counts.consumers).toBe(consumers);
  });

  it('come with a join that asks for media', async () => {
    const { roomId, talkers } = await crowd(2);
    const client = await server.connect('Late');
    const { routerRtpCapabilities: rtpCapabilities } = talkers[0]?.joined ?? {};
    if (!rtpCapabilities) throw new Error('nobody');
    const media = { rtpCapabilities, kinds: ['audio' as const] };
    const late = new RawPeer(client, await client.request('room:join', { roomId, media }));
    peers.push(late);
    expect(late.joined.media?.consumers.map(({ producerId }) => producerId)).toEqual(SLOTS);
    await late.receivePrepared();
    for (const talker of talkers) await heardBy(late, talker);
  });

  it('bring nobody their own voice', async () => {
    const { listener, talkers } = await crowd(3);
    for (const talker of talkers) await heardBy(listener, talker);
    for (const talker of talkers) {
      const own = `from ${numberOf(talker)}`;
      const heard = talker.heard.map(({ payload }) => Buffer.from(payload).toString());
      expect(heard).not.toContain(own);
      expect(heard.length).toBeGreaterThan(0);
    }
  });

  it('bring nobody their own voice, through hold, a lost slot and a move to another device', async () => {
    const { roomId, listener, talkers } = await crowd(3);
    const [ana, bo, cyd] = talkers as [RawPeer, RawPeer, RawPeer];
    const words = Buffer.from('from Ana');
    const isHeard = async (speaker: RawPeer): Promise<void> => {
      listener.heard.length = 0;
      const { csrcs } = await listener.hears(words);
      expect(csrcs).toEqual([numberOf(speaker)]);
    };
    ana.talk(-25, words);
    await isHeard(ana);
    for (const held of [true, false]) await ana.client.request('room:hold', { roomId, held });
    // What a client resumes is still its own voice.
    await ana.settle();
    await isHeard(ana);
    for (const peer of [bo, cyd]) peer.talk(-10, Buffer.from(`louder ${numberOf(peer)}`));
    for (const peer of [bo, cyd]) await ana.hears(Buffer.from(`louder ${numberOf(peer)}`));
    ana.hush();
    bo.hush();

    const { token } = ana.client;
    const phone = await RawPeer.join(await server.connect('Ana', { token }), roomId);
    peers.push(phone);
    await phone.publish();
    await phone.subscribe(SLOTS);
    await phone.unmute();
    phone.talk(-25, words);
    await isHeard(phone);
    await phone.hears(Buffer.from(`louder ${numberOf(cyd)}`));
    for (const { heard } of [ana, phone]) {
      expect(heard.some(({ payload }) => words.equals(payload))).toBe(false);
    }
    for (const peer of [cyd, phone]) peer.hush();
  });

  it('are there again after their worker died, and bring nobody their own voice', async () => {
    const { roomId, listener, talkers } = await crowd(2);
    for (const worker of server.running.pool.workers) if (worker.routers > 0) worker.kill();
    const again: RawPeer[] = [];
    for (const { client } of [listener, ...talkers]) {
      await client.next('media:reset', () => true, 15_000);
      const peer = new RawPeer(client, await client.request('room:join', { roomId }));
      peers.push(peer);
      expect(peer.joined.snapshot.voice).toEqual({ mode: 'slots', slots: SLOTS });
      if (client !== listener.client) await peer.publish();
      await peer.subscribe(SLOTS);
      again.push(peer);
    }
    const [hearing, ...speaking] = again as [RawPeer, ...RawPeer[]];
    for (const talker of speaking) await heardBy(hearing, talker);
    for (const peer of speaking) {
      const own = Buffer.from(`from ${numberOf(peer)}`);
      expect(peer.heard.some(({ payload }) => own.equals(payload))).toBe(false);
      expect(peer.heard.length).toBeGreaterThan(0);
    }
  });

  it('are one unbroken stream each, whoever speaks', async () => {
    const { listener, talkers } = await crowd(6);
    for (const talker of [...talkers, ...talkers]) await heardBy(listener, talker);
    const bySsrc = Map.groupBy(listener.heard, ({ ssrc }) => ssrc);
    expect(bySsrc.size).toBeLessThanOrEqual(2);
    for (const packets of bySsrc.values()) {
      const numbers = packets.map(({ sequenceNumber }) => sequenceNumber);
      const steps = numbers.slice(1).map((it, index) => (it - (numbers[index] ?? 0)) & 0xffff);
      expect(new Set(steps)).toEqual(new Set([1]));
    }
  });

  it('cannot be gone round by subscribing to a microphone', async () => {
    const { listener, talkers, roomId } = await crowd(1);
    const { snapshot } = await listener.client.request('room:snapshot', { roomId });
    const microphone = snapshot.tracks[0]?.producerId;
    if (!microphone || !talkers[0]) throw new Error('no microphone');
    const again = await join('Curious', roomId);
    const answer = await again.subscribe([microphone, ...SLOTS, 'slot:9' as ProducerId]);
    expect(answer.failed).toEqual([
      { producerId: microphone, code: 'INVALID_STATE' },
      { producerId: 'slot:9', code: 'NOT_FOUND' },
    ]);
  });

  it('carry nothing of somebody who is muted, and free the slot', async () => {
    const { listener, talkers } = await crowd(2);
    const [ana, bo] = talkers as [RawPeer, RawPeer];
    await heardBy(listener, ana);
    await ana.mute();
    const count = listener.heard.length;
    ana.say(Buffer.from('muted'));
    await ana.settle();
    await heardBy(listener, bo);
    const after = listener.heard.slice(count).map((it) => Buffer.from(it.payload).toString());
    expect(after).not.toContain('muted');
  });
});

describe('somebody whose packets tell no levels', () => {
  it('finishes a phrase where others wait', async () => {
    const { listener, talkers } = await crowd(3);
    const [ana, bo, cyd] = talkers as [RawPeer, RawPeer, RawPeer];
    const heard = (talker: RawPeer): number =>
      listener.heard.filter(({ csrcs }) => csrcs[0] === numberOf(talker)).length;
    ana.talk(null);
    bo.talk(null);
    // Longer than it takes to tell a hum from speech.
    await until(() => heard(ana) > 175 && heard(bo) > 175, 'they are heard', 15_000);
    cyd.talk(-30);
    await until(() => heard(cyd) > 0, 'the phrase is over', 5000);
    expect(cyd.sent).toBeGreaterThan(75);
  });
});

describe('a change of speaker', () => {
  it('costs no message at all', async () => {
    const { listener, talkers } = await crowd(6);
    listener.client.forget();
    for (const talker of [...talkers, ...talkers]) {
      await heardBy(listener, talker);
      await pauseAfter(listener);
    }
    expect(listener.client.received).toEqual([]);
  });
});

describe('the voice of a room', () => {
  it('changes by itself as microphones come and go, told to all', async () => {
    const { roomId, moderator } = await createRoom();
    const { client } = moderator;
    const talkers: RawPeer[] = [];
    for (let index = 0; index < 4; index++) {
      const peer = await join(`Talker ${index}`, roomId);
      await peer.publish();
      talkers.push(peer);
    }
    const { voice, by } = await client.next('room:voice');
    expect(voice).toEqual({ mode: 'slots', slots: SLOTS });
    expect(by).toBeUndefined();
    const late = await join('Late', roomId);
    expect(late.joined.snapshot.voice).toEqual(voice);

    await talkers[0]?.client.request('room:leave', { roomId });
    await client.request('room:snapshot', { roomId });
    expect(client.all('room:voice')).toHaveLength(1);
    await talkers[1]?.client.request('room:leave', { roomId });
    await client.next('room:voice', (notice) => notice.voice.mode === 'direct');
  });

  it('is told in order with who left, where that makes it direct again', async () => {
    const { roomId, moderator } = await createRoom();
    const { client } = moderator;
    const talkers: RawPeer[] = [];
    for (let index = 0; index < 4; index++) {
      const peer = await join(`Talker ${index}`, roomId);
      await peer.publish();
      talkers.push(peer);
    }
    await client.next('room:voice', ({ voice }) => voice.mode === 'slots');
    await talkers[0]?.client.request('room:leave', { roomId });
    const { snapshot } = await client.request('room:snapshot', { roomId });
    client.forget();
    await talkers[1]?.client.request('room:leave', { roomId });
    await client.next('room:voice', ({ voice }) => voice.mode === 'direct');
    const told = [
      ...client.all('room:track-unpublished'),
      ...client.all('room:participant-left'),
      ...client.all('room:voice'),
    ];
    // Clients pass over what is not newer than what they know.
    expect(told.map(({ revision }) => revision - snapshot.revision)).toEqual([1, 2, 3]);
  });

  it('stays in slots while those whose media is gone build it again', async () => {
    const { roomId, moderator } = await createRoom();
    const talkers: RawPeer[] = [];
    for (let index = 0; index < 4; index++) {
      const peer = await join(`Talker ${index}`, roomId);
      await peer.publish();
      talkers.push(peer);
    }
    const { client } = moderator;
    await client.next('room:voice', ({ voice }) => voice.mode === 'slots');
    client.forget();
    for (const { pid } of server.running.pool.workers) process.kill(pid, 'SIGKILL');
    for (const talker of talkers) {
      await talker.client.next('media:reset');
      const again = await RawPeer.join(talker.client, roomId);
      peers.push(again);
      expect(again.joined.snapshot.voice).toEqual({ mode: 'slots', slots: SLOTS });
      await again.publish();
    }
    expect(client.all('room:voice')).toEqual([]);
    // Those who do not come back leave a small room.
    for (const { client: gone } of talkers.slice(2)) await gone.request('room:leave', { roomId });
    await client.next('room:voice', ({ voice }) => voice.mode === 'direct', 10_000);
  });

  it('takes the microphones from those who keep what they had while it was direct', async () => {
    const { roomId, moderator } = await createRoom();
    const talker = await join('Talker', roomId);
    const microphone = await talker.publish();
    await talker.unmute();
    const listener = await join('Keeper', roomId);
    await listener.subscribe([microphone]);
    await heardBy(listener, talker);
    await moderator.client.request('mod:voice', { roomId, posture: 'slots' });
    await listener.client.next('room:voice', ({ voice }) => voice.mode === 'slots');
    await heardBy(listener, talker);
    // One is the slots' own, which hears the microphone for all.
    const { counts } = server.running.pool;
    expect(counts.consumers).toBe(2);
    await until(() => server.running.pool.counts.consumers === 1, 'the kept one is closed', 10_000);
    const before = listener.heard.length;
    talker.say(Buffer.from('kept'));
    await moderator.subscribe(SLOTS);
    await heardBy(moderator, talker);
    expect(listener.heard.slice(before)).toEqual([]);
  });

  it('is what a moderator wants, who is named', async () => {
    const { roomId, moderator } = await createRoom();
    const other = await join('Other', roomId);
    await moderator.client.request('mod:voice', { roomId, posture: 'slots' });
    const notice = await other.client.next('room:voice');
    expect(notice).toMatchObject({ voice: { mode: 'slots' }, by: moderator.joined.participantId });
    await moderator.client.request('mod:voice', { roomId, posture: 'auto' });
    await other.client.next('room:voice', ({ voice }) => voice.mode === 'direct');
    expect(await other.client.outcome('mod:voice', { roomId, posture: 'slots' })).toBe('FORBIDDEN');
  });
});
