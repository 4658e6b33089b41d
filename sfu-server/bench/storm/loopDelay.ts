/** How long the server's event loop lets others wait, out of its metrics. Pure. */

/** The metrics watch a timer of this interval, so that it is in all that they say. ms */
const INTERVAL_MS = 10;

/** Since the metrics were read before, ms. */
export const loopDelayIn = (metrics: ReadonlyMap<string, number>) => ({
  p50: late(metrics, 'p50'),
  p99: late(metrics, 'p99'),
  max: late(metrics, 'max'),
});

const late = (metrics: ReadonlyMap<string, number>, what: string): number => {
  const seconds = metrics.get(`nodejs_eventloop_lag_${what}_seconds`);
  if (seconds === undefined) throw new Error(`the server does not say its event loop's ${what}`);
  return Math.max(0, seconds * 1000 - INTERVAL_MS);
};
