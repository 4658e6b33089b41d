/** What the session needs from outside, so that a test can stand in for it. */
import type { types } from 'mediasoup-client';
import type { Cameras, Microphones } from './api.ts';

export interface Timers {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once; the returned function calls it off. */
  after(ms: number, run: () => void): () => void;
  /** 0 … 1, for delays that must not fall together. */
  random(): number;
}

/**
 * By this device's clock as it was when the page was opened, and steady from then on: whoever sets
 * the clock makes no call that rings look over, and lets nobody speak for an hour.
 */
export const steadyNow = (): number => performance.timeOrigin + performance.now();

export const realTimers: Timers = {
  now: steadyNow,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  random: () => Math.random(),
};

export const pause = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve);
  });

/** Debug: the small steps; info: one line per step of a life; warn: something went wrong. */
export interface Log {
  debug(text: string, detail?: unknown): void;
  info(text: string, detail?: unknown): void;
  warn(text: string, detail?: unknown): void;
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};

export const consoleLog: Log = {
  debug: (text, detail) => {
    console.debug(`veche: ${text}`, detail ?? '');
  },
  info: (text, detail) => {
    console.info(`veche: ${text}`, detail ?? '');
  },
  warn: (text, detail) => {
    console.warn(`veche: ${text}`, detail ?? '');
  },
};

/** One text that outlives the page. */
export interface TextStore {
  read(): string | null;
  write(text: string | null): void;
}

/** Makes mediasoup-client's Device; rejects with its `UnsupportedError` in a foreign browser. */
export type CreateDevice = () => Promise<types.Device>;

export interface AccountPorts {
  /** Scheme, host and port of the server; empty for the page's own. */
  readonly origin: string;
  readonly fetch: typeof fetch;
  readonly store: TextStore;
}

export interface SessionPorts extends AccountPorts {
  /** Random per tab; see `platform/identity.ts`. */
  readonly deviceId: string;
  readonly createDevice: CreateDevice;
  readonly microphones: Microphones;
  readonly cameras: Cameras;
  readonly log: Log;
  readonly timers: Timers;
}
