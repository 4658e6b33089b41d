import { beforeEach, expect, it, vi } from 'vitest';
import { Observable, type CallSession } from '../../session/index.ts';
import { CallDesk } from './callDesk.ts';
import { StubCall } from './testing/stubCall.ts';

let calls: Observable<CallSession | null>;
let desk: CallDesk;
const placeCall = vi.fn(() => {
  const call = new StubCall({ media: 'video' });
  calls.set(call);
  return call;
});

beforeEach(() => {
  calls = new Observable<CallSession | null>(null);
  placeCall.mockClear();
  desk = new CallDesk({
    call: calls,
    placeCall,
    dismissCall: () => {
      calls.set(null);
    },
  });
});

const shown = (change: ConstructorParameters<typeof StubCall>[0] = {}): StubCall => {
  const call = new StubCall(change);
  calls.set(call);
  return call;
};

it('shows the call there is', () => {
  expect([desk.call, desk.view, desk.live]).toEqual([null, null, false]);
  const call = shown();
  expect(desk.view).toBe(call.current);
  expect(desk.live).toBe(true);
  call.over('busy');
  expect(desk.live).toBe(false);
});

it('calls the same person with the same media again, once it is over', () => {
  const call = shown({ media: 'video' });
  desk.again();
  expect(placeCall).not.toHaveBeenCalled();
  call.over('no_answer');
  desk.again();
  expect(placeCall).toHaveBeenCalledExactlyOnceWith(call.current.peer, 'video');
});

it('remembers who hung up, of this call only', async () => {
  const call = shown();
  expect(desk.hungUp).toBe(false);
  await desk.end();
  expect(call.end).toHaveBeenCalledOnce();
  expect(desk.hungUp).toBe(true);
  shown();
  expect(desk.hungUp).toBe(false);
});

it('declines and answers the call there is, and none otherwise', async () => {
  await Promise.all([desk.end(), desk.decline(), desk.answer('audio')]);
  const call = shown({ direction: 'received' });
  await desk.answer('video');
  await desk.decline();
  expect(call.answer).toHaveBeenCalledExactlyOnceWith('video');
  expect(call.reject).toHaveBeenCalledOnce();
});
