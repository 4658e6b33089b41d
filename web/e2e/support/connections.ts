/** What the media connections of a page under test do, by their own count. */
import type { Page } from 'playwright-core';
import { until } from '../../../sfu-server/test/support/wait.ts';

declare global {
  interface Window {
    /** All that the page ever made. */
    connections: RTCPeerConnection[];
    /** Of all of them. */
    negotiations: number;
  }
}

/** Runs in the page, before it makes any. */
export const installConnections = (): void => {
  window.connections = [];
  window.negotiations = 0;
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      window.connections.push(this);
      this.addEventListener('signalingstatechange', () => {
        if (this.signalingState === 'stable') window.negotiations += 1;
      });
    }
  };
};

/**
 * The sum of one count over all streams of sound of a page.
 * @param count as https://www.w3.org/TR/webrtc-stats names it
 */
export const counted = (
  page: Page,
  direction: 'inbound-rtp' | 'outbound-rtp',
  count: string,
): Promise<number> =>
  page.evaluate(
    async ([wanted, name]) => {
      let sum = 0;
      for (const connection of window.connections) {
        (await connection.getStats()).forEach((entry: Record<string, unknown>) => {
          const value = entry['type'] === wanted && entry['kind'] === 'audio' ? entry[name] : 0;
          if (typeof value === 'number') sum += value;
        });
      }
      return sum;
    },
    [direction, count] as const,
  );

/** So much sound says how long it was held back, in samples of all streams together. */
const ENOUGH_SAMPLES = 24_000;

/** How long a page holds back the sound that comes before it plays it, now, ms. */
export const heldBack = async (page: Page): Promise<number> => {
  const read = async () => ({
    seconds: await counted(page, 'inbound-rtp', 'jitterBufferDelay'),
    samples: await counted(page, 'inbound-rtp', 'jitterBufferEmittedCount'),
  });
  const before = await read();
  const after = await until(async () => {
    const now = await read();
    return now.samples - before.samples > ENOUGH_SAMPLES ? now : undefined;
  }, 'half a second of sound is played');
  // The delay is the sum of those of all samples.
  return ((after.seconds - before.seconds) / (after.samples - before.samples)) * 1000;
};
