/** Calls between test clients, and what became of them at each. */
import type { CallId, CallMedia, Notice, UserId } from '@veche/protocol';
import { randomUUID } from 'node:crypto';
import type { TestClient } from './testClient.ts';

export const idOf = (client: TestClient): UserId => client.welcome.user.id;

/** Asks for a call; what becomes of it comes as a notice. */
export const initiate = async (
  from: TestClient,
  to: TestClient,
  { media = 'audio', key = randomUUID() }: { media?: CallMedia; key?: string } = {},
): Promise<CallId> => (await from.request('call:initiate', { to: idOf(to), media, key })).callId;

/** A call that rings at all of these devices of its callee. */
export const ring = async (from: TestClient, ...at: [TestClient, ...TestClient[]]) => {
  const callId = await initiate(from, at[0]);
  for (const device of at) await device.next('call:offer', (offer) => offer.callId === callId);
  return callId;
};

export const answered = (client: TestClient, callId: CallId): Promise<Notice<'call:answer'>> =>
  client.next('call:answer', (notice) => notice.callId === callId);

/** A call that was answered; both have been told. */
export const talk = async (from: TestClient, to: TestClient): Promise<CallId> => {
  const callId = await ring(from, to);
  await to.request('call:answer', { callId });
  await answered(from, callId);
  await answered(to, callId);
  return callId;
};

export const hangUp = async (client: TestClient, callId: CallId): Promise<void> => {
  await client.request('call:end', { callId });
};

/** Every notice so far that says to this device that the call is over or was not placed. */
export const endsAt = (client: TestClient, callId: CallId): string[] => {
  const of = <T extends { callId: CallId }>(notices: T[]): T[] =>
    notices.filter((notice) => notice.callId === callId);
  return [
    ...of(client.all('call:end')).map(({ reason }) => reason),
    ...of(client.all('call:rejected')).map(() => 'rejected'),
    ...of(client.all('call:no-answer')).map(() => 'no_answer'),
    ...of(client.all('call:busy')).map(({ party }) => `busy: ${party}`),
    ...of(client.all('call:error')).map(({ code }) => code),
  ];
};

/** How far apart the two acts of a race are at most. */
const APART_MS = 50;

/** Does both, one of them up to 50 ms after the other. */
export const race = async <T, U>(
  one: () => Promise<T>,
  other: () => Promise<U>,
): Promise<[T, U]> => {
  const offset = (Math.random() * 2 - 1) * APART_MS;
  const later = <V>(act: () => Promise<V>, ms: number): Promise<V> =>
    ms > 0 ? new Promise((resolve) => setTimeout(() => resolve(act()), ms)) : act();
  return Promise.all([later(one, offset), later(other, -offset)]);
};

/** Requests are answered in order: what was sent before the answer has arrived with it. */
export const settle = async (...clients: TestClient[]): Promise<void> => {
  await Promise.all(clients.map((client) => client.request('call:history', {})));
};
