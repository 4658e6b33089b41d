import { ParticipantId } from '@veche/protocol';
import { expect, it } from 'vitest';
import { Speaking } from './speaking.ts';
import { SteppedTimers } from './testing/steppedTimers.ts';

const ben = { participantId: ParticipantId.parse('ben'), level: -20 };

it('holds the last set and forgets it when it is not repeated', async () => {
  const timers = new SteppedTimers();
  const speaking = new Speaking(timers);
  speaking.hear([ben]);
  expect([...speaking.current]).toEqual([['ben', -20]]);
  await timers.advance(1500);
  speaking.hear([ben]);
  await timers.advance(1500);
  expect(speaking.current.size).toBe(1);
  await timers.advance(500);
  expect(speaking.current.size).toBe(0);
});

it('is silent about silence', () => {
  const speaking = new Speaking(new SteppedTimers());
  let changes = 0;
  speaking.subscribe(() => (changes += 1));
  speaking.hear([]);
  expect(changes).toBe(0);
  speaking.hear([ben]);
  speaking.hear([]);
  expect(changes).toBe(2);
});
