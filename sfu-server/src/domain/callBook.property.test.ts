/**
 * The rules of calls under random events: people with several devices who call each other, answer,
 * lose their signal and come back, in any order. On a failure fast-check prints the seed.
 */
import { CallEndReason, CallId, DeviceId } from '@veche/protocol';
import type { CallOutcome, UserId } from '@veche/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callerOf, isLive } from './call.ts';
import type { CallEffect, CallOptions, CallState, Device, Now } from './call.ts';
import {
  callOf,
  deadlineOf,
  down,
  emptyBook,
  forgetOld,
  liveCalls,
  onCall,
  up,
} from './callBook.ts';
import type { BookStep, CallBook } from './callBook.ts';
import { initiate } from './callPlacing.ts';
import type { CallEvent } from './callRules.ts';
import { Refusal } from './refusal.ts';
import { userOf } from './testing.ts';

const RUNS = 10_000;
const MIN_EVENTS = 40;
const MAX_EVENTS = 60;

const people = ['ana', 'bo', 'cyd', 'dan'].map(userOf);
const deviceNames = ['phone', 'laptop', 'tablet'];
const withGrace: CallOptions = {
  ringMs: 45_000,
  graceMs: 15_000,
  ringingGraceMs: 5000,
  deliberateGraceMs: 3000,
  mediaTimeoutMs: 15_000,
  maxUnansweredInRow: 5,
};
const withoutGrace = { ...withGrace, graceMs: 0, ringingGraceMs: 0, deliberateGraceMs: 0 };
const LONGEST_MS = withGrace.ringMs + withGrace.graceMs;

const person = fc.nat(people.length - 1);
const device = fc.record({ person, device: fc.nat(deviceNames.length - 1) });
const anyCall = fc.nat(7);
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('up' as const), device }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('down' as const),
      device,
      deliberate: fc.boolean(),
      stale: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('initiate' as const),
      device,
      to: person,
      key: fc.nat(3),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('answer' as const, 'answer' as const, 'reject' as const, 'end' as const),
      device,
      call: anyCall,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 2999, 3000, 4999, 5000, 14_999, 15_000, 20_000, 45_000, 60_000),
      media: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'media_moved' as const,
        'media_gone' as const,
        'media' as const,
        'server_stops' as const,
      ),
      call: anyCall,
    }),
  },
);
type Event = ReturnType<typeof event.generate>['value'];

const deviceOf = (it: { person: number; device: number }): Device => {
  const { id: userId } = personAt(it.person);
  return { userId, deviceId: DeviceId.parse(`${userId}-${deviceNames[it.device] ?? ''}`) };
};
const personAt = (index: number) => people[index] ?? userOf('nobody');

/** Runs events against the book as the service does, and remembers what it was told. */
class World {
  book: CallBook = emptyBook;
  readonly options: CallOptions;
  readonly outcomes = new Set<CallOutcome>();
  /** Every call there ever was, as it was last seen. */
  readonly seen = new Map<CallId, CallState>();
  readonly roomsOpened = new Map<CallId, number>();
  readonly roomsClosed = new Map<CallId, number>();
  readonly #terminal = new Map<string, number>();
  #generation = 0;
  #callNumber = 0;
  #now: Now = { ms: 0, at: 1_000_000 };

  constructor(options: CallOptions) {
    this.options = options;
  }

  isConnected({ userId, deviceId }: Device): boolean {
    return this.book.connections.get(userId)?.has(deviceId) === true;
  }

  isOnline(userId: UserId): boolean {
    return this.book.connections.has(userId);
  }

  terminalNotices(callId: CallId, { userId, deviceId }: Device): number {
    return this.#terminal.get(`${callId} ${userId} ${deviceId}`) ?? 0;
  }

  run(it: Event): void {
    switch (it.do) {
      case 'up':
        this.#step(() =>
          up(this.book, deviceOf(it.device), ++this.#generation, this.#now, this.options),
        );
        break;
      case 'down':
        this.#down(deviceOf(it.device), it.stale, it.deliberate);
        break;
      case 'initiate':
        this.#initiate(it);
        break;
      case 'answer':
      case 'reject':
      case 'end':
        this.#onCall(it.call, { type: it.do, by: deviceOf(it.device) });
        break;
      case 'media':
        this.#onCall(it.call, { type: 'media', connected: false });
        break;
      case 'media_moved':
      case 'media_gone':
      case 'server_stops':
        this.#onCall(it.call, { type: it.do });
        break;
      case 'wait':
        this.wait(it.ms, it.media);
    }
  }

  /** Time passes, and every deadline that is over is told. */
  wait(ms: number, media: boolean): void {
    this.#now = { ms: this.#now.ms + ms, at: this.#now.at + ms };
    for (const { id } of liveCalls(this.book)) {
      const due = deadlineOf(this.book, id);
      if (due === null || due > this.#now.ms) continue;
      this.#step(() => onCall(this.book, id, { type: 'tick' }, this.#now, this.options));
      this.#step(() =>
        onCall(this.book, id, { type: 'media', connected: media }, this.#now, this.options),
      );
    }
  }

  #down(of: Device, stale: boolean, deliberate: boolean): void {
    const generation = this.book.connections.get(of.userId)?.get(of.deviceId) ?? 0;
    this.#step(() =>
      down(this.book, of, generation - (stale ? 1 : 0), deliberate, this.#now, this.options),
    );
  }

  #initiate(it: Event & { do: 'initiate' }): void {
    const request = {
      callId: CallId.parse(`call-${++this.#callNumber}`),
      caller: personAt(it.device.person),
      device: deviceOf(it.device),
      callee: personAt(it.to),
      media: 'audio' as const,
      key: `key-${it.key}`,
    };
    const { attempts } = forgetOld(this.book, this.#now);
    const again = attempts.has(`${request.caller.id}/${request.key}`);
    this.#step(() => {
      const step = initiate(this.book, request, this.#now, this.options);
      // Told again to who asks again: no second notice of the end.
      return again ? { ...step, effects: [] } : step;
    });
  }

  #onCall(index: number, what: CallEvent): void {
    const ids = [...this.book.calls.keys()];
    const id = ids[ids.length - 1 - (index % Math.max(1, ids.length))];
    if (id === undefined) return;
    this.#step(() => onCall(this.book, id, what, this.#now, this.options));
  }

  #step(run: () => BookStep): void {
    try {
      const { book, effects } = run();
      this.book = book;
      effects.forEach((effect) => this.#happened(effect));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #happened(effect: CallEffect): void {
    if (effect.type === 'open_room') count(this.roomsOpened, effect.call.id);
    if (effect.type === 'close_room') count(this.roomsClosed, effect.callId);
    if (effect.type === 'write' && effect.record.ended) {
      this.outcomes.add(effect.record.ended.outcome);
    }
    if (effect.type !== 'tell') return;
    const { to, notice } = effect;
    if (['call:end', 'call:rejected', 'call:no-answer'].includes(notice.name)) {
      count(this.#terminal, `${notice.payload.callId} ${to.userId} ${to.deviceId}`);
    }
  }
}

const count = <K>(map: Map<K, number>, key: K): void => {
  map.set(key, (map.get(key) ?? 0) + 1);
};

const check = (world: World): void => {
  const { book } = world;
  const live = liveCalls(book);
  for (const { id } of people) {
    const theirs = live.filter(({ caller, callee }) => caller.id === id || callee.id === id);
    must(theirs.length <= 1, 'I1: nobody is in two calls');
    must(book.claims.get(id) === theirs[0]?.id, 'I1, I6: the claim is the call that one is in');
    must(callOf(book, id) === (theirs[0] ?? null), 'I1: and finds it');
  }
  for (const call of book.calls.values()) {
    const before = world.seen.get(call.id);
    if (before?.state === 'ended') must(call === before, 'I2: an ended call stays as it is');
    if (before?.state === 'active') must(call.state !== 'ringing', 'I2: there is no way back');
    world.seen.set(call.id, call);
    checkCall(world, call);
  }
};

const checkCall = (world: World, call: CallState): void => {
  const opened = world.roomsOpened.get(call.id) ?? 0;
  const closed = world.roomsClosed.get(call.id) ?? 0;
  const rang = [...call.rang].map((deviceId) => ({ userId: call.callee.id, deviceId }));
  must(
    [...call.rang].every((it) => it.startsWith(call.callee.id)),
    'I3: devices of the callee rang',
  );
  if (isLive(call)) {
    const caller = world.isConnected(callerOf(call));
    const callee =
      call.state === 'active'
        ? world.isConnected({ userId: call.callee.id, deviceId: call.calleeDevice })
        : world.isOnline(call.callee.id);
    must(caller === (call.lost.caller === null), 'I5, I7: a deadline where the caller is away');
    must(callee === (call.lost.callee === null), 'I5, I7: a deadline where the callee is away');
    must(world.terminalNotices(call.id, callerOf(call)) === 0, 'the caller was told no end');
  }
  switch (call.state) {
    case 'ringing':
      must(deadlineOf(world.book, call.id) !== null, 'I4: what rings has a deadline');
      must(opened === 0 && closed === 0, 'I3: what rings has no room');
      return;
    case 'active':
      must(opened === 1 && closed === 0, 'I3: exactly one answer');
      must(call.calleeDevice.startsWith(call.callee.id), 'I3: by a device of the callee');
      return;
    case 'ended':
      must(deadlineOf(world.book, call.id) === null, 'I4: what is over has no deadline');
      must(opened === closed, 'the room is closed behind it');
      must(opened === (call.answeredAt === null ? 0 : 1), 'I3: exactly one answer');
      for (const to of [callerOf(call), ...rang]) {
        must(world.terminalNotices(call.id, to) === 1, 'each device is told the end once');
      }
  }
};

const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

it(`holds I1–I7 and L1 in ${RUNS} random runs, and reaches every way to end`, () => {
  const outcomes = new Set<CallOutcome>();
  fc.assert(
    fc.property(
      fc.array(event, { minLength: MIN_EVENTS, maxLength: MAX_EVENTS }),
      fc.boolean(),
      (events, grace) => {
        const world = new World(grace ? withGrace : withoutGrace);
        for (const it of people.keys()) world.run({ do: 'up', device: { person: it, device: 0 } });
        for (const it of events) {
          world.run(it);
          check(world);
        }
        // L1: everyone leaves, and the longest deadline passes.
        for (const user of people) {
          for (const name of deviceNames.keys()) {
            const of = { person: people.indexOf(user), device: name };
            world.run({ do: 'down', device: of, deliberate: false, stale: false });
          }
        }
        world.wait(LONGEST_MS, false);
        check(world);
        must(liveCalls(world.book).length === 0, 'L1: no call is left');
        must(world.book.claims.size === 0, 'L1, I6: no claim is left');
        must(world.book.connections.size === 0, 'L1: nobody is left');
        for (const it of world.outcomes) outcomes.add(it);
      },
    ),
    { numRuns: RUNS },
  );
  const reasons = CallEndReason.options.filter((it) => it !== 'answered_elsewhere');
  expect([...outcomes].sort()).toEqual([...reasons, 'busy', 'offline'].sort());
}, 120_000);
