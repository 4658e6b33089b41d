import pino from 'pino';
import { expect, it } from 'vitest';
import { mediasoupLog } from './workerLog.ts';

it('writes some lines at once, then one a second, and says how many it left out', () => {
  const lines: unknown[] = [];
  const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  let now = 0;
  const { onwarn, onerror } = mediasoupLog(log, () => now);
  for (let i = 0; i < 10_000; i++) onwarn('mediasoup:WARN:Channel', `packet ${i}`);
  expect(lines).toHaveLength(50);
  expect(lines.at(-1)).toMatchObject({ msg: 'packet 49', source: 'mediasoup:WARN:Channel' });
  now = 1000;
  onerror('mediasoup:ERROR:Worker', 'died', new Error('why'));
  onerror('mediasoup:ERROR:Worker', 'died again');
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toMatchObject({ msg: 'died', leftOut: 9950, err: { message: 'why' } });
  now = 2000;
  onwarn('mediasoup:WARN:Channel', 'later');
  expect(lines.at(-1)).toMatchObject({ msg: 'later', leftOut: 1 });
  now = 60_000;
  onwarn('mediasoup:WARN:Channel', 'calm');
  expect(lines.at(-1)).not.toHaveProperty('leftOut');
});
