/** The signalling half of one call: what is asked of the server, and what it says, over reconnects. */
import type { Call, CallId } from '@veche/protocol';
import type { CallEnd } from './api.ts';
import { canBeTaken, isOver, step, type CallEvent, type CallState } from './callState.ts';
import type { Connection } from './connection.ts';
import { RequestError } from './errors.ts';
import { Observable } from './observable.ts';
import { pause, type Log, type Timers } from './ports.ts';

/** A call that could not be placed is given up when it would have rung long enough. */
const PLACE_WITHIN_MS = 45_000;
/** Who hangs up does not wait longer for the server's word. */
const END_WITHIN_MS = 1000;
/** The server may notice a loss this much later than we do, and its grace begins then. */
const NOTICED_WITHIN_MS = 10_000;

export interface CallSignallingPorts {
  readonly connection: Connection;
  readonly timers: Timers;
  readonly log: Log;
}

export class CallSignalling {
  readonly #ports: CallSignallingPorts;
  readonly #state: Observable<CallState>;
  /** For a call that is placed: repeated with it, it is the same call. */
  readonly #key: string;
  readonly #unfollow: () => void;
  #cancelTimer: () => void = () => undefined;
  #cancelLoss: () => void = () => undefined;
  #working = false;
  /** The server does not take it for live any more; why is still to be asked. */
  #isUnsure = false;
  /** Left without the server's word: it may still take it for live. */
  #isLeft = false;

  constructor(initial: CallState, key: string, ports: CallSignallingPorts) {
    this.#ports = ports;
    this.#state = new Observable(initial);
    this.#key = key;
    this.#unfollow = ports.connection.state.subscribe(this.#followConnection);
    this.#followConnection();
  }

  get state(): Observable<CallState> {
    return this.#state;
  }

  place(): void {
    this.#cancelTimer = this.#ports.timers.after(PLACE_WITHIN_MS, () => {
      if (this.#state.current.callId === null) this.#leave('UNAVAILABLE');
    });
    void this.#work();
  }

  answer(): void {
    this.apply({ name: 'answering' });
    void this.#work();
  }

  /** Resolves when it is over. What rings here is refused, anything else is ended. */
  async end(): Promise<void> {
    const { connection, timers, log } = this.#ports;
    const { callId, status } = this.#state.current;
    if (status.phase === 'ended') return;
    const reason = this.#ownReason;
    if (callId !== null && connection.online) {
      const name = status.phase === 'ringing' ? this.#refusal : 'call:end';
      const told = connection.request(name, { callId }).then(
        ({ call }) => {
          this.#settle(call);
        },
        (error: unknown) => {
          log.debug('the end of a call could not be told', error);
        },
      );
      await Promise.race([told, pause(timers, END_WITHIN_MS)]);
    }
    this.#leave(reason);
  }

  /** Something shows that it is over, and the word of it does not come. */
  askWhy(): void {
    this.#isUnsure = true;
    void this.#work();
  }

  /** This side cannot go on. */
  giveUp(reason: CallEnd): void {
    const { callId } = this.#state.current;
    this.#leave(reason);
    if (callId !== null) this.#endLate(callId, 'call:end');
  }

  apply(event: CallEvent): void {
    const { connection, log } = this.#ports;
    const before = this.#state.current;
    const state = step(before, event, connection.serverNow());
    if (state.status.phase !== before.status.phase) {
      const why = state.status.phase === 'ended' ? `: ${state.status.reason}` : '';
      log.info(`call ${state.callId ?? '(new)'} ${state.status.phase}${why}`);
    }
    if (isOver(state)) this.#close();
    this.#state.set(state);
  }

  /** After each reconnect, with the call that the server takes for that of this device. */
  welcomed(call: Call | null, restarted: boolean): void {
    this.#cancelLoss();
    this.#isUnsure = false;
    const { callId } = this.#state.current;
    if (callId !== null && call?.id === callId) this.apply({ name: 'found', call });
    else if (callId !== null && restarted) this.apply({ name: 'over', reason: 'server_restart' });
    else if (callId !== null) this.#isUnsure = true;
    void this.#work();
  }

  /** False if this is another call than the one that was left here; else it is left again. */
  leaveAgain(call: Call): boolean {
    const { callId, direction, peer } = this.#state.current;
    const isThis =
      callId === null ? direction === 'placed' && call.callee.id === peer.id : call.id === callId;
    if (!this.#isLeft || !isThis) return false;
    this.#endLate(call.id, call.state === 'ringing' ? this.#refusal : 'call:end');
    return true;
  }

  get #ownReason(): CallEnd {
    const { direction, status } = this.#state.current;
    if (status.phase === 'active' || status.phase === 'answering') return 'hangup';
    return direction === 'placed' ? 'cancelled' : 'rejected';
  }

  /** Over by a decision on this side. */
  #leave(reason: CallEnd): void {
    if (isOver(this.#state.current)) return;
    this.#isLeft = true;
    this.apply({ name: 'over', reason });
  }

  /** What the server says of a call that is over for this device. */
  #settle(call: Call): void {
    if (call.state === 'ended') this.apply({ name: 'told', call });
    // It goes on, but not here.
    else this.apply({ name: 'over', reason: 'answered_elsewhere' });
  }

  /** Until there is nothing to ask for; after a reconnect it goes on. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#ports.connection.online && this.#isOpen) {
      try {
        await this.#ask();
      } catch (error) {
        // Without an answer, asking again is harmless: all of it names the same call.
        if (error instanceof RequestError && !error.answered) continue;
        this.#ports.log.warn('the call was refused', error);
        this.#refused(error instanceof RequestError ? error.code : 'INTERNAL');
      }
    }
    this.#working = false;
  }

  get #isOpen(): boolean {
    const { callId, status } = this.#state.current;
    if (status.phase === 'ended') return false;
    return callId === null || this.#isUnsure || status.phase === 'answering';
  }

  async #ask(): Promise<void> {
    const { connection } = this.#ports;
    const { callId, peer, media, status } = this.#state.current;
    if (callId === null) {
      const placed = await connection.request('call:initiate', {
        to: peer.id,
        media,
        key: this.#key,
      });
      // Cancelled meanwhile.
      if (isOver(this.#state.current)) this.#endLate(placed.callId, 'call:end');
      else this.apply({ name: 'placed', callId: placed.callId });
    } else if (this.#isUnsure) {
      // Both are harmless for a call that is over here, and tell how it ended.
      const name = status.phase === 'active' ? 'call:end' : this.#refusal;
      this.#settle((await connection.request(name, { callId })).call);
    } else {
      const { call } = await connection.request('call:answer', { callId });
      this.apply({ name: 'told', call });
    }
  }

  /** How one gets rid of a call that rings. */
  get #refusal(): 'call:end' | 'call:reject' {
    return this.#state.current.direction === 'placed' ? 'call:end' : 'call:reject';
  }

  #refused(reason: CallEnd): void {
    this.apply({ name: 'over', reason: this.#isUnsure ? 'connection_lost' : reason });
  }

  #endLate(callId: CallId, name: 'call:end' | 'call:reject'): void {
    const { connection, log } = this.#ports;
    connection.request(name, { callId }).catch((error: unknown) => {
      log.debug('a call that was left could not be ended', error);
    });
  }

  #followConnection = (): void => {
    const { current } = this.#ports.connection.state;
    if (current.phase === 'ended') this.apply({ name: 'over', reason: current.reason });
    else if (current.phase === 'reconnecting') this.#signalLost();
  };

  /** By then the server has ended it, whether or not it can tell us. */
  #signalLost(): void {
    const { connection, timers } = this.#ports;
    this.#cancelLoss();
    const graceMs = connection.welcome.current?.graceMs ?? 0;
    const rings = canBeTaken(this.#state.current);
    this.#cancelLoss = timers.after(rings ? graceMs : graceMs + NOTICED_WITHIN_MS, () => {
      if (rings) this.apply({ name: 'over', reason: 'connection_lost' });
      else this.#leave('connection_lost');
    });
  }

  #close(): void {
    this.#cancelTimer();
    this.#cancelLoss();
    this.#unfollow();
  }
}
