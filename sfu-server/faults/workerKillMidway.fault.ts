/** Row 3: a media worker dies while people join, publish and subscribe. */
import { AckEnvelope, requests } from '@veche/protocol';
import type { Data, PayloadInput, RequestName, RoomId } from '@veche/protocol';
import { randomInt } from 'node:crypto';
import type { TestClient } from '../test/support/testClient.ts';
import { nothingIsLeft, startTestServer } from '../test/support/testServer.ts';
import type { TestServer } from '../test/support/testServer.ts';
import { until } from '../test/support/wait.ts';
import { Scenario } from './scenario.ts';
import { largest } from './support/figures.ts';
import { inRounds } from './support/rounds.ts';
import { goOn } from './support/talkers.ts';

/** After so many deaths the next replacement waits for seconds: a new server does as well. */
const KILLS_PER_SERVER = 4;
const SERVERS = { full: 25, short: 2 };
const AT_ONCE = 4;
/** About the time that all of them take to get through everything. */
const KILLED_WITHIN_MS = 60;
const ANSWERED_WITHIN_MS = 5000;
/** What a request may come to while the worker behind it dies. */
const EXPECTED = ['ok', 'MEDIA_RESET'];
const REPLACED_WITHIN_MS = 10_000;

interface Answered {
  readonly name: RequestName;
  readonly outcome: string;
  readonly ms: number;
}

const dtlsParameters = {
  role: 'client' as const,
  fingerprints: [{ algorithm: 'sha-256' as const, value: Array(32).fill('AB').join(':') }],
};
const opus = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 };

/** Joins, publishes and subscribes to whoever is there, up to the first refusal. */
const goThrough = async (client: TestClient, roomId: RoomId): Promise<Answered[]> => {
  const answers: Answered[] = [];
  /** Null where it was refused. */
  const ask = async <N extends RequestName>(
    name: N,
    payload: PayloadInput<N>,
  ): Promise<Data<N> | null> => {
    const startedAt = performance.now();
    const answer = AckEnvelope.parse(await client.raw(name, payload));
    const outcome = answer.ok ? 'ok' : answer.error.code;
    answers.push({ name, outcome, ms: performance.now() - startedAt });
    return answer.ok ? requests[name].data.parse(answer.data) : null;
  };
  const go = async (): Promise<void> => {
    const joined = await ask('room:join', { roomId });
    if (!joined) return;
    const { epoch, snapshot, participantId, routerRtpCapabilities: rtpCapabilities } = joined;
    const up = await ask('transport:create', { roomId, epoch, direction: 'send' });
    const down = up && (await ask('transport:create', { roomId, epoch, direction: 'receive' }));
    if (!up || !down) return;
    if (!(await ask('transport:connect', { transportId: up.id, dtlsParameters }))) return;
    const produced = await ask('producer:create', {
      transportId: up.id,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: { codecs: [opus], encodings: [{ ssrc: randomInt(1, 2 ** 32) }] },
    });
    if (!produced) return;
    const published = client.all('room:track-published').map(({ track }) => track);
    const producerIds = [...snapshot.tracks, ...published]
      .filter((track) => track.participantId !== participantId)
      .map(({ producerId }) => producerId);
    if (producerIds.length === 0) return;
    const transportId = down.id;
    const subscribed = await ask('consumer:create', { transportId, rtpCapabilities, producerIds });
    const consumerIds = subscribed?.consumers.map(({ consumerId }) => consumerId) ?? [];
    if (consumerIds.length > 0) await ask('consumer:resume', { consumerIds });
  };
  await go();
  return answers;
};

/** Kills the worker that carries the room at a random moment of all this. */
const killMidway = async (server: TestServer, clients: readonly TestClient[]) => {
  const { pool } = server.running;
  await until(() => pool.workers.length === 2, 'both workers are up', REPLACED_WITHIN_MS);
  for (const client of clients) client.forget();
  const [owner] = clients;
  if (!owner) throw new Error('nobody is there');
  const { room } = await owner.request('room:create', { name: 'Square' });
  const moment = Math.random() * KILLED_WITHIN_MS;
  const went = clients.map((client) => goThrough(client, room.id));
  await goOn(moment);
  const busy = pool.workers.find(({ routers }) => routers > 0) ?? pool.workers[0];
  if (busy) process.kill(busy.pid, 'SIGKILL');
  const answers = (await Promise.all(went)).flat();
  for (const client of clients) await client.outcome('room:leave', { roomId: room.id });
  await nothingIsLeft(server.running);
  return answers;
};

export default new Scenario({
  name: 'worker-kill-midway',
  number: 3,
  title: 'A media worker dies while people join, publish and subscribe',
  injects: `kill -9 at random moments while ${AT_ONCE} people go through everything at once.`,
  seconds: 60,
  run: async (context) => {
    const servers = context.short ? SERVERS.short : SERVERS.full;
    const rounds = await inRounds(servers, context, async ({ after }) => {
      const server = await startTestServer({ media: { workers: 2 } });
      after(() => server.stop());
      const clients: TestClient[] = [];
      for (let index = 0; index < AT_ONCE; index++) {
        clients.push(await server.connect(`Guest ${index}`));
      }
      const answers: Answered[] = [];
      for (let kill = 0; kill < KILLS_PER_SERVER; kill++) {
        answers.push(...(await killMidway(server, clients)));
      }
      return answers;
    });
    const answers = rounds.flat();
    const others = answers.filter(({ outcome }) => !EXPECTED.includes(outcome));
    for (const { name, outcome } of others.slice(0, 5)) context.say(`${name}: ${outcome}`);
    return [
      { what: 'kills', value: servers * KILLS_PER_SERVER },
      { what: 'requests', value: answers.length },
      {
        what: 'of them refused because the media was lost',
        value: answers.filter(({ outcome }) => outcome === 'MEDIA_RESET').length,
        goal: { atLeast: 1 },
      },
      { what: 'refused in any other way', value: others.length, goal: { exactly: 0 } },
      {
        what: 'longest wait for an answer',
        value: largest(answers.map(({ ms }) => ms)),
        unit: 'ms',
        goal: { atMost: ANSWERED_WITHIN_MS },
      },
    ];
  },
});
