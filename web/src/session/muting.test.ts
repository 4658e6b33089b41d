import { expect, it, vi } from 'vitest';
import { RequestError } from './errors.ts';
import { Muting } from './muting.ts';
import { ME, person } from './testing/fakeRoom.ts';
import { settle } from './testing/steppedTimers.ts';

const self = (muted: boolean, mutedByModerator = false) =>
  person(ME, 1, { muted, mutedByModerator });

function setUp(initial = true) {
  const tell = vi.fn<(muted: boolean) => Promise<unknown>>().mockResolvedValue({});
  const state = { online: true };
  const muting = new Muting(initial, { tell, online: () => state.online });
  return { muting, tell, state };
}

it('tells the server after the join what was wanted before', async () => {
  const { muting, tell } = setUp(true);
  const unmuted = muting.set(false);
  expect(tell).not.toHaveBeenCalled();
  muting.joined(self(true));
  await unmuted;
  expect(tell.mock.calls).toEqual([[false]]);
});

it('says nothing when both agree', async () => {
  const { muting, tell } = setUp(true);
  muting.joined(self(true));
  await muting.set(true);
  expect(tell).not.toHaveBeenCalled();
});

it('tells only the last of quick changes', async () => {
  const { muting, tell } = setUp(true);
  muting.joined(self(true));
  await Promise.all([muting.set(false), muting.set(true), muting.set(false), muting.set(true)]);
  expect(tell.mock.calls).toEqual([[false], [true]]);
});

it('tells it again after the server forgot', async () => {
  const { muting, tell } = setUp(false);
  muting.joined(self(true));
  await settle();
  muting.lost();
  muting.joined(self(true));
  await settle();
  expect(tell.mock.calls).toEqual([[false], [false]]);
  expect(muting.muted.current).toBe(false);
});

it('waits for the next join when the signal is lost', async () => {
  const { muting, tell, state } = setUp(true);
  muting.joined(self(true));
  tell.mockImplementationOnce(() => {
    state.online = false;
    muting.lost();
    return Promise.reject(RequestError.offline('mic:set'));
  });
  const unmuted = muting.set(false);
  await settle();
  expect(muting.muted.current).toBe(false);
  state.online = true;
  muting.joined(self(true));
  await unmuted;
  expect(tell).toHaveBeenCalledTimes(2);
});

it('stays muted after a moderator muted, also over a reconnect', async () => {
  const { muting, tell } = setUp(false);
  muting.joined(self(false));
  muting.changed(self(true, true), self(false));
  expect(muting.muted.current).toBe(true);
  muting.lost();
  muting.joined(self(true, true));
  await settle();
  expect(tell).not.toHaveBeenCalled();
});

it('learns from the join that a moderator muted meanwhile', async () => {
  const { muting, tell } = setUp(false);
  muting.joined(self(true, true));
  await settle();
  expect(muting.muted.current).toBe(true);
  expect(tell).not.toHaveBeenCalled();
});

it('is muted after a refusal, and says so', async () => {
  const { muting, tell } = setUp(true);
  muting.joined(self(true));
  tell.mockRejectedValueOnce(new RequestError('FORBIDDEN', ''));
  await expect(muting.set(false)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(muting.muted.current).toBe(true);
});

it('mutes again when an unanswered unmute worked after all', async () => {
  const { muting, tell } = setUp(true);
  muting.joined(self(true));
  tell.mockRejectedValueOnce(RequestError.timeout('mic:set'));
  await expect(muting.set(false)).rejects.toBeInstanceOf(RequestError);
  muting.changed(self(false), self(true));
  await settle();
  expect(tell.mock.calls).toEqual([[false], [true]]);
});

it('does not take an older notice for the answer', async () => {
  const { muting, tell } = setUp(true);
  muting.joined(self(true));
  let answer: (value: unknown) => void = () => undefined;
  tell.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const unmuted = muting.set(false);
  // The hand went up; sent before the server heard of the unmuting.
  muting.changed(self(true), self(true));
  answer({});
  await unmuted;
  expect(muting.muted.current).toBe(false);
});

it('is muted when a role took the word back before the answer came', async () => {
  const { muting, tell } = setUp(true);
  muting.joined(self(true));
  let answer: (value: unknown) => void = () => undefined;
  tell.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const unmuted = muting.set(false);
  muting.changed(self(false), self(true));
  muting.changed(self(true), self(false));
  answer({});
  await unmuted;
  expect(muting.muted.current).toBe(true);
  expect(tell.mock.calls).toEqual([[false]]);
  // And not for ever: the person may ask again.
  muting.changed(self(true), self(true));
  await muting.set(false);
  expect(tell.mock.calls).toEqual([[false], [false]]);
});

it('rejects what is open when the room ends', async () => {
  const { muting } = setUp(true);
  const unmuted = muting.set(false);
  muting.close(new RequestError('INVALID_STATE', ''));
  await expect(unmuted).rejects.toMatchObject({ code: 'INVALID_STATE' });
});

it('keeps whoever is new in a large room muted, but nobody whose seat was kept', async () => {
  const newcomer = setUp(false);
  newcomer.muting.joined(self(true), true);
  expect(newcomer.muting.muted.current).toBe(true);
  expect(newcomer.tell).not.toHaveBeenCalled();
  // They may speak whenever they want to.
  await newcomer.muting.set(false);
  expect(newcomer.tell.mock.calls).toEqual([[false]]);

  const reloaded = setUp(false);
  reloaded.muting.joined(self(false), true);
  expect(reloaded.muting.muted.current).toBe(false);
});

it('lets whoever asked to be heard during the join be heard', async () => {
  const { muting, tell } = setUp(true);
  const unmuted = muting.set(false);
  muting.joined(self(true), true);
  await unmuted;
  expect(tell.mock.calls).toEqual([[false]]);
});
