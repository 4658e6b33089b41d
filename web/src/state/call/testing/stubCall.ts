/** A call that becomes whatever a test says. */
import { UserId } from '@veche/protocol';
import { vi } from 'vitest';
import {
  Observable,
  type CallEnd,
  type CallSession,
  type CallView,
  type Voice,
} from '../../../session/index.ts';

const AT_REST: CallView = {
  callId: null,
  direction: 'placed',
  peer: { id: UserId.parse('bo'), name: 'Bo' },
  media: 'audio',
  status: { phase: 'placing' },
  peerLost: null,
  signalLostSince: null,
  path: 'idle',
  microphone: { phase: 'live' },
  camera: { phase: 'off' },
  muted: false,
  peerState: null,
  poorNetwork: false,
};

const callView = (change: Partial<CallView> = {}): CallView => ({ ...AT_REST, ...change });

export class StubCall extends Observable<CallView> implements CallSession {
  readonly voices = new Observable<readonly Voice[]>([]);
  readonly pictures = new Observable([]);
  readonly ownPicture = new Observable(null);
  readonly answer = vi.fn(() => Promise.resolve());
  readonly reject = vi.fn(() => Promise.resolve());
  readonly end = vi.fn(() => Promise.resolve());
  readonly setMuted = vi.fn(() => Promise.resolve());
  readonly setCamera = vi.fn(() => Promise.resolve());
  readonly openMicrophone = vi.fn(() => Promise.resolve());
  readonly openCamera = vi.fn(() => Promise.resolve());
  readonly level = () => 0;

  constructor(change: Partial<CallView> = {}) {
    super(callView(change));
  }

  become(change: Partial<CallView>): void {
    this.set({ ...this.current, ...change });
  }

  over(reason: CallEnd, durationMs = 0): void {
    this.become({ status: { phase: 'ended', reason, durationMs } });
  }
}
