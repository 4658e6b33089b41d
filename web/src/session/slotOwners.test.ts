import { beforeEach, describe, expect, it } from 'vitest';
import { SlotOwners } from './slotOwners.ts';
import { SteppedTimers } from './testing/steppedTimers.ts';

let timers: SteppedTimers;
let owners: SlotOwners;
let sources: Partial<RTCRtpContributingSource>[];
const receiver = { getContributingSources: () => sources } as unknown as RTCRtpReceiver;
const heard = (source: number, timestamp: number, audioLevel = 0.1) => {
  sources = [...sources, { source, timestamp, audioLevel }];
};
const voice = () => owners.voices.current.get('slot:0');

beforeEach(() => {
  timers = new SteppedTimers();
  owners = new SlotOwners(timers);
  sources = [];
  owners.follow([{ producerId: 'slot:0', receiver }]);
});

describe('the owner of a slot', () => {
  it('is whoever contributed last', async () => {
    heard(7, 1000);
    await timers.advance(100);
    expect(voice()).toEqual({ number: 7, level: -20, speaks: true });
    expect(owners.level(7)).toBeGreaterThan(0);
    heard(9, 2000);
    await timers.advance(100);
    expect(voice()?.number).toBe(9);
    expect(owners.level(7)).toBe(0);
  });

  it('stays when the voice is gone, but does not speak', async () => {
    heard(7, 1000);
    await timers.advance(100);
    await timers.advance(400);
    expect(voice()?.speaks).toBe(true);
    await timers.advance(300);
    expect(voice()).toMatchObject({ number: 7, speaks: false });
    expect(owners.level(7)).toBe(0);
  });

  it('does not speak by noise', async () => {
    heard(7, 1000, 0.001);
    await timers.advance(100);
    expect(voice()).toMatchObject({ number: 7, speaks: false });
  });

  it('is told only when something changes', async () => {
    let changes = 0;
    owners.voices.subscribe(() => (changes += 1));
    for (let tick = 0; tick < 10; tick++) {
      heard(7, 1000 + tick);
      await timers.advance(100);
    }
    expect(changes).toBe(1);
  });

  it('is nobody where there are no slots', async () => {
    heard(7, 1000);
    await timers.advance(100);
    owners.follow([]);
    expect(owners.voices.current.size).toBe(0);
    expect(timers.waiting).toBe(0);
  });

  it('is nobody in a browser that cannot tell', async () => {
    owners.follow([{ producerId: 'slot:0', receiver: {} as RTCRtpReceiver }]);
    await timers.advance(100);
    expect(voice()).toBeUndefined();
  });
});
