import { beforeEach, expect, it, vi } from 'vitest';
import { IceRecovery } from './iceRecovery.ts';
import { SteppedTimers } from './testing/steppedTimers.ts';

const restart = vi.fn<() => Promise<void>>();
const giveUp = vi.fn<() => void>();
let online = true;
let timers: SteppedTimers;
let recovery: IceRecovery;

beforeEach(() => {
  vi.resetAllMocks();
  restart.mockResolvedValue();
  online = true;
  timers = new SteppedTimers();
  recovery = new IceRecovery({ restart, giveUp, online: () => online, timers });
});

it('restarts at once, after 2 and 6 s when failed, then gives up', async () => {
  recovery.follow('failed');
  expect(restart).toHaveBeenCalledTimes(1);
  await timers.advance(2000);
  expect(restart).toHaveBeenCalledTimes(2);
  await timers.advance(4000);
  expect(restart).toHaveBeenCalledTimes(3);
  expect(giveUp).not.toHaveBeenCalled();
  await timers.advance(4000);
  expect(giveUp).toHaveBeenCalledTimes(1);
});

it('bears with a short disconnection', async () => {
  recovery.follow('disconnected');
  await timers.advance(2900);
  recovery.follow('connected');
  await timers.advance(20_000);
  expect(restart).not.toHaveBeenCalled();
  expect(timers.waiting).toBe(0);
});

it('does not wait for the end of a grace once it has failed', async () => {
  recovery.follow('connecting');
  await timers.advance(1000);
  recovery.follow('failed');
  expect(restart).toHaveBeenCalledTimes(1);
});

it('stops when it is connected again, whatever came between', async () => {
  recovery.follow('failed');
  await timers.advance(1000);
  recovery.follow('connecting');
  recovery.follow('connected');
  await timers.advance(20_000);
  expect(restart).toHaveBeenCalledTimes(1);
  expect(giveUp).not.toHaveBeenCalled();
});

it('has one restart at a time', async () => {
  restart.mockReturnValue(new Promise(() => undefined));
  recovery.follow('failed');
  await timers.advance(6000);
  expect(restart).toHaveBeenCalledTimes(1);
});

it('does nothing without signalling and starts over with it', async () => {
  online = false;
  recovery.follow('failed');
  await timers.advance(20_000);
  expect(restart).not.toHaveBeenCalled();
  expect(giveUp).not.toHaveBeenCalled();
  online = true;
  recovery.check('failed');
  expect(restart).toHaveBeenCalledTimes(1);
});

it('has nothing to do for a healthy transport', async () => {
  recovery.check('connected');
  await timers.advance(20_000);
  expect(restart).not.toHaveBeenCalled();
});

it('does not wait for the browser when nothing arrives', async () => {
  recovery.follow('connected');
  recovery.silent();
  expect(restart).toHaveBeenCalledTimes(1);
  recovery.follow('disconnected');
  await timers.advance(2000);
  expect(restart).toHaveBeenCalledTimes(2);
  recovery.heard();
  await timers.advance(20_000);
  expect(restart).toHaveBeenCalledTimes(2);
  expect(giveUp).not.toHaveBeenCalled();
});

it('goes on with a silence when signalling is back, though the state says nothing of it', () => {
  online = false;
  recovery.silent();
  expect(restart).not.toHaveBeenCalled();
  online = true;
  recovery.check('connected');
  expect(restart).toHaveBeenCalledTimes(1);
});
