/** The WebSocket frame of a packet that goes to many: socket.io's adapter makes it once for all. */

/** engine.io's packet, as far as its types tell. */
export interface Packet {
  data?: unknown;
  readonly options?: object | undefined;
}

interface Framed {
  readonly wsPreEncodedFrame: Buffer[];
}

const isFramed = (options: object): options is Framed =>
  'wsPreEncodedFrame' in options && Array.isArray(options.wsPreEncodedFrame);

/** Its pieces, shared by all whom it goes to; null for a packet to one alone. */
export const frameOf = ({ options }: Packet): Buffer[] | null =>
  options && isFramed(options) ? options.wsPreEncodedFrame : null;

/** A header and a payload cost each socket two writes: makes them one piece, once for all. */
export const joinPieces = (frame: Buffer[]): void => {
  if (frame.length > 1) frame.splice(0, frame.length, Buffer.concat(frame));
};

/** Where there is a frame nothing reads the text any more; to keep both takes twice the memory. */
export const dropText = (packet: Packet): void => {
  if (frameOf(packet)) packet.data = undefined;
};

/** Bytes of what is sent. */
export const bytesOf = (packet: Packet): number => {
  const frame = frameOf(packet);
  if (frame) return frame.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return typeof packet.data === 'string' ? Buffer.byteLength(packet.data) : 0;
};
