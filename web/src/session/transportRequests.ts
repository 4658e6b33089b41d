/** Takes what a transport wants to tell the server there. */
import { DtlsParameters, RtpParameters, Source } from '@veche/protocol';
import type { types } from 'mediasoup-client';
import { toWire, type SendRequest } from './wire.ts';

/** Each listener answers exactly once: a missing answer would block the transport for ever. */
export function answerTransport(transport: types.Transport, request: SendRequest): void {
  const transportId = transport.id;
  transport.on('connect', (sent, done, failed) => {
    const connect = async () => {
      const dtlsParameters = toWire(DtlsParameters, sent.dtlsParameters);
      await request('transport:connect', { transportId, dtlsParameters });
    };
    connect().then(done, failed);
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
