/** Takes what a transport wants to tell the server there. */
import { DtlsParameters, RtpParameters, Source } from '@veche/protocol';
import type { types } from 'mediasoup-client';
import { toWire, type SendRequest } from './wire.ts';

/**
 * Each listener answers exactly once: a missing answer would block the transport for ever.
 * @param refused when the server does not take the connection
 */
export function answerTransport(
  transport: types.Transport,
  request: SendRequest,
  refused: (error: unknown) => void,
): void {
  const transportId = transport.id;
  transport.on('connect', (sent, done) => {
    const connect = async () => {
      const dtlsParameters = toWire(DtlsParameters, sent.dtlsParameters);
      await request('transport:connect', { transportId, dtlsParameters });
    };
    connect().catch(refused);
    // ICE may begin while the request travels: that saves a round trip.
    done();
  });
  transport.on('produce', (sent, done, failed) => {
    const produce = async () => {
      const source = Source.parse(sent.appData['source']);
      const rtpParameters = toWire(RtpParameters, sent.rtpParameters);
      const { kind } = sent;
      return request('producer:create', { transportId, kind, source, rtpParameters });
    };
    produce().then(({ producerId }) => {
      done({ id: producerId });
    }, failed);
  });
}
