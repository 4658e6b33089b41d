// A WebRTC peer without a browser: real ICE, DTLS and SRTP, raw RTP in and out.
export { createReceivePeer, type ReceivedPacket, type ReceivePeer } from './receivePeer.ts';
export { createSendPeer, type SendPeer, type SendTrack, type SentPacket } from './sendPeer.ts';
export type { ConsumerParameters, TransportParameters } from './wire.ts';
