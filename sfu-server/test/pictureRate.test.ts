/** A picture yields to the line of the one who sees it, with a real worker. */
import * as mediasoup from 'mediasoup';
import type { Consumer, Producer, Router, WebRtcTransport, Worker } from 'mediasoup/types';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { HeldConsumer } from '../src/media/heldConsumer.ts';
import { mediaCodecs } from '../src/media/codecs.ts';
import { PictureRates } from '../src/media/pictureRate.ts';
import { until } from './support/wait.ts';

let worker: Worker;
let router: Router;
let sender: WebRtcTransport;
let producer: Producer;
let rates: PictureRates;
let now: number;
/** What waits for its time. */
let timers: { readonly at: number; readonly run: () => void }[];

const pass = (ms: number): void => {
  now += ms;
  for (const timer of timers.filter(({ at }) => at <= now)) {
    timers = timers.filter((other) => other !== timer);
    timer.run();
  }
};

const open = (): Promise<WebRtcTransport> =>
  router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });

beforeAll(async () => {
  worker = await mediasoup.createWorker({ workerBin: process.env['MEDIASOUP_WORKER_BIN'] ?? '' });
  router = await worker.createRouter({ mediaCodecs });
});
afterAll(() => {
  worker.close();
});
beforeEach(async () => {
  now = 0;
  timers = [];
  sender = await open();
  const codec = router.rtpCapabilities.codecs?.find(({ mimeType }) => mimeType === 'video/VP8');
  producer = await sender.produce({
    kind: 'video',
    rtpParameters: {
      mid: '0',
      codecs: [
        {
          mimeType: 'video/VP8',
          clockRate: 90_000,
          payloadType: codec?.preferredPayloadType ?? 0,
        },
      ],
      encodings: [{ ssrc: 1234 }],
    },
  });
  rates = new PictureRates({
    monotonic: () => now,
    after: (ms, run) => {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => (timers = timers.filter((other) => other !== timer));
    },
  });
  rates.sends(producer, sender);
});

/** Somebody who sees the picture, and what they are told. */
class Viewer {
  readonly told: boolean[] = [];
  readonly consumer: Consumer;
  readonly #transport: WebRtcTransport;

  private constructor(transport: WebRtcTransport, consumer: Consumer) {
    this.#transport = transport;
    this.consumer = consumer;
  }

  static async come(): Promise<Viewer> {
    const transport = await open();
    const { rtpCapabilities } = router;
    const consumer = await transport.consume({
      producerId: producer.id,
      rtpCapabilities,
      paused: true,
    });
    const viewer = new Viewer(transport, consumer);
    const held = new HeldConsumer(consumer);
    await rates.sees(producer.id, transport, held, (withheld) => viewer.told.push(withheld));
    await held.set('client', false);
    return viewer;
  }

  estimates(availableBitrate: number): void {
    this.#transport.emit('trace', {
      type: 'bwe',
      timestamp: 0,
      direction: 'out',
      info: { availableBitrate },
    });
  }

  /** Each second, as mediasoup does. */
  estimatesFor(seconds: number, availableBitrate: number): void {
    for (let second = 0; second < seconds; second++) {
      pass(1000);
      this.estimates(availableBitrate);
    }
  }

  leave(): void {
    this.#transport.close();
  }
}

const asked = async (): Promise<number> => {
  const [stats] = await sender.getStats();
  return stats?.maxIncomingBitrate ?? 0;
};
const isAsked = (rate: number): Promise<boolean> =>
  until(async () => (await asked()) === rate, `${rate} bit/s are asked for`);

it('asks for less where the only one who sees it has a narrow line, and for all again', async () => {
  const viewer = await Viewer.come();
  viewer.estimates(200_000);
  await isAsked(120_000);
  viewer.estimates(40_000);
  await isAsked(30_000);
  viewer.estimatesFor(5, 2_000_000);
  await isAsked(0);
});

it('does not make all suffer for one', async () => {
  const poor = await Viewer.come();
  poor.estimates(140_000);
  await isAsked(60_000);
  const good = await Viewer.come();
  poor.estimates(100_000);
  await isAsked(0);
  poor.estimatesFor(4, 40_000);
  await until(() => poor.consumer.paused, 'it is withheld from the one with the poor line');
  expect(good.consumer.paused).toBe(false);
  good.leave();
  poor.estimates(100_000);
  expect(poor.told).toEqual([true]);
});

it('withholds a picture for which there is no place, says so, and tries again', async () => {
  const viewer = await Viewer.come();
  viewer.estimatesFor(4, 40_000);
  await until(() => viewer.consumer.paused, 'it is withheld');
  await until(() => viewer.told.length === 1, 'it is told');
  viewer.estimatesFor(59, 40_000);
  expect(viewer.told).toEqual([true]);
  pass(1000);
  await until(() => !viewer.consumer.paused, 'it is tried');
  await isAsked(30_000);
  viewer.estimatesFor(10, 2_000_000);
  await isAsked(0);
  expect(viewer.told).toEqual([true, false]);
  expect(viewer.consumer.paused).toBe(false);
});

it('sends it again as soon as there is place', async () => {
  const viewer = await Viewer.come();
  viewer.estimatesFor(4, 40_000);
  await until(() => viewer.consumer.paused, 'it is withheld');
  viewer.estimatesFor(5, 900_000);
  await until(() => !viewer.consumer.paused, 'it is sent');
  await isAsked(820_000);
  await until(() => viewer.told.length === 2, 'it is told');
  expect(timers).toEqual([]);
});

it('does not judge a line by what comes while the camera is off', async () => {
  const viewer = await Viewer.come();
  await producer.pause();
  await until(() => viewer.consumer.producerPaused, 'the camera is off');
  viewer.estimatesFor(10, 10_000);
  await producer.resume();
  await until(() => !viewer.consumer.producerPaused, 'the camera is on');
  viewer.estimatesFor(2, 10_000);
  expect(viewer.told).toEqual([]);
  expect(viewer.consumer.paused).toBe(false);
});

it('tries nothing any more when it has closed', async () => {
  const viewer = await Viewer.come();
  viewer.estimatesFor(4, 40_000);
  await until(() => viewer.consumer.paused, 'it is withheld');
  viewer.leave();
  expect(timers).toEqual([]);
});
