/**
 * M1: whatever the order in which workers answer, media requests for a call succeed only from the
 * two devices that talk, while it is active; and nothing that was made for it outlives it.
 */
import { DeviceId, RoomId, TransportId, UserId } from '@veche/protocol';
import type { Data, Payload, RequestName, User } from '@veche/protocol';
import fc from 'fast-check';
import type { Scheduler } from 'fast-check';
import pino from 'pino';
import { expect, it } from 'vitest';
import { CallService } from './app/callService.ts';
import type {
  Address,
  CallStore,
  Media,
  MediaId,
  MediaPeerPort,
  MediaRoomPort,
  Notifier,
  PeopleStore,
  RoomStore,
} from './app/ports.ts';
import { PresenceService } from './app/presenceService.ts';
import { RoomService } from './app/roomService.ts';
import { Seats } from './app/seats.ts';
import { Refusal } from './domain/refusal.ts';
import { createIds, systemClock } from './system.ts';
import { createHandlers } from './signalling/handlers.ts';
import type { Handlers } from './signalling/guards.ts';

const RUNS = 1000;

const user = (name: string): User => ({ id: UserId.parse(`user-${name}`), name });
const ana = user('Ana');
const bo = user('Bo');
const mallory = user('Mallory');
const at = ({ id }: User, device: string): Address => ({
  userId: id,
  deviceId: DeviceId.parse(`device-${device}`),
});
const callerDevice = at(ana, 'ana-phone');
const answering = at(bo, 'bo-phone');
const everybody: [User, Address][] = [
  [ana, callerDevice],
  [ana, at(ana, 'ana-laptop')],
  [bo, answering],
  [bo, at(bo, 'bo-laptop')],
  [mallory, at(mallory, 'mallory')],
];

/** A worker whose answers come when the scheduler says so. */
class SlowMedia implements Media {
  /** Routers and transports that are there. */
  readonly alive = new Set<string>();
  readonly isFull = false;
  readonly #scheduler: Scheduler;
  #made = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  async createRoom(): Promise<MediaRoomPort> {
    const id = await this.#make('router');
    const peers = new Set<SlowPeer>();
    const room = {
      rtpCapabilities: { codecs: [], headerExtensions: [] },
      listen: () => undefined,
      createPeer: () => {
        const peer = new SlowPeer(
          () => this.#make('transport'),
          (gone) => this.alive.delete(gone),
        );
        peers.add(peer);
        return peer;
      },
      close: () => {
        this.alive.delete(id);
        for (const peer of peers) peer.close();
      },
      openSlots: () => Promise.resolve([]),
      closeSlots: () => undefined,
      isSpread: false,
      isFull: false,
    };
    return room;
  }

  async #make(what: string): Promise<string> {
    await this.#scheduler.schedule(Promise.resolve(), what);
    const id = `${what}-${++this.#made}`;
    this.alive.add(id);
    return id;
  }
}

/** Keeps what the port promises: what comes after `close` or too late is undone. */
class SlowPeer implements MediaPeerPort {
  closed = false;
  readonly connected = false;
  readonly consumerCount = 0;
  readonly #transports = new Set<string>();
  readonly #make: () => Promise<string>;
  readonly #gone: (id: string) => void;

  constructor(make: () => Promise<string>, gone: (id: string) => void) {
    this.#make = make;
    this.#gone = gone;
  }

  async createTransport(_direction: 'send' | 'receive', late: AbortSignal) {
    const id = await this.#make();
    if (this.closed || late.aborted) {
      this.#gone(id);
      throw new Refusal('MEDIA_RESET', 'the participant or its media is gone');
    }
    this.#transports.add(id);
    return {
      id: TransportId.parse(id),
      iceParameters: { usernameFragment: 'u', password: 'p', iceLite: true },
      iceCandidates: [],
      dtlsParameters: { role: 'auto' as const, fingerprints: [] },
    };
  }

  close(): void {
    this.closed = true;
    for (const id of this.#transports) this.#gone(id);
  }

  owns(id: MediaId): boolean {
    return this.#transports.has(id);
  }

  everOwned(): boolean {
    return false;
  }

  consume(): Promise<Data<'consumer:create'>> {
    return Promise.resolve({ consumers: [], failed: [] });
  }

  connectTransport = unused;
  restartIce = unused;
  produce = unused;
  setProducerPaused = unused;
  setConsumersPaused = unused;
  withheld = [];
  setLayers = unused;
  setHeld = unused;

  closeProducer(): void {
    throw new Error('not used here');
  }

  closeConsumers(): void {
    throw new Error('not used here');
  }

  closeConsumersOf(): void {
    throw new Error('not used here');
  }
}

const unused = (): Promise<never> => Promise.reject(new Error('not used here'));

const people: PeopleStore = {
  get: (id) => [ana, bo, mallory].find((it) => it.id === id),
  getMany: () => [],
  save: () => undefined,
  forget: () => 0,
  search: () => ({ people: [] }),
};
const callStore: CallStore = {
  write: () => undefined,
  live: () => [],
  past: () => undefined,
  history: () => ({ entries: [] }),
  markSeen: () => undefined,
  countUnseen: () => 0,
};
const roomStore: RoomStore = {
  get: () => undefined,
  visibleTo: () => [],
  countCreatedBy: () => 0,
  save: () => undefined,
  delete: () => undefined,
};
const notifier: Notifier & { startListening(): void } = {
  toRoom: () => undefined,
  toDevice: () => undefined,
  listenAfterAck: () => undefined,
  startListening: () => undefined,
  stopListening: () => undefined,
};
const never = () => () => undefined;

const build = (scheduler: Scheduler) => {
  const media = new SlowMedia(scheduler);
  const clock = systemClock;
  const timers = { after: never, every: never };
  const ids = createIds(clock);
  const speakers = { holdMs: 600, repeatMs: 1000, maxEntries: 8 };
  const world = { media, notifier, timers, clock, ids, speakers, log: pino({ level: 'silent' }) };
  const calls = new CallService({
    ...world,
    store: callStore,
    people,
    interrupted: [],
    options: {
      ringMs: 45_000,
      graceMs: 15_000,
      ringingGraceMs: 5000,
      deliberateGraceMs: 3000,
      mediaTimeoutMs: 15_000,
      maxUnansweredInRow: 5,
    },
    presenceChanged: () => undefined,
    ended: () => undefined,
  });
  const rooms = new RoomService({
    ...world,
    store: roomStore,
    passwords: { hash: unused, verify: unused },
    passwordTries: { begin: () => () => undefined },
    settings: { graceMs: 0, deliberateGraceMs: 0, defaultMaxParticipants: 9, maxRoomsPerUser: 9 },
  });
  const presence = new PresenceService({ ...world, people, isBusy: () => false });
  const seats = new Seats(rooms, calls);
  const parts = { rooms, calls, seats, presence, notifier, clock, ids, mostConsumers: 10 };
  everybody.forEach(([, address], index) => {
    calls.deviceUp(address, index + 1, (callback) => callback());
  });
  return { media, calls, handlers: createHandlers(parts) };
};

const ask = <N extends RequestName>(
  handlers: Handlers,
  name: N,
  [who, address]: [User, Address],
  payload: Payload<N>,
  late = new AbortController().signal,
) =>
  handlers[name].run(
    {
      user: who,
      address,
      networkAddress: '',
      late,
      afterAck: (run) => run(),
      partRefused: () => undefined,
    },
    payload,
  );

/** Everything that follows from one answer happens before the next one. */
const act = async (run: () => Promise<unknown>): Promise<unknown> => {
  const done = await run();
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

const request = fc.record({
  who: fc.nat(everybody.length - 1),
  withMedia: fc.boolean(),
  givenUp: fc.boolean(),
});

it('holds M1 in every order of answers', async () => {
  const succeeded = { join: 0, transport: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler({ act }),
      fc.array(request, { minLength: 4, maxLength: 12 }),
      fc.boolean(),
      async (scheduler, asks, callerEnds) => {
        const { media, calls, handlers } = build(scheduler);
        const { callId } = calls.initiate(
          { user: ana, address: callerDevice, afterAck: (run) => run() },
          { to: bo.id, media: 'audio', key: 'key' },
        );
        let active = false;
        const wrong: string[] = [];
        const success = (what: keyof typeof succeeded, address: Address): void => {
          succeeded[what]++;
          const talks = [callerDevice, answering].includes(address);
          if (!active || !talks) wrong.push(`${what} of ${address.deviceId}, active: ${active}`);
        };
        const life = scheduler.scheduleSequence([
          () => {
            void ask(handlers, 'call:answer', [bo, answering], { callId });
            active = true;
            return Promise.resolve();
          },
          () => {
            const ending: [User, Address] = callerEnds ? [ana, callerDevice] : [bo, answering];
            void ask(handlers, 'call:end', ending, { callId });
            active = false;
            return Promise.resolve();
          },
        ]);
        const requests = asks.map(async ({ who, withMedia, givenUp }, index) => {
          const asking = everybody[who];
          if (!asking) return;
          await scheduler.schedule(Promise.resolve(), `ask ${index}`);
          const giveUp = new AbortController();
          if (givenUp) void scheduler.schedule(Promise.resolve()).then(() => giveUp.abort());
          try {
            const joined = await ask(
              handlers,
              'room:join',
              asking,
              { callId, ...(withMedia ? { media: wantsAll } : {}) },
              giveUp.signal,
            );
            success('join', asking[1]);
            await scheduler.schedule(Promise.resolve(), `transport ${index}`);
            const { epoch } = joined;
            const wanted = { roomId: RoomId.parse(callId), epoch, direction: 'send' as const };
            await ask(handlers, 'transport:create', asking, wanted, giveUp.signal);
            success('transport', asking[1]);
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
          }
        });
        await scheduler.waitFor(Promise.all([life.task, ...requests]));
        expect(wrong).toEqual([]);
        await scheduler.waitIdle();
        expect([...media.alive]).toEqual([]);
        expect(Object.values(calls.counts).every((count) => count === 0)).toBe(true);
      },
    ),
    { numRuns: RUNS },
  );
  // Not because nothing ever succeeds.
  expect(succeeded.join).toBeGreaterThan(RUNS / 10);
  expect(succeeded.transport).toBeGreaterThan(RUNS / 50);
}, 120_000);

const wantsAll: NonNullable<Payload<'room:join'>['media']> = {
  rtpCapabilities: { codecs: [], headerExtensions: [] },
  kinds: ['audio', 'video'],
};
