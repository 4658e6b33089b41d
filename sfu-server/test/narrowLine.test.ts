/** A line that has no place for a picture: whose it is hears so, and nobody else. */
import * as mediasoup from 'mediasoup';
import type { WebRtcTransport } from 'mediasoup/types';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { talk } from './support/calling.ts';
import { startTestServer } from './support/testServer.ts';
import type { TestServer } from './support/testServer.ts';
import { until } from './support/wait.ts';

/** Estimates must be the same for a while until they are believed. */
const TOLD_WITHIN_MS = 10_000;

let server: TestServer;
const transports = new Map<string, WebRtcTransport>();

beforeAll(async () => {
  mediasoup.observer.on('newworker', (worker) => {
    worker.observer.on('newrouter', (router) => {
      router.observer.on('newtransport', (transport) => {
        if (transport.type === 'webrtc') transports.set(transport.id, transport as WebRtcTransport);
      });
    });
  });
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Ana shows herself to Bo; `estimates` is what the worker would tell of his line. */
const beSeen = async () => {
  const ana = await server.connect('Ana');
  const bo = await server.connect('Bo');
  const callId = await talk(ana, bo);
  const [hers, his] = await Promise.all(
    [ana, bo].map((client) => client.request('room:join', { callId })),
  );
  if (!hers || !his) throw new Error('not in the call');
  const roomId = hers.snapshot.room.id;
  const send = await ana.request('transport:create', {
    roomId,
    epoch: hers.epoch,
    direction: 'send',
  });
  const vp8 = his.routerRtpCapabilities.codecs?.find(({ mimeType }) => mimeType === 'video/VP8');
  const { producerId } = await ana.request('producer:create', {
    transportId: send.id,
    kind: 'video',
    source: 'camera',
    rtpParameters: {
      codecs: [
        {
          mimeType: 'video/VP8',
          payloadType: vp8?.preferredPayloadType ?? 0,
          clockRate: 90_000,
        },
      ],
      encodings: [{ ssrc: 1234 }],
    },
  });
  const receive = await bo.request('transport:create', {
    roomId,
    epoch: his.epoch,
    direction: 'receive',
  });
  const { consumers } = await bo.request('consumer:create', {
    transportId: receive.id,
    rtpCapabilities: his.routerRtpCapabilities,
    producerIds: [producerId],
  });
  const consumerIds = consumers.map(({ consumerId }) => consumerId);
  await bo.request('consumer:resume', { consumerIds });
  const estimates = (availableBitrate: number): void => {
    transports.get(receive.id)?.emit('trace', {
      type: 'bwe',
      timestamp: 0,
      direction: 'out',
      info: { availableBitrate },
    });
  };
  return { ana, bo, callId, roomId, consumerId: consumerIds[0], estimates };
};

it('is told when a picture is withheld, also to who comes back, and when it is not any more', async () => {
  const { ana, bo, callId, roomId, consumerId, estimates } = await beSeen();
  const held = async (): Promise<unknown> => {
    const answer = await bo.request('room:join', { callId });
    return answer.heldConsumers;
  };
  const told = (withheld: boolean, bitrate: number) =>
    until(
      () => {
        estimates(bitrate);
        return bo.all('consumer:held').find((notice) => notice.held === withheld);
      },
      () => `consumer:held ${String(withheld)}`,
      TOLD_WITHIN_MS,
    );
  expect(await held()).toBeUndefined();
  expect(await told(true, 50_000)).toEqual({
    roomId,
    consumerId,
    held: true,
    reason: 'narrow_line',
  });
  expect(await held()).toEqual([{ consumerId, reason: 'narrow_line' }]);
  expect(await told(false, 900_000)).toMatchObject({ consumerId });
  expect(await held()).toBeUndefined();
  expect(ana.all('consumer:held')).toEqual([]);
}, 30_000);
