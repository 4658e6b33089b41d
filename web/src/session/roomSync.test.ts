import type { Snapshot } from '@veche/protocol';
import { expect, it, vi } from 'vitest';
import { RequestError } from './errors.ts';
import { silentLog } from './ports.ts';
import { RoomSync } from './roomSync.ts';
import { person } from './testing/fakeRoom.ts';
import { change, message, notice, snapshot } from './testing/snapshots.ts';
import { settle, SteppedTimers } from './testing/steppedTimers.ts';

const joined = (id: string, revision: number) =>
  change('room:participant-joined', revision, { participant: person(id, revision) });
const ids = (shown: Snapshot | null) => shown?.participants.map(({ id }) => id).slice(1);

function setUp() {
  const timers = new SteppedTimers();
  const fetchSnapshot = vi.fn<() => Promise<Snapshot>>();
  const notInRoom = vi.fn<() => void>();
  const shown: { current: Snapshot | null } = { current: null };
  const sync = new RoomSync({
    fetchSnapshot,
    changed: (now) => {
      shown.current = now;
    },
    happened: () => undefined,
    notInRoom,
    timers,
    log: silentLog,
  });
  return { sync, timers, fetchSnapshot, notInRoom, shown };
}

it('applies after the join what came before it', () => {
  const { sync, shown } = setUp();
  sync.take(joined('nobody', 9));
  sync.hold();
  sync.take(joined('old', 10));
  sync.take(joined('ben', 11));
  sync.take(notice('chat:message', message('m1')));
  expect(shown.current).toBeNull();
  sync.reset(snapshot());
  expect(ids(shown.current)).toEqual(['ben']);
  expect(shown.current?.chat).toHaveLength(1);
});

it('asks once for a snapshot over a gap and goes on from there', async () => {
  const { sync, shown, fetchSnapshot } = setUp();
  sync.reset(snapshot());
  let answer: (fresh: Snapshot) => void = () => undefined;
  fetchSnapshot.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  sync.take(joined('cleo', 12));
  sync.take(joined('dan', 13));
  sync.take(joined('eve', 14));
  expect(fetchSnapshot).toHaveBeenCalledTimes(1);
  const participants = [...snapshot().participants, person('ben', 2), person('cleo', 3)];
  answer(snapshot({ revision: 12, participants }));
  await settle();
  expect(ids(shown.current)).toEqual(['ben', 'cleo', 'dan', 'eve']);
  expect(shown.current?.revision).toBe(14);
});

it('asks again if there is still a gap', async () => {
  const { sync, shown, fetchSnapshot } = setUp();
  sync.reset(snapshot());
  fetchSnapshot
    .mockResolvedValueOnce(snapshot({ revision: 12 }))
    .mockResolvedValueOnce(snapshot({ revision: 20 }));
  sync.take(joined('a', 12));
  sync.take(joined('b', 15));
  await settle();
  expect(fetchSnapshot).toHaveBeenCalledTimes(2);
  expect(shown.current?.revision).toBe(20);
});

it('tries again when the snapshot does not come', async () => {
  const { sync, shown, timers, fetchSnapshot } = setUp();
  sync.reset(snapshot());
  fetchSnapshot
    .mockRejectedValueOnce(RequestError.timeout('room:snapshot'))
    .mockResolvedValueOnce(snapshot({ revision: 12 }));
  sync.take(joined('a', 12));
  await settle();
  await timers.advance(500);
  expect(shown.current?.revision).toBe(12);
});

it('leaves it to the next join when the connection is lost meanwhile', async () => {
  const { sync, shown, timers, fetchSnapshot } = setUp();
  sync.reset(snapshot());
  let answer: (fresh: Snapshot) => void = () => undefined;
  fetchSnapshot.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  sync.take(joined('a', 12));
  sync.hold();
  // The server started anew: its revisions are lower now.
  sync.reset(snapshot({ revision: 2 }));
  answer(snapshot({ revision: 12 }));
  await timers.advance(10_000);
  expect(shown.current?.revision).toBe(2);
  sync.take(joined('b', 3));
  expect(shown.current?.revision).toBe(3);
  expect(fetchSnapshot).toHaveBeenCalledTimes(1);
});

it('says when it is not in the room', async () => {
  const { sync, notInRoom, fetchSnapshot } = setUp();
  sync.reset(snapshot());
  fetchSnapshot.mockRejectedValueOnce(new RequestError('NOT_FOUND', ''));
  sync.take(joined('a', 12));
  await settle();
  expect(notInRoom).toHaveBeenCalledOnce();
});
