/**
 * How soon somebody who begins to speak is heard in a room of slots: from the first packet of
 * speech to its receive at the listeners, among open microphones with noise.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { makeMany, openRoom, RoomPerson } from './load/people.ts';
import { Rig } from './load/rig.ts';
import type { Talker } from './load/talk.ts';
import { UndisturbedTurns } from './load/undisturbed.ts';
import { Onsets } from './onset/onsets.ts';
import { turnsOf } from './onset/turns.ts';
import { readOptions } from './report/options.ts';
import { progress, publish } from './report/report.ts';
import { summary } from './report/statistics.ts';
import { TestClient } from '../test/support/testClient.ts';

const { output, ...parameters } = readOptions({
  scenario: 'onset',
  about:
    'From the first packet of speech to its receive at the listeners, in a room of slots in which\n' +
    'people take turns at random; and whether each first packet arrives.',
  minutes: 3,
  options: {
    onsets: { default: 100, about: 'turns' },
    speakers: { default: 10, about: 'open microphones, with noise when nobody speaks at them' },
    listeners: { default: 20, about: 'real WebRTC listeners' },
  },
});

const FRAME_MS = 20;
const SPEECH_DBOV = -25;
/** Of a room; not speech. */
const NOISE_DBOV = -65;
/** Until the server knows each microphone's noise. */
const WARM_UP_MS = 7000;
/** For packets that are under way at the end. */
const DRAIN_MS = 1000;

/** All microphones, at phases of their own, for as long as there are turns. */
const takeTurns = async (talkers: readonly Talker[], onsets: Onsets): Promise<void> => {
  const startedAt = performance.now() + WARM_UP_MS;
  const turns = turnsOf(parameters.onsets, talkers.length, Math.random);
  const mouths = talkers.map(({ track }, speaker) => ({
    track,
    own: turns.filter((turn) => turn.speaker === speaker),
    dueAt: performance.now() + Math.random() * FRAME_MS,
    speaks: false,
  }));
  const timer = setInterval(() => {
    const now = performance.now();
    for (const mouth of mouths) {
      while (mouth.dueAt <= now) {
        const at = mouth.dueAt - startedAt;
        const speaks = mouth.own.some(({ from, to }) => from <= at && at < to);
        const begins = speaks && !mouth.speaks;
        mouth.speaks = speaks;
        mouth.track.send({
          level: speaks ? SPEECH_DBOV : NOISE_DBOV,
          ...(begins ? { payload: onsets.send(performance.now()) } : {}),
        });
        mouth.dueAt += FRAME_MS;
      }
    }
  }, 1);
  await wait(WARM_UP_MS + (turns.at(-1)?.to ?? 0) + DRAIN_MS);
  clearInterval(timer);
};

const rig = await Rig.start();
try {
  const { speakers, listeners } = parameters;
  progress(`${speakers} speakers and ${listeners} listeners join`);
  let onsets = new Onsets();
  const room = await openRoom(rig.url, 'slots', speakers);
  await makeMany(listeners, async (index) => {
    const client = await TestClient.connect(rig.url, { name: `Listener ${index}` });
    const person = await RoomPerson.join(client, room.roomId);
    await person.listen(({ payload }) => {
      onsets.arrive(payload, performance.now());
    });
  });
  const whole = new UndisturbedTurns();
  await whole.take('the turns', async () => {
    progress(`${parameters.onsets} turns`);
    onsets = new Onsets();
    await takeTurns(room.talkers, onsets);
    const heard = onsets.delays.length;
    return { heard, loss: 1 - heard / (onsets.sent * listeners) };
  });
  publish(
    {
      scenario: 'onset',
      parameters: {
        ...parameters,
        pinned: rig.pinned ? 'yes' : 'no',
        repeated: whole.repeated,
      },
      figures: [
        {
          code: 'V6',
          what: 'onset of speech to its first packet at a listener',
          unit: 'ms',
          values: summary(onsets.delays),
          reach: { of: 'p95', most: 25 },
        },
        {
          code: 'V6',
          what: 'the same, the middle one',
          unit: 'ms',
          values: { p50: summary(onsets.delays).p50 },
          reach: { of: 'p50', most: 10 },
        },
        {
          code: 'V6',
          what: `first packets lost, of ${onsets.sent * listeners}`,
          unit: '',
          values: { value: onsets.sent * listeners - onsets.delays.length },
          reach: { of: 'value', most: 0 },
        },
      ],
    },
    output,
  );
} finally {
  await rig.stop();
}
process.exit(0);
