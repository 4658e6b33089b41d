/** The calls of this device: at most one is live; what comes is brought to it, or rings. */
import type { Call, CallMedia, Data, Notice, User } from '@veche/protocol';
import type { CallEnd, CallPhase, CallSession } from './api.ts';
import { DeviceCall, type CallPorts } from './callSession.ts';
import {
  isCallNotice,
  isOver,
  offered,
  placing,
  takenUp,
  type CallNotice,
  type CallState,
} from './callState.ts';
import { Observable } from './observable.ts';
import type { AnyNotice } from './wire.ts';

type Offer = Extract<CallNotice, { name: 'call:offer' }>;

/** Ends of a call that rang here by which it was missed. */
const MISSED: ReadonlySet<CallEnd> = new Set([
  'no_answer',
  'cancelled',
  'caller_gone',
  'connection_lost',
]);

export class Calls {
  readonly #ports: CallPorts;
  readonly #shown = new Observable<CallSession | null>(null);
  readonly #occupied = new Observable(false);
  readonly #missed = new Observable(0);
  #call: DeviceCall | null = null;
  /** Came while a call was being placed: which of the two there will be, the server decides. */
  #waiting: Offer | null = null;
  #bootId: string | null = null;

  constructor(ports: CallPorts) {
    this.#ports = ports;
    ports.connection.listen(this.#heard);
  }

  /** Live, or over and not dismissed. */
  readonly call = this.#shown;
  /** Whether the person is in a call or on the way into one; one that only rings does not count. */
  readonly occupied = this.#occupied;
  readonly missed = this.#missed;

  place(to: User, media: CallMedia): CallSession {
    if (this.#call && !this.#call.ended) {
      const { direction, status, peer } = this.#call.signalling.state.current;
      // Each calls the other: that is an answer, whoever was the first.
      const mutual = direction === 'received' && peer.id === to.id;
      if (mutual && status.phase === 'ringing') void this.#call.answer(media);
      return this.#call;
    }
    const call = this.#begin(placing(to, media));
    call.place();
    return call;
  }

  dismiss(): void {
    if (this.#call && !this.#call.ended) return;
    this.#shown.set(null);
  }

  list(cursor?: string): Promise<Data<'call:history'>> {
    const payload = cursor === undefined ? {} : { cursor };
    return this.#ports.connection.request('call:history', payload);
  }

  async markSeen(): Promise<void> {
    await this.#ports.connection.request('call:history-seen', {});
    this.#missed.set(0);
  }

  #begin(initial: CallState): DeviceCall {
    const call = new DeviceCall(initial, this.#ports);
    this.#call = call;
    this.#waiting = null;
    call.signalling.state.subscribe(() => {
      this.#follow(call);
    });
    this.#shown.set(call);
    this.#follow(call);
    return call;
  }

  #follow(call: DeviceCall): void {
    if (call !== this.#call) return;
    const { callId, direction, status } = call.signalling.state.current;
    this.#occupied.set(isOccupying(direction, status));
    if (callId !== null && this.#waiting?.payload.callId === callId) this.#waiting = null;
    if (status.phase !== 'ended') return;
    // It goes on at another device; here there is nothing to be said.
    if (status.reason === 'answered_elsewhere' && this.#shown.current === call) {
      this.#shown.set(null);
    }
    if (this.#waiting) this.#begin(offered(this.#waiting.payload));
  }

  #heard = (notice: AnyNotice): void => {
    if (notice.name === 'welcome') this.#welcomed(notice.payload);
    else if (isCallNotice(notice)) this.#take(notice);
  };

  #take(notice: CallNotice): void {
    const call = this.#call;
    const wasLive = call !== null && !call.ended;
    const before = call?.signalling.state.current;
    if (wasLive) call.signalling.apply(notice);
    const after = call?.signalling.state.current;
    if (before && after && wasMissed(before, after)) this.#missed.set(this.#missed.current + 1);
    if (notice.name === 'call:offer') this.#ring(notice);
    else if (notice.payload.callId === this.#waiting?.payload.callId && isLast(notice)) {
      this.#waiting = null;
    }
  }

  #ring(offer: Offer): void {
    const known = this.#call?.signalling.state.current;
    // Doubled, or already over here.
    if (known?.callId === offer.payload.callId) return;
    if (!known || isOver(known)) this.#begin(offered(offer.payload));
    // While one is in a call, the server lets nobody else ring.
    else if (known.status.phase === 'placing') this.#waiting = offer;
  }

  #welcomed({ call, bootId, missedCalls, user }: Notice<'welcome'>): void {
    const restarted = this.#bootId !== null && this.#bootId !== bootId;
    this.#bootId = bootId;
    this.#missed.set(missedCalls);
    this.#waiting = null;
    if (this.#call && !this.#call.ended) this.#call.signalling.welcomed(call, restarted);
    else if (call) this.#takeUp(call, user);
  }

  /** This page does not know of it: it was loaded again, or has left it without being heard. */
  #takeUp(call: Call, me: User): void {
    if (call.state === 'ended' || this.#call?.signalling.leaveAgain(call)) return;
    this.#begin(takenUp(call, me, this.#ports.connection.serverNow()));
  }
}

function isOccupying(direction: CallState['direction'], status: CallPhase): boolean {
  if (status.phase === 'ended') return false;
  return direction === 'placed' || status.phase !== 'ringing';
}

const wasMissed = (before: CallState, { status }: CallState): boolean =>
  !isOver(before) &&
  before.direction === 'received' &&
  before.status.phase === 'ringing' &&
  status.phase === 'ended' &&
  MISSED.has(status.reason);

/** Whether nothing more comes of a call after this. */
const isLast = ({ name }: CallNotice): boolean =>
  name !== 'call:offer' && name !== 'call:answer' && name !== 'call:reconnecting';
