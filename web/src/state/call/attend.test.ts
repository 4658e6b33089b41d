import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ring } from '../../platform/tones.ts';
import { Observable, type CallEnd, type CallSession, type CallView } from '../../session/index.ts';
import { SteppedTimers } from '../../session/testing/steppedTimers.ts';
import { attend } from './attend.ts';
import type { Parting } from './parting.ts';
import { StubCall } from './testing/stubCall.ts';

let timers: SteppedTimers;
let calls: Observable<CallSession | null>;
let ring: Ring | null;
let callsHere: CallView | null;
let partings: Parting[];
let hungUp: boolean;
let stop: () => void;
const dismissCall = vi.fn(() => {
  calls.set(null);
});

beforeEach(() => {
  timers = new SteppedTimers();
  calls = new Observable<CallSession | null>(null);
  partings = [];
  hungUp = false;
  dismissCall.mockClear();
  stop = attend(
    { call: calls, dismissCall, serverNow: () => timers.now() },
    {
      ring: (what) => (ring = what),
      callsHere: (view) => (callsHere = view),
      parted: (_, parting) => partings.push(parting),
      hungUp: () => hungUp,
      after: (ms, run) => timers.after(ms, run),
    },
  );
});

const ringing = (inMs = 45_000) => ({ phase: 'ringing', expiresAt: timers.now() + inMs }) as const;
const shown = (call: StubCall): StubCall => {
  calls.set(call);
  return call;
};

describe('ringing', () => {
  it('sounds at the caller once it rings at the other, and until the answer', () => {
    const call = shown(new StubCall());
    expect(ring).toBeNull();
    call.become({ status: ringing() });
    expect(ring).toBe('ringback');
    expect(callsHere).toBeNull();
    call.become({ status: { phase: 'active', since: timers.now() } });
    expect(ring).toBeNull();
  });

  it('sounds at the called one until it is answered here', () => {
    const call = shown(new StubCall({ direction: 'received', status: ringing() }));
    expect(ring).toBe('ringtone');
    expect(callsHere).toBe(call.current);
    call.become({ status: { phase: 'answering' } });
    expect(ring).toBeNull();
    expect(callsHere).toBeNull();
  });

  it.each<CallEnd>(['rejected', 'cancelled', 'no_answer', 'answered_elsewhere', 'INTERNAL'])(
    'is silent after %s',
    (reason) => {
      for (const direction of ['placed', 'received'] as const) {
        const call = shown(new StubCall({ direction, status: ringing() }));
        expect(ring).not.toBeNull();
        call.over(reason);
        expect(ring).toBeNull();
        calls.set(null);
      }
    },
  );

  it('stops when the call is taken away, or the page goes', () => {
    shown(new StubCall({ direction: 'received', status: ringing() }));
    calls.set(null);
    expect(ring).toBeNull();
    shown(new StubCall({ direction: 'received', status: ringing() }));
    stop();
    expect([ring, callsHere]).toEqual([null, null]);
    expect(timers.waiting).toBe(0);
  });

  it('stops at its time even if word of the end never comes', async () => {
    shown(new StubCall({ direction: 'received', status: ringing(45_000) }));
    await timers.advance(44_999);
    expect(ring).toBe('ringtone');
    await timers.advance(1);
    expect(ring).toBeNull();
  });

  it('follows the call that took the place of one that is over', () => {
    const old = shown(new StubCall());
    old.over('busy');
    shown(new StubCall({ direction: 'received', status: ringing() }));
    old.become({ muted: true });
    expect(ring).toBe('ringtone');
  });
});

describe('when it is over', () => {
  it.each<CallEnd>(['busy', 'offline', 'rejected', 'no_answer', 'connection_lost', 'hangup'])(
    'a placed call that ended with %s stays until it is dismissed',
    (reason) => {
      shown(new StubCall()).over(reason);
      expect(dismissCall).not.toHaveBeenCalled();
    },
  );

  it.each([
    ['answered_elsewhere', 0, 'answered_elsewhere'],
    ['cancelled', 0, 'missed'],
    ['no_answer', 0, 'missed'],
    ['caller_gone', 0, 'missed'],
    ['rejected', 0, 'own_wish'],
    ['signed_out', 0, 'signed_out'],
  ] as const)('a received call that ended with %s goes by itself', (reason, ms, parting) => {
    shown(new StubCall({ direction: 'received', status: ringing() })).over(reason, ms);
    expect(partings).toEqual([parting]);
    expect(calls.current).toBeNull();
  });

  it('a received call that was talked in stays, whatever ended it', () => {
    shown(new StubCall({ direction: 'received' })).over('connection_lost', 12_000);
    expect(partings).toEqual([]);
  });

  it('goes at once after one hung up oneself', () => {
    hungUp = true;
    shown(new StubCall()).over('hangup', 12_000);
    expect(partings).toEqual(['own_wish']);
    expect(dismissCall).toHaveBeenCalledOnce();
  });
});
