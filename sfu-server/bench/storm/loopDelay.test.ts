import { expect, it } from 'vitest';
import { loopDelayIn } from './loopDelay.ts';

it('the delay of the event loop is what a timer of 10 ms comes late', () => {
  const metrics = new Map([
    ['nodejs_eventloop_lag_p50_seconds', 0.0099],
    ['nodejs_eventloop_lag_p99_seconds', 0.0125],
    ['nodejs_eventloop_lag_max_seconds', 0.05],
  ]);
  expect(loopDelayIn(metrics)).toEqual({ p50: 0, p99: 2.5, max: 40 });
  expect(() => loopDelayIn(new Map())).toThrow('event loop');
});
