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
import { counted, installConnections } from '../e2e/support/connections.ts';
import { Guest, TONES } from '../e2e/support/guest.ts';
import { Person } from '../e2e/support/person.ts';
import { converse } from './dialogue.ts';

const { slots, turns, output } = readOptions({
  scenario: 'voice',
  about: 'A large room in real Chromium: how soon a voice is heard, and what a change conceals.',
  minutes: 4,
  options: {
    slots: { default: 4, about: 'slots; one more talk in turn, so that each turn changes a slot' },
    turns: { default: 40, about: 'turns of each kind' },
  },
});

const TURN_MS = 900;
/** Longer than a slot is kept for somebody who pauses. */
const PAUSE_MS = 600;
/** How exactly the moment is known at which a tone is there. */
const EVERY_MS = 5;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

declare global {
  interface Window {
    /** How often slots changed hands. */
    handovers: number;
  }
}

/** Runs in the page: counts by the packets, which say whose they are. */
const countHandovers = (): void => {
  window.handovers = 0;
  const owners = new Map<RTCRtpReceiver, number>();
  setInterval(() => {
    for (const receiver of window.connections.flatMap((it) => it.getReceivers())) {
      const [newest] = receiver
        .getContributingSources()
        .sort((one, other) => other.timestamp - one.timestamp);
      const before = owners.get(receiver);
      if (!newest || newest.source === before) continue;
      owners.set(receiver, newest.source);
      if (before !== undefined) window.handovers += 1;
    }
  }, 20);
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

  /** One turn after another, with the pauses between them. */
  const takeTurns = async (who: readonly Guest[]): Promise<{ ms: number[]; unheard: number }> => {
    const began: { bin: number; at: number }[] = [];
    for (let turn = 0; turn < turns; turn++) {
      const talker = who[turn % who.length];
      if (!talker) break;
      began.push({ bin: talker.bin, at: await talker.hum() });
      // Not in step with the packets.
      await sleep(TURN_MS + Math.random() * 40);
      await talker.hush();
      await sleep(PAUSE_MS);
    }
    const heard = await listener.recording({ from: began[0]?.at ?? 0, to: Date.now() });
    const delays = began.map(({ bin, at }) => (heard.firstHeard(bin, at) ?? Infinity) - at);
    const ms = delays.filter((delay) => delay < TURN_MS);
    return { ms, unheard: delays.length - ms.length };
  };
  const measure = async (what: string, who: readonly Guest[]) => {
    progress(`${turns} turns: ${what}`);
    const count = async (): Promise<number> =>
      (await counted(page, 'inbound-rtp', 'concealedSamples')) -
      (await counted(page, 'inbound-rtp', 'silentConcealedSamples'));
    const handovers = () => page.evaluate(() => window.handovers);
    const before = { concealed: await count(), handovers: await handovers() };
    const { ms, unheard } = await takeTurns(who);
    return {
      ms,
      unheard,
      concealed: (await count()) - before.concealed,
      handovers: (await handovers()) - before.handovers,
    };
  };

  await page.evaluate(countHandovers);
  // Once round fills the slots, and the browser is warm.
  for (const talker of talkers) {
    await talker.hum();
    await sleep(TURN_MS);
    await talker.hush();
    await sleep(PAUSE_MS);
  }
  const changing = await measure('each changes a slot', talkers);
  const staying = await measure('of one person, who keeps the slot', talkers.slice(0, 1));
  progress(`${turns} turns of a dialogue`);
  const before = await page.evaluate(() => window.handovers);
  await converse(talkers, turns);
  const handovers = (await page.evaluate(() => window.handovers)) - before;
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
          values: summary(changing.ms),
          reach: { of: 'p95', most: 130 },
        },
        {
          what: `samples concealed in ${turns} turns that change a slot`,
          unit: '',
          values: { value: changing.concealed },
          reach: { of: 'value', most: 0 },
        },
        {
          what: `turns of these that were not heard`,
          unit: '',
          values: { value: changing.unheard },
          reach: { of: 'value', most: 0 },
        },
        {
          what: 'changes of a slot per turn in a dialogue',
          unit: '',
          values: { value: handovers / turns },
        },
      ],
      details: { changing, staying, dialogue: { turns, handovers } },
    },
    output,
  );
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended();
}
