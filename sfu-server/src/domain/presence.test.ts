import { expect, it } from 'vitest';
import { connect, devicesOf, disconnect, isOnline } from './presence.ts';
import type { PresenceState } from './presence.ts';
import { deviceOf, userOf } from './testing.ts';

const { id } = userOf('ana');
const phone = deviceOf('phone');
const desk = deviceOf('desktop');
const nobody: PresenceState = new Map();

it('is online with the first device and offline with the last', () => {
  const first = connect(nobody, id, phone, 1);
  expect(first).toMatchObject({ replaced: null, cameOnline: true });
  const second = connect(first.state, id, desk, 2);
  expect(second.cameOnline).toBe(false);
  expect(devicesOf(second.state, id)).toEqual([phone, desk]);
  const one = disconnect(second.state, id, phone, 1);
  expect(one).toMatchObject({ current: true, wentOffline: false });
  const none = disconnect(one.state, id, desk, 2);
  expect(none.wentOffline).toBe(true);
  expect(isOnline(none.state, id)).toBe(false);
  expect(none.state.size).toBe(0);
});

it('takes no harm from the late end of a replaced connection', () => {
  const first = connect(nobody, id, phone, 1);
  const second = connect(first.state, id, phone, 2);
  expect(second).toMatchObject({ replaced: 1, cameOnline: false });
  const late = disconnect(second.state, id, phone, 1);
  expect(late).toMatchObject({ current: false, wentOffline: false });
  expect(isOnline(late.state, id)).toBe(true);
});
