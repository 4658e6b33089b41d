// Proves a mediasoup-worker before anybody relies on it: a real DTLS handshake and one forwarded RTP packet,
// and a packet that must not end it.
// usage: node prove.ts WORKER_BINARY
// Exits 0 when all went well, 3 when the worker failed, with what it did as one sentence on stderr, 4 when
// it works but that packet ends it. Any other code says that the trial itself could not run.
import * as mediasoup from 'mediasoup';
import type { Router, WebRtcServer, WebRtcTransport, Worker } from 'mediasoup/types';
import {
  createReceivePeer,
  createSendPeer,
  type ReceivePeer,
  type SendTrack,
  type TransportParameters,
} from '../rtc-peer/index.ts';

/** All of it takes a quarter of a second; a busy machine may need some more. */
const DEADLINE_MS = 10_000;
/** A packet may be lost; the next one will do. */
const RESEND_MS = 50;
const REFUSED = 3;
const WEAK = 4;

let stage = 'at its start';
let lastWords = '';
/** The worker works, as far as a server needs it among friends. */
let works = false;
let ending = false;

const [workerBin] = process.argv.slice(2);
if (workerBin === undefined) {
  process.stderr.write('usage: node prove.ts WORKER_BINARY\n');
  process.exitCode = 2;
} else {
  // mediasoup listens to these, and with that takes away what they do by themselves.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
  // What the worker itself says before it dies, such as a shared library that it misses.
  mediasoup.setLogEventListeners({
    onerror: (_namespace, log) => {
      const words = /^\(stderr\) (.*)/.exec(log)?.[1];
      if (words !== undefined) lastWords = words.replace(`${workerBin}: `, '').trim();
    },
  });
  setTimeout(
    () => finish(`it did not answer ${stage} within ${DEADLINE_MS / 1000} s`),
    DEADLINE_MS,
  );
  try {
    await prove(workerBin);
    finish();
  } catch (error) {
    finish(error instanceof Error ? describe(error) : String(error));
  }
}

async function prove(workerBin: string): Promise<void> {
  const worker = await mediasoup.createWorker({ workerBin, logLevel: 'error' });
  const died = new Promise<never>((_resolve, reject) => worker.once('died', reject));
  await Promise.race([died, handshakeAndForward(worker)]);
  worker.close();
}

async function handshakeAndForward(worker: Worker): Promise<void> {
  stage = 'while it set up a room';
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: 'udp', ip: '127.0.0.1', port: 0 }],
  });
  const router = await worker.createRouter({
    mediaCodecs: [
      {
        kind: 'audio',
        mimeType: 'audio/opus',
        clockRate: 48_000,
        channels: 2,
        preferredPayloadType: 100,
      },
    ],
  });
  const outward = await createTransport(router, webRtcServer);
  const inward = await createTransport(router, webRtcServer);

  stage = 'during the DTLS handshake';
  const sender = await createSendPeer({
    transport: onTheWire(outward),
    tracks: [{ kind: 'audio' }],
  });
  const [track] = sender.tracks;
  if (track === undefined) throw new Error('the sending peer has no track');
  await outward.connect({ dtlsParameters: sender.dtlsParameters });
  await sender.connected;

  const { id: producerId } = await outward.produce({
    kind: 'audio',
    rtpParameters: track.rtpParameters,
  });
  const { rtpCapabilities } = router;
  const consumer = await inward.consume({ producerId, rtpCapabilities });
  const receiver = await createReceivePeer({
    transport: onTheWire(inward),
    consumers: [
      { consumerId: consumer.id, kind: consumer.kind, rtpParameters: consumer.rtpParameters },
    ],
  });
  await inward.connect({ dtlsParameters: receiver.dtlsParameters });
  await receiver.connected;

  stage = 'while it forwarded a packet';
  await forward(track, receiver, Buffer.from('veche'));
  works = true;

  stage = 'by one packet that any participant can send';
  // patches/packet-exceptions.patch says why.
  track.send({ levelBytes: new Uint8Array() });
  await forward(track, receiver, Buffer.from('still there'));
}

/** Until it has arrived. */
function forward(track: SendTrack, receiver: ReceivePeer, payload: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => track.send({ payload }), RESEND_MS);
    const stop = receiver.onRtp((packet) => {
      if (!payload.equals(packet.payload)) return;
      clearInterval(timer);
      stop();
      resolve();
    });
    track.send({ payload });
  });
}

function createTransport(router: Router, webRtcServer: WebRtcServer): Promise<WebRtcTransport> {
  return router.createWebRtcTransport({ webRtcServer });
}

function onTheWire({
  id,
  iceParameters,
  iceCandidates,
  dtlsParameters,
}: WebRtcTransport): TransportParameters {
  return { id, iceParameters, iceCandidates, dtlsParameters };
}

/** mediasoup's own words for a dead worker are `[pid:1, code:null, signal:SIGSEGV]`. */
function describe(error: Error): string {
  const how = /\[pid:\d+, code:(\w+), signal:(\w+)\]/.exec(error.message);
  if (how === null) return `it failed ${stage}: ${error.message}`;
  const [, code, signal] = how;
  const way = signal === 'null' ? `ended with exit code ${code}` : `was killed by ${signal}`;
  return `it ${way} ${stage}`;
}

function finish(failure?: string): void {
  if (ending) return;
  ending = true;
  // The native peers need no closing: the process ends here, and the worker with its channel.
  if (failure === undefined) process.exit(0);
  // Its last words may still be in the pipe.
  setTimeout(() => {
    process.stderr.write(`${failure}${lastWords === '' ? '' : ` (${lastWords})`}\n`);
    process.exit(works ? WEAK : REFUSED);
  }, 50);
}
