/** Calls on a scripted server: it answers as the contract says, and a test tells what the other does. */
import type { DataInput, NoticeInput } from '@veche/protocol';
import type { ScriptedServer } from './scriptedServer.ts';

export const CALL_ID = 'call-1';
export const ME = { id: 'user-me', name: 'Ana' };
export const BO = { id: 'user-bo', name: 'Bo' };

type CallInput = DataInput<'call:answer'>['call'];
type EndReason = NoticeInput<'call:end'>['reason'];

export class FakeCalls {
  readonly #server: ScriptedServer;
  call: CallInput;

  constructor(server: ScriptedServer) {
    this.#server = server;
    this.call = {
      id: CALL_ID,
      state: 'ringing',
      caller: ME,
      callee: BO,
      media: 'audio',
      since: Date.now(),
    };
    this.#answerRequests();
  }

  /** The other calls. */
  offer(media: CallInput['media'] = 'audio', callId = CALL_ID): void {
    const expiresAt = Date.now() + 45_000;
    this.call = { ...this.call, id: callId, state: 'ringing', caller: BO, callee: ME, media };
    this.#server.notify('call:offer', { callId, from: BO, media, expiresAt });
  }

  /** The call was answered by the one whom it rang. */
  answer(): void {
    this.activate();
    this.#server.notify('call:answer', { callId: this.call.id, call: this.call });
  }

  /** As `answer`, without telling. */
  activate(): void {
    this.call = { ...this.call, state: 'active', since: Date.now() };
  }

  end(reason: EndReason): void {
    this.endUnheard(reason);
    this.#server.notify('call:end', { callId: this.call.id, reason });
  }

  endUnheard(reason: NonNullable<CallInput['reason']>): void {
    this.call = { ...this.call, state: 'ended', since: Date.now(), reason };
  }

  reconnecting(deadlineMs: number | null): void {
    const { id: userId } = BO;
    this.#server.notify('call:reconnecting', { callId: this.call.id, userId, deadlineMs });
  }

  /** What `welcome` says from now on. */
  welcome(live: boolean): void {
    if (this.#server.welcome) this.#server.welcome.call = live ? this.call : null;
  }

  #answerRequests(): void {
    const server = this.#server;
    server.on('call:initiate', () => ({ callId: this.call.id }));
    server.on('call:answer', () => {
      this.answer();
      return { call: this.call };
    });
    server.on('call:reject', () => {
      if (this.call.state === 'ringing') {
        this.endUnheard('rejected');
        server.notify('call:rejected', { callId: this.call.id });
      }
      return { call: this.call };
    });
    server.on('call:end', () => {
      if (this.call.state === 'ringing') this.end('cancelled');
      if (this.call.state === 'active') this.end('hangup');
      return { call: this.call };
    });
  }
}
