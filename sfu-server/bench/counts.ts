/**
 * What must stay the same however many people are in a room: consumers and m-lines of each, what is
 * asked for after the join, and what the server tells when another person speaks.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { settle } from '../test/support/calling.ts';
import { readMetrics, requestsIn } from '../test/support/metrics.ts';
import { TestClient } from '../test/support/testClient.ts';
import { until } from '../test/support/wait.ts';
import { makeMany, openRoom, RoomPerson } from './load/people.ts';
import { Rig } from './load/rig.ts';
import type { Talker } from './load/talk.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';

const { output, ...parameters } = readOptions({
  scenario: 'counts',
  about:
    'Consumers, m-lines and requests of each listener, and messages at a change of speaker, in a\n' +
    'room that grows.',
  minutes: 3,
  options: {
    sizes: {
      default: '10,50,100,200,300,500',
      about: 'people in the room, one size after another',
    },
    speakers: { default: 6, about: 'of them who take turns' },
    turns: { default: 12, about: 'at each size' },
  },
});

const SLOTS = 4;
const FRAME_MS = 20;
/** Of Opus, at 48 kHz. */
const FRAME_TICKS = 960;
const SPEECH_DBOV = -25;
/** Packets of somebody that are heard before the next one speaks. */
const TURN_PACKETS = 10;
/** Then the slot of whoever spoke is free. */
const PAUSE_MS = 450;

const { speakers, turns } = parameters;
const sizes = parameters.sizes.split(',').map(Number);

const rig = await Rig.start({ VECHE_VOICE_SLOTS: String(SLOTS) });
try {
  const { url } = rig;
  const room = await openRoom(url, 'slots', speakers);
  /** A server that is busy answers a join without media; then it is left, and tried again. */
  const join = async (index: number): Promise<RoomPerson> => {
    const client = await TestClient.connect(url, { name: `Person ${index}` });
    const person = await RoomPerson.join(client, room.roomId);
    if (person.joined.media) return person;
    await person.leave();
    return join(index);
  };

  /** How many packets of each speaker arrived, by CSRC. */
  const heard = new Map<number, number>();
  const listener = await join(0);
  await listener.listen(({ csrcs: [speaker = -1] }) => {
    heard.set(speaker, (heard.get(speaker) ?? 0) + 1);
  });

  const spokeAt = new Map<Talker, number>();
  const takeTurn = async (talker: Talker): Promise<void> => {
    heard.clear();
    const pausedMs = performance.now() - (spokeAt.get(talker) ?? performance.now());
    // Time goes on in a pause, in which a microphone with DTX sends nothing.
    let timestampStep = Math.max(1, Math.round(pausedMs / FRAME_MS)) * FRAME_TICKS;
    const timer = setInterval(() => {
      talker.track.send({ level: SPEECH_DBOV, csrcs: [talker.csrc], timestampStep });
      timestampStep = FRAME_TICKS;
    }, FRAME_MS);
    try {
      await until(() => (heard.get(talker.csrc) ?? 0) >= TURN_PACKETS, 'the turn is heard', 10_000);
    } finally {
      clearInterval(timer);
      spokeAt.set(talker, performance.now());
    }
    await wait(PAUSE_MS);
  };

  const crowd = [listener];
  const roundsBefore = requestsIn(await readMetrics(url), 'consumer:create');
  const seen = [];
  for (const size of sizes) {
    progress(`${size} people`);
    const others = room.people.length + crowd.length;
    crowd.push(...(await makeMany(Math.max(0, size - others), join)));
    const clients = [...room.people, ...crowd].map(({ client }) => client);
    await settle(...clients);
    for (const client of clients) client.forget();
    const before = await readMetrics(url);
    for (let turn = 0; turn < turns; turn++) {
      const talker = room.talkers[turn % room.talkers.length];
      if (talker) await takeTurn(talker);
    }
    const after = await readMetrics(url);
    await settle(...clients);
    seen.push({
      people: clients.length,
      consumers: crowd.map(({ joined }) => joined.media?.consumers.length ?? 0),
      mediaSections: crowd.map(
        ({ joined }) =>
          new Set(joined.media?.consumers.map(({ rtpParameters }) => rtpParameters.mid)).size,
      ),
      /** Without those by which the server itself hears each microphone. */
      consumersInAll: (after.get('veche_consumers') ?? NaN) - speakers,
      requests: requestsIn(after) - requestsIn(before),
      messages: clients.reduce((sum, { received }) => sum + received.length, 0),
    });
  }
  const asked = requestsIn(await readMetrics(url), 'consumer:create') - roundsBefore;

  const range = (values: readonly number[]) => ({
    min: Math.min(...values),
    max: Math.max(...values),
  });
  const each = `of each, ${sizes.at(0)} … ${sizes.at(-1)} people`;
  publish(
    {
      scenario: 'counts',
      parameters,
      figures: [
        {
          code: 'V4',
          what: `consumers ${each}`,
          unit: '',
          values: range(seen.flatMap(({ consumers }) => consumers)),
          reach: { of: 'max', most: SLOTS, least: SLOTS },
        },
        {
          code: 'V4',
          what: `m-lines ${each}`,
          unit: '',
          values: range(seen.flatMap(({ mediaSections }) => mediaSections)),
          reach: { of: 'min', most: SLOTS, least: SLOTS },
        },
        {
          code: 'V4',
          what: 'renegotiations after the join, of all',
          unit: '',
          values: { value: asked },
          reach: { of: 'value', most: 0 },
        },
        {
          code: 'V10',
          what: 'messages from the server at a change of speaker',
          unit: '',
          values: { value: Math.max(...seen.map(({ messages }) => messages)) / turns },
          reach: { of: 'value', most: 0 },
        },
        {
          code: 'V10',
          what: 'requests to the server at a change of speaker',
          unit: '',
          values: { value: Math.max(...seen.map(({ requests }) => requests)) / turns },
          reach: { of: 'value', most: 0 },
        },
      ],
      details: seen.map(({ consumers, mediaSections, ...counts }) => ({
        ...counts,
        consumers: range(consumers),
        mediaSections: range(mediaSections),
      })),
    },
    output,
  );
} finally {
  await rig.stop();
}
process.exit(0);
