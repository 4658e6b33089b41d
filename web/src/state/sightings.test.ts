import { MAX_IDS_PER_REQUEST, UserId } from '@veche/protocol';
import { beforeEach, expect, it, vi } from 'vitest';
import { SteppedTimers } from '../session/testing/steppedTimers.ts';
import { Sightings } from './sightings.ts';

const [ana, bo] = ['ana', 'bo'].map((id) => UserId.parse(id)) as [UserId, UserId];
const watchPeople = vi.fn<(ids: readonly UserId[]) => void>();
let timers: SteppedTimers;
let sightings: Sightings;

beforeEach(() => {
  watchPeople.mockClear();
  timers = new SteppedTimers();
  sightings = new Sightings({ watchPeople }, (ms, run) => timers.after(ms, run));
});

it('watches exactly those who are in sight, once scrolling has settled', async () => {
  sightings.enter(ana);
  sightings.enter(bo);
  expect(watchPeople).not.toHaveBeenCalled();
  await timers.advance(1000);
  expect(watchPeople.mock.calls).toEqual([[[ana, bo]]]);
  sightings.leave(ana);
  await timers.advance(1000);
  expect(watchPeople.mock.lastCall).toEqual([[bo]]);
});

it('does not ask again when the same people are back in sight', async () => {
  sightings.enter(ana);
  await timers.advance(1000);
  sightings.leave(ana);
  sightings.enter(ana);
  await timers.advance(1000);
  expect(watchPeople).toHaveBeenCalledOnce();
});

it('never asks for more people than a request may name', async () => {
  for (let index = 0; index < MAX_IDS_PER_REQUEST + 5; index += 1) {
    sightings.enter(UserId.parse(`user-${index}`));
  }
  await timers.advance(1000);
  expect(watchPeople.mock.lastCall?.[0]).toHaveLength(MAX_IDS_PER_REQUEST);
});

it('watches nobody after the list is gone', async () => {
  sightings.enter(ana);
  await timers.advance(1000);
  sightings.leave(ana);
  sightings.close();
  expect(watchPeople.mock.lastCall).toEqual([[]]);
  await timers.advance(1000);
  expect(watchPeople).toHaveBeenCalledTimes(2);
});
