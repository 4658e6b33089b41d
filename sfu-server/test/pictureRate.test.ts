/** A picture yields to the line of the one who sees it, with a real worker. */
import * as mediasoup from 'mediasoup';
import type { Producer, Router, WebRtcTransport, Worker } from 'mediasoup/types';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { isNews, PictureRates, pictureRate } from '../src/media/pictureRate.ts';
import { mediaCodecs } from '../src/media/codecs.ts';
import { until } from './support/wait.ts';

let worker: Worker;
let router: Router;
let sender: WebRtcTransport;
let producer: Producer;
let rates: PictureRates;

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
  rates = new PictureRates();
  rates.sends(producer, sender);
});

const asked = async (): Promise<number> => {
  const [stats] = await sender.getStats();
  return stats?.maxIncomingBitrate ?? 0;
};
const estimates = (viewer: WebRtcTransport, availableBitrate: number): void => {
  viewer.emit('trace', {
    type: 'bwe',
    timestamp: 0,
    direction: 'out',
    info: { availableBitrate },
  });
};
const isAsked = (rate: number): Promise<boolean> =>
  until(async () => (await asked()) === rate, `${rate} bit/s are asked for`);

it('asks for less where the only one who sees it has a narrow line, and for all again', async () => {
  const viewer = await open();
  await rates.sees(producer.id, viewer);
  estimates(viewer, 200_000);
  await isAsked(150_000);
  estimates(viewer, 40_000);
  await isAsked(30_000);
  estimates(viewer, 2_000_000);
  await isAsked(0);
});

it('does not make all suffer for one', async () => {
  const [poor, good] = await Promise.all([open(), open()]);
  await rates.sees(producer.id, poor);
  estimates(poor, 100_000);
  await isAsked(50_000);
  await rates.sees(producer.id, good);
  estimates(good, 100_000);
  await isAsked(0);
  good.close();
  estimates(poor, 100_000);
  await isAsked(50_000);
});

it.each([
  [100_000, 50_000],
  [10_000, 30_000],
  [1_500_000, 0],
])('of %i bit/s a picture may take %i', (available, rate) => {
  expect(pictureRate(available)).toBe(rate);
});

it('tells only what is worth it', () => {
  expect(isNews(0, 0)).toBe(false);
  expect(isNews(0, 30_000)).toBe(true);
  expect(isNews(100_000, 105_000)).toBe(false);
  expect(isNews(100_000, 115_000)).toBe(true);
});
