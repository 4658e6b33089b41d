/** The edge: what comes from the wire becomes typed here, or is refused. */
import { AckEnvelope, notices, requests } from '@veche/protocol';
import type { Data, Notice, NoticeName, PayloadInput, RequestName } from '@veche/protocol';
import { RequestError } from './errors.ts';

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: unknown };
}

// Seen as mapped types, so that a generic name leads to its own type.
const noticeTable: { readonly [N in NoticeName]: { readonly payload: Schema<Notice<N>> } } =
  notices;
const requestTable: { readonly [N in RequestName]: { readonly data: Schema<Data<N>> } } = requests;

export type NoticeOf<N extends NoticeName> = {
  [K in N]: { readonly name: K; readonly payload: Notice<K> };
}[N];
export type AnyNotice = NoticeOf<NoticeName>;

/** Sends a request and waits for its answer; rejects with a `RequestError`, never repeats. */
export type SendRequest = <N extends RequestName>(
  name: N,
  payload: PayloadInput<N>,
) => Promise<Data<N>>;

/** The checked notice, or what is wrong with it. */
export function readNotice<N extends NoticeName>(
  name: N,
  payload: unknown,
): { notice: NoticeOf<N> } | { fault: unknown } {
  const read = noticeTable[name].payload.safeParse(payload);
  if (!read.success) return { fault: read.error };
  return { notice: { name, payload: read.data } };
}

/** The data of an ack; throws what the server refused with. */
export function readAnswer<N extends RequestName>(name: N, answer: unknown): Data<N> {
  const envelope = AckEnvelope.safeParse(answer);
  if (!envelope.success) throw RequestError.nonsense(name);
  if (!envelope.data.ok) {
    const { code, message, reason, banMs } = envelope.data.error;
    throw new RequestError(code, message, true, reason, banMs);
  }
  const data = requestTable[name].data.safeParse(envelope.data.data);
  if (!data.success) throw RequestError.nonsense(name);
  return data.data;
}

/** mediasoup-client's wider types as the contract has them; throws when they do not fit. */
export const toWire = <T>(schema: { parse(value: unknown): T }, value: unknown): T =>
  // By way of JSON, as it will travel: keys without a value disappear.
  schema.parse(JSON.parse(JSON.stringify(value)));
