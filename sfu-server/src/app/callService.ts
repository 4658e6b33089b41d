/** Calls: requests, connections and deadlines in; what the call book decides, carried out. */
import type {
  Call,
  CallEndReason,
  CallId,
  DataInput,
  Payload,
  User,
  UserId,
} from '@veche/protocol';
import { describeCall, describeCallFor, isAt, isLive, sideOf } from '../domain/call.ts';
import type { ActiveCall, CallOptions, CallRecord, Now } from '../domain/call.ts';
import * as bookRules from '../domain/callBook.ts';
import type { BookStep, CallBook } from '../domain/callBook.ts';
import { initiate } from '../domain/callPlacing.ts';
import { Refusal, refuseLate } from '../domain/refusal.ts';
import { carryOut } from './callEffects.ts';
import type { EffectParts, Later, Waiting } from './callEffects.ts';
import { CallRooms } from './callRooms.ts';
import { CallWriting } from './callWriting.ts';
import type { LiveRoom, LiveRoomParts } from './liveRoom.ts';
import type { Address, CallStore, PeopleStore } from './ports.ts';
import { RestartedCalls } from './restartedCalls.ts';

export interface CallServiceParts
  extends Omit<EffectParts, 'writing'>, Omit<LiveRoomParts, 'store' | 'stays'> {
  readonly store: CallStore;
  readonly people: PeopleStore;
  readonly options: CallOptions;
  /** Calls that the last server left behind. */
  readonly interrupted: readonly CallRecord[];
}

/** Who asks, and how to speak after the answer. */
export interface CallRequest {
  readonly user: User;
  readonly address: Address;
  /** Called once the ack is on its way: what a device is told of its own request comes after it. */
  readonly afterAck: Later;
}

const notFound = (): Refusal => new Refusal('NOT_FOUND', 'callId: no such call');
const over = (reason: CallEndReason | undefined): Refusal =>
  new Refusal('INVALID_STATE', `callId: the call is over: ${reason ?? ''}`);

export class CallService {
  readonly #parts: CallServiceParts;
  readonly #rooms: CallRooms;
  readonly #restarted: RestartedCalls;
  readonly #writing: CallWriting;
  /** Cancels the next deadline of each live call. */
  readonly #deadlines = new Map<CallId, () => void>();
  #book: CallBook = bookRules.emptyBook;
  #draining = false;

  constructor(parts: CallServiceParts) {
    this.#parts = parts;
    this.#rooms = new CallRooms(parts, {
      moved: (callId) => {
        this.#happen(callId, { type: 'media_moved' });
      },
      failed: (callId) => {
        this.#happen(callId, { type: 'media_gone' });
      },
    });
    this.#restarted = new RestartedCalls(parts);
    this.#writing = new CallWriting(parts);
  }

  /** What there is of calls; all zero means that nothing leaked. */
  get counts(): Record<'ringing' | 'active' | 'claims' | 'deadlines' | 'rooms', number> {
    const live = bookRules.liveCalls(this.#book);
    const ringing = live.filter(({ state }) => state === 'ringing').length;
    return {
      ringing,
      active: live.length - ringing,
      claims: this.#book.claims.size,
      deadlines: this.#deadlines.size,
      rooms: this.#rooms.count,
    };
  }

  /** @throws Refusal NOT_FOUND, RATE_LIMITED, UNAVAILABLE */
  initiate(request: CallRequest, { to, media, key }: Payload<'call:initiate'>): { callId: CallId } {
    const { user, address, afterAck } = request;
    if (this.#draining) throw new Refusal('UNAVAILABLE', 'the server is going down');
    const callee = this.#parts.people.get(to);
    if (!callee) throw new Refusal('NOT_FOUND', 'to: nobody has this id');
    const callId = this.#parts.ids.callId();
    const step = initiate(
      this.#book,
      { callId, caller: user, device: address, callee, media, key },
      this.#now(),
      this.#parts.options,
    );
    if (step.callId === callId && this.#parts.media.isFull) {
      throw new Refusal('UNAVAILABLE', 'the server carries as much as it can', 'at_capacity');
    }
    this.#apply(step, step.callId, { address, later: afterAck });
    return { callId: step.callId };
  }

  /** @throws Refusal NOT_FOUND, INVALID_STATE */
  ask(request: CallRequest, type: 'answer' | 'reject' | 'end', callId: CallId): { call: Call } {
    const { user, address, afterAck } = request;
    if (!this.#book.calls.has(callId)) {
      const past = this.#parts.store.past(user.id, callId);
      if (!past) throw notFound();
      return { call: past };
    }
    const event = { type, by: address };
    const { options } = this.#parts;
    const step = bookRules.onCall(this.#book, callId, event, this.#now(), options);
    this.#apply(step, callId, { address, later: afterAck });
    const call = this.#book.calls.get(callId);
    if (!call) throw notFound();
    return { call: describeCallFor(call, address) };
  }

  /**
   * A seat in the room of an active call, for exactly the two devices that talk.
   * @throws Refusal NOT_FOUND, INVALID_STATE, UNAVAILABLE
   */
  async join(
    user: User,
    address: Address,
    callId: CallId,
    late: AbortSignal,
  ): Promise<DataInput<'room:join'>> {
    const room = await this.#rooms.open(this.requireActive(address, callId));
    refuseLate(late);
    // It may have ended while the room was being opened.
    this.requireActive(address, callId);
    return room.answerTo(room.join(user, address));
  }

  /** @throws Refusal INVALID_STATE while it rings and after its end, NOT_FOUND to anybody else */
  requireActive(address: Address, callId: CallId): ActiveCall {
    const call = this.#book.calls.get(callId);
    if (!call) {
      const past = this.#parts.store.past(address.userId, callId);
      throw past ? over(past.reason) : notFound();
    }
    if (!isAt(call, address)) throw notFound();
    if (call.state === 'ringing') throw new Refusal('INVALID_STATE', 'callId: it still rings');
    if (call.state === 'ended') throw over(call.reason);
    return call;
  }

  /** The room of the call that this device talks in. */
  roomAt(address: Address): LiveRoom | undefined {
    const call = bookRules.callOf(this.#book, address.userId);
    if (call?.state !== 'active' || sideOf(call, address) === null) return undefined;
    return this.#rooms.get(call.id);
  }

  /** The call that rings here, that this device placed or that it talks in. */
  callAt(address: Address): Call | null {
    const call = bookRules.callOf(this.#book, address.userId);
    return call && isAt(call, address) ? describeCall(call) : null;
  }

  isBusy(userId: UserId): boolean {
    return this.#book.claims.has(userId);
  }

  /**
   * A device is connected; a former connection of it means nothing from now on.
   * @param afterWelcome takes what the device itself is told
   */
  deviceUp(address: Address, generation: number, afterWelcome: Later): void {
    const call = bookRules.callOf(this.#book, address.userId);
    const { options } = this.#parts;
    const step = bookRules.up(this.#book, address, generation, this.#now(), options);
    this.#apply(step, call?.id ?? null, { address, later: afterWelcome });
    // Whoever is behind the new connection takes the seat with `room:join`.
    if (step.replaced && call) this.#rooms.away(call.id, address);
    afterWelcome(() => {
      this.#restarted.tell(address);
    });
  }

  /** A connection is over. A deliberate close gets a short grace, for a reload. */
  deviceDown(address: Address, generation: number, deliberate: boolean): void {
    const call = bookRules.callOf(this.#book, address.userId);
    const now = this.#now();
    const { options } = this.#parts;
    const step = bookRules.down(this.#book, address, generation, deliberate, now, options);
    this.#apply(step, call?.id ?? null);
    if (step.current && call) this.#rooms.away(call.id, address);
  }

  /** Hangs up for somebody who has no right to be here any more. */
  expel(address: Address): void {
    const call = bookRules.callOf(this.#book, address.userId);
    if (!call || !isAt(call, address)) return;
    // What rings here rings at others of them too, and by itself no more.
    if (call.state === 'ringing' && call.callee.id === address.userId) return;
    this.#happen(call.id, { type: 'expelled' });
  }

  history(user: User, { cursor }: Payload<'call:history'>): DataInput<'call:history'> {
    return this.#parts.store.history(user.id, cursor);
  }

  markSeen(user: User): void {
    this.#parts.store.markSeen(user.id);
  }

  missedCalls(userId: UserId): number {
    return this.#parts.store.countUnseen(userId);
  }

  renamed(user: User): void {
    this.#rooms.renamed(user);
  }

  /** No new calls; those there are go on. */
  drain(): void {
    this.#draining = true;
  }

  /** Ends every call: the server goes down. */
  close(): void {
    for (const { id } of bookRules.liveCalls(this.#book)) {
      this.#happen(id, { type: 'server_stops' });
    }
    this.#writing.close();
  }

  #now(): Now {
    const { clock } = this.#parts;
    return { ms: clock.monotonic(), at: clock.now() };
  }

  /** Something that nobody asked for happens to a live call. */
  #happen(callId: CallId, event: Parameters<typeof bookRules.onCall>[2]): void {
    const call = this.#book.calls.get(callId);
    if (!call || !isLive(call)) return;
    const { options } = this.#parts;
    this.#apply(bookRules.onCall(this.#book, callId, event, this.#now(), options), callId);
  }

  /** Makes a decision true. */
  #apply({ book, effects }: BookStep, callId: CallId | null, waiting?: Waiting): void {
    this.#book = book;
    const parts = { ...this.#parts, writing: this.#writing };
    for (const effect of effects) carryOut(effect, parts, this.#rooms, waiting);
    if (callId !== null) this.#arm(callId);
  }

  /** Waits for the next deadline of a call, in place of any before. */
  #arm(callId: CallId): void {
    this.#deadlines.get(callId)?.();
    this.#deadlines.delete(callId);
    const due = bookRules.deadlineOf(this.#book, callId);
    if (due === null) return;
    const { clock, timers } = this.#parts;
    const cancel = timers.after(Math.max(0, Math.ceil(due - clock.monotonic())), () => {
      this.#happen(callId, { type: 'tick' });
      const call = this.#book.calls.get(callId);
      if (call?.state === 'active') {
        this.#happen(callId, { type: 'media', connected: this.#rooms.isConnected(call) });
      }
    });
    this.#deadlines.set(callId, cancel);
  }
}
