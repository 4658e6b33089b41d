/**
 * How a large room sounds in real Chromium on loopback: from the moment somebody begins to speak,
 * in a slot that was another's, to that tone in the listener's decoded sound; what is concealed on
 * the way; and how often slots change hands in a dialogue with pauses, overlaps and murmurs.
 */
import { readOptions } from '../../sfu-server/bench/report/options.ts';
import { progress, publish } from '../../sfu-server/bench/report/report.ts';
import { summary } from '../../sfu-server/bench/report/statistics.ts';
import { spawnServer, urlOf } from '../../sfu-server/test/support/process.ts';
import { launchBrowser } from '../e2e/support/browser.ts';
import { installConnections } from '../e2e/support/connections.ts';
import { Guest, TONES } from '../e2e/support/guest.ts';
import { Person } from '../e2e/support/person.ts';
import { converse } from './dialogue.ts';

const { slots, turns, output } = readOptions({
  scenario: 'voice',
  about: 'A large room in real Chromium: how soon a voice is heard, and what a change conceals.',
  minutes: 5,
  options: {
    slots: { default: 4, about: 'slots; one more talk in turn, so that each turn changes a slot' },
    turns: { default: 40, about: 'turns of each kind' },
  },
});

const TURN_MS = 900;
/** Longer than a slot is kept for somebody who pauses. */
const PAUSE_MS = 600;
/** Whoever begins has a slot and is heard long before; what is concealed later is no change's doing. */
const BEGINNING_MS = 400;
/** How exactly the moment is known at which a tone is there. */
const EVERY_MS = 5;

interface Turn {
  /** The tone of whoever speaks. */
  readonly bin: number;
  /** When it began, epoch ms. */
  readonly at: number;
  /** Whether a slot changed hands for it. */
  readonly changed: boolean;
  /** In this slot, at its beginning. */
  readonly concealed: number;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A slot that changed hands, by the mid of its m-line. */
interface Handover {
  readonly mid: string;
  readonly at: number;
}

declare global {
  interface Window {
    handovers: Handover[];
  }
}

/** Runs in the page: notes handovers by the packets, which say whose they are. */
const watchHandovers = (): void => {
  window.handovers = [];
  const owners = new Map<string, number>();
  setInterval(() => {
    for (const { mid, receiver } of window.connections.flatMap((it) => it.getTransceivers())) {
      const [newest] = receiver
        .getContributingSources()
        .sort((one, other) => other.timestamp - one.timestamp);
      const before = owners.get(mid ?? '');
      if (mid === null || !newest || newest.source === before) continue;
      owners.set(mid, newest.source);
      if (before !== undefined) window.handovers.push({ mid, at: Date.now() });
    }
  }, 20);
};

/** Runs in the page: samples concealed so far by mid, but for silence in the place of silence. */
const concealedByMid = async (): Promise<Record<string, number>> => {
  const concealed: Record<string, number> = {};
  for (const connection of window.connections) {
    (await connection.getStats()).forEach((entry: Record<string, unknown>) => {
      const { type, kind, mid, concealedSamples, silentConcealedSamples } = entry;
      if (type !== 'inbound-rtp' || kind !== 'audio' || typeof mid !== 'string') return;
      concealed[mid] = Number(concealedSamples ?? 0) - Number(silentConcealedSamples ?? 0);
    });
  }
  return concealed;
};

const server = spawnServer({
  DATA_DIR: ':memory:',
  VECHE_VOICE_SLOTS: String(slots),
  VECHE_VOICE_DIRECT_MICROPHONES: '1',
  VECHE_VOICE_BACK_MICROPHONES: '0',
});
const browser = await launchBrowser();
try {
  const url = await urlOf(server);
  const place = {
    arrive: (...[name, bin, options]: [string, number, object]) =>
      Person.arrive(browser, name, bin, options),
  };
  const listener = await Guest.arrive(place, 'Listener', NaN);
  const { page } = listener.person;
  await listener.person.context.addInitScript(installConnections);
  await listener.person.signIn(url);
  const link = await listener.person.createRoom('Bench');
  const bins = TONES.slice(0, slots + 1);
  const talkers: Guest[] = [];
  for (const bin of bins) {
    const talker = await Guest.arrive(place, `Talker ${bin}`, bin);
    await talker.enter(link);
    talkers.push(talker);
  }
  await page.locator('[data-voice-mode="slots"]').waitFor();
  await listener.listen(bins, EVERY_MS);

  const handovers = (): Promise<Handover[]> => page.evaluate(() => window.handovers);

  /** Somebody's turn, and the pause after it. */
  const takeTurn = async (talker: Guest | undefined): Promise<Turn> => {
    if (!talker) throw new Error('nobody takes the turn');
    const before = await page.evaluate(concealedByMid);
    const at = await talker.hum();
    await sleep(BEGINNING_MS);
    const after = await page.evaluate(concealedByMid);
    const all = await handovers();
    // Who keeps a slot has the one that changed hands last.
    const changed = all.filter((handover) => handover.at >= at);
    const { mid = '' } = changed.at(-1) ?? all.at(-1) ?? {};
    const concealed = (after[mid] ?? NaN) - (before[mid] ?? NaN);
    // Not in step with the packets.
    await sleep(TURN_MS - BEGINNING_MS + Math.random() * 40);
    await talker.hush();
    await sleep(PAUSE_MS);
    return { bin: talker.bin, at, changed: changed.length > 0, concealed };
  };

  await page.evaluate(watchHandovers);
  // Once round fills the slots, and the browser is warm.
  for (const talker of talkers) await takeTurn(talker);
  progress(`${turns} times two turns: the first changes a slot, the second keeps it`);
  const taken: Turn[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const talker = talkers[turn % talkers.length];
    taken.push(await takeTurn(talker), await takeTurn(talker));
  }
  const heard = await listener.recording({ from: taken[0]?.at ?? 0, to: Date.now() });
  const changing = taken.filter(({ changed }) => changed);
  const keeping = taken.filter(({ changed }) => !changed);
  const delays = changing.map(({ bin, at }) => (heard.firstHeard(bin, at) ?? Infinity) - at);
  const ms = delays.filter((delay) => delay < TURN_MS);
  /** At the beginning of a turn, of all of these. */
  const concealedIn = (some: readonly Turn[]): number =>
    some.reduce((sum, { concealed }) => sum + concealed, 0) / some.length;
  progress(`${turns} turns of a dialogue`);
  const before = (await handovers()).length;
  await converse(talkers, turns);
  const changes = (await handovers()).length - before;
  for (const { person } of [listener, ...talkers]) await person.leaveBrowser();

  publish(
    {
      scenario: 'voice',
      parameters: { slots, turns, talkers: talkers.length },
      versions: { chromium: browser.version() },
      figures: [
        {
          code: 'V6b',
          what: 'real Chromium: speaker begins in another’s slot → heard',
          unit: 'ms',
          values: summary(ms),
          reach: { of: 'p95', most: 130 },
        },
        {
          code: 'V6b',
          what:
            `samples concealed in the first ${BEGINNING_MS} ms of a turn, mean of ` +
            `${changing.length} that change a slot over ${keeping.length} that keep theirs`,
          unit: '',
          values: { value: concealedIn(changing) - concealedIn(keeping) },
          reach: { of: 'value', most: 0 },
        },
        {
          what: `the same of each, by what the page itself conceals too`,
          unit: '',
          values: { change: concealedIn(changing), keep: concealedIn(keeping) },
        },
        {
          what: `turns that change a slot and were not heard, of ${changing.length}`,
          unit: '',
          values: { value: delays.length - ms.length },
          reach: { of: 'value', most: 0 },
        },
        {
          what: 'changes of a slot per turn in a dialogue',
          unit: '',
          values: { value: changes / turns },
        },
      ],
      details: { taken, ms, dialogue: { turns, changes } },
    },
    output,
  );
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended();
}
