/**
 * People in rooms and calls whose things others will try to reach, and everything of the server
 * that such a try must leave as it was.
 */
import type { CallId, Data, RoomId, TransportId } from '@veche/protocol';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReceivePeer, createSendPeer } from '../../rtc-peer/index.ts';
import { ring, talk } from './calling.ts';
import { collectLog } from './logLines.ts';
import type { LogLine } from './logLines.ts';
import type { TestClient } from './testClient.ts';
import { startTestServer } from './testServer.ts';
import type { TestServer } from './testServer.ts';
import { until } from './wait.ts';

/** A seat and its media, all of it real. */
export class Victim {
  readonly client: TestClient;
  readonly joined: Data<'room:join'>;
  sendId = '';
  receiveId = '';
  producerId = '';
  consumerId = '';
  readonly #closing: (() => void)[] = [];
  #say: (payload: Uint8Array) => void = () => undefined;
  readonly #heard: string[] = [];

  constructor(client: TestClient, joined: Data<'room:join'>) {
    this.client = client;
    this.joined = joined;
  }

  get roomId(): RoomId {
    return this.joined.snapshot.room.id;
  }

  async publish(): Promise<void> {
    const transport = await this.#transport('send');
    const peer = await createSendPeer({ transport, tracks: [{ kind: 'audio' }] });
    this.#closing.push(() => peer.close());
    const [track] = peer.tracks;
    if (!track) throw new Error('no track');
    await this.#connect(transport.id, peer.dtlsParameters);
    const { producerId } = await this.client.request('producer:create', {
      transportId: transport.id,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: track.rtpParameters,
    });
    await peer.connected;
    await this.client.request('mic:set', { roomId: this.roomId, muted: false });
    this.sendId = transport.id;
    this.producerId = producerId;
    this.#say = (payload) => track.send({ payload, level: -25 });
  }

  async subscribe(to: Victim): Promise<void> {
    const transport = await this.#transport('receive');
    const { consumers } = await this.client.request('consumer:create', {
      transportId: transport.id,
      rtpCapabilities: this.joined.routerRtpCapabilities,
      producerIds: [to.producerId],
    });
    const peer = await createReceivePeer({ transport, consumers });
    this.#closing.push(() => peer.close());
    peer.onRtp(({ payload }) => this.#heard.push(Buffer.from(payload).toString()));
    await this.#connect(transport.id, peer.dtlsParameters);
    await peer.connected;
    const consumerIds = consumers.map(({ consumerId }) => consumerId);
    await this.client.request('consumer:resume', { consumerIds });
    this.receiveId = transport.id;
    this.consumerId = consumerIds[0] ?? '';
  }

  /** Waits until what `from` says now is heard here. */
  async hears(from: Victim): Promise<void> {
    const word = `word ${performance.now()}`;
    from.#say(Buffer.from(word));
    await until(() => this.#heard.includes(word), 'the word is heard');
  }

  /** Packets that arrived since `forget`. */
  get heardCount(): number {
    return this.#heard.length;
  }

  forget(): void {
    this.#heard.length = 0;
  }

  close(): void {
    for (const close of this.#closing) close();
  }

  #transport(direction: 'send' | 'receive'): Promise<Data<'transport:create'>> {
    const { epoch } = this.joined;
    return this.client.request('transport:create', { roomId: this.roomId, epoch, direction });
  }

  async #connect(
    transportId: TransportId,
    dtlsParameters: { role: 'client'; fingerprints: { algorithm: 'sha-256'; value: string }[] },
  ): Promise<void> {
    await this.client.request('transport:connect', { transportId, dtlsParameters });
  }
}

/** Two people who hear each other. */
type Pair = readonly [Victim, Victim];

export interface World {
  readonly server: TestServer;
  readonly lines: LogLine[];
  /** A moderator and a speaker in a listed room. */
  readonly square: Pair;
  /** The same in another listed room. */
  readonly garden: Pair;
  readonly callPair: Pair;
  readonly callId: CallId;
  readonly ringingId: CallId;
  /** Unlisted and with a password; nobody is in it. */
  readonly hidden: RoomId;
  readonly locked: RoomId;
  readonly withPassword: RoomId;
  /** In no room. */
  readonly stranger: TestClient;
  /** Had all kinds of media in the square, and left. */
  readonly leaver: Victim;
  /** Was in the square and is banned from it. */
  readonly banned: TestClient;
  /** Another device of the square's moderator, with no seat. */
  readonly sibling: TestClient;
  /** All that the server has and knows. */
  state(): string;
  close(): Promise<void>;
}

/** For JSON: maps and sets in their order. */
const plain = (_key: string, value: unknown): unknown =>
  value instanceof Map || value instanceof Set ? [...value] : value;

const dump = (file: string): unknown => {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all();
    return tables.map(({ name }) => [
      name,
      database.prepare(`SELECT * FROM ${String(name)}`).all(),
    ]);
  } finally {
    database.close();
  }
};

export const buildWorld = async (): Promise<World> => {
  const directory = mkdtempSync(join(tmpdir(), 'veche-test-'));
  const { log, lines } = collectLog('info');
  const server = await startTestServer({ data: { directory } }, log);
  const victims: Victim[] = [];
  const enter = async (client: TestClient, where: { roomId: RoomId } | { callId: CallId }) => {
    const victim = new Victim(client, await client.request('room:join', where));
    victims.push(victim);
    return victim;
  };
  const hearEachOther = async (one: Victim, other: Victim): Promise<Pair> => {
    await Promise.all([one.publish(), other.publish()]);
    await Promise.all([one.subscribe(other), other.subscribe(one)]);
    return [one, other];
  };
  const open = async (name: string, owner: TestClient, guest: TestClient): Promise<Pair> => {
    const { room } = await owner.request('room:create', { name });
    const roomId = room.id;
    return hearEachOther(await enter(owner, { roomId }), await enter(guest, { roomId }));
  };

  const ana = await server.connect('Ana');
  const square = await open('Square', ana, await server.connect('Bo'));
  const garden = await open('Garden', await server.connect('Cyd'), await server.connect('Dee'));
  const { roomId } = square[0];

  const eve = await server.connect('Eve');
  const fay = await server.connect('Fay');
  const callId = await talk(eve, fay);
  const callPair = await hearEachOther(await enter(eve, { callId }), await enter(fay, { callId }));
  const ringingId = await ring(await server.connect('Gus'), await server.connect('Hal'));

  const leaver = await enter(await server.connect('Ivy'), { roomId });
  await leaver.publish();
  await leaver.subscribe(square[0]);
  await leaver.client.request('room:leave', { roomId });
  const banned = await server.connect('Kim');
  const { participantId } = await banned.request('room:join', { roomId });
  await ana.request('mod:remove', { roomId, participantId, banMs: 3_600_000 });

  const lou = await server.connect('Lou');
  const create = async (name: string, options: object): Promise<RoomId> =>
    (await lou.request('room:create', { name, ...options })).room.id;
  const hidden = await create('Hidden', { visibility: 'unlisted', password: 'sesame' });
  const withPassword = await create('Vault', { password: 'sesame' });
  const locked = await create('Closed', {});
  await lou.request('room:join', { roomId: locked });
  await lou.request('mod:lock', { roomId: locked, locked: true });

  const { running } = server;
  return {
    server,
    lines,
    square,
    garden,
    callPair,
    callId,
    ringingId,
    hidden,
    withPassword,
    locked,
    stranger: await server.connect('Mallory'),
    leaver,
    banned,
    sibling: await server.connect('Ana', { token: ana.token }),
    state: () => {
      const address = { userId: eve.welcome.user.id, deviceId: eve.welcome.deviceId };
      return JSON.stringify(
        {
          rooms: running.rooms.rooms.map(({ state }) => state),
          call: running.calls.roomAt(address)?.state,
          calls: running.calls.counts,
          media: running.pool.counts,
          stored: dump(join(directory, 'veche.sqlite')),
        },
        plain,
        1,
      );
    },
    close: async () => {
      for (const victim of victims) victim.close();
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
};
