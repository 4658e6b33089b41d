/**
 * Whether anything still arrives over a transport. A browser takes a path for lost only after 5 s and
 * more; its checks that stay unanswered tell it earlier.
 */
import { pause, type Timers } from './ports.ts';

const LOOK_EVERY_MS = 500;
/** On a quiet path a browser checks every 2.5 s, and more often while it has no answer. */
const SILENT_MS = 3000;
/** Fewer may just be on their way. */
const UNANSWERED = 3;

/** Since the transport was made. */
export interface Signs {
  /** Bytes, and answers to checks. */
  readonly arrived: number;
  /** Checks that were sent. */
  readonly checks: number;
  readonly roundTripMs: number;
}

/** Whether it is silent now, given what was there when something last arrived. */
export function isSilent(last: Signs, now: Signs, sinceMs: number): boolean {
  return (
    now.arrived <= last.arrived &&
    now.checks - last.checks >= UNANSWERED &&
    sinceMs >= SILENT_MS + last.roundTripMs
  );
}

/** Adds up what the browser reports of all paths of a transport. */
export function signsOf(report: RTCStatsReport): Signs {
  const sum = { arrived: 0, checks: 0, roundTripMs: 0 };
  report.forEach((entry: Record<string, unknown>) => {
    if (entry['type'] !== 'candidate-pair') return;
    const number = (key: string): number => (typeof entry[key] === 'number' ? entry[key] : 0);
    sum.arrived += number('bytesReceived') + number('responsesReceived');
    sum.checks += number('requestsSent') + number('consentRequestsSent');
    sum.roundTripMs = Math.max(sum.roundTripMs, number('currentRoundTripTime') * 1000);
  });
  return sum;
}

export interface SilencePorts {
  /** Null while the transport is not connected. */
  readonly report: () => Promise<RTCStatsReport | null>;
  readonly silent: () => void;
  /** Something arrives again. */
  readonly heard: () => void;
  readonly timers: Timers;
}

/** Looks twice a second until the returned function is called. */
export function watchSilence({ report, silent, heard, timers }: SilencePorts): () => void {
  let over = false;
  const isOver = (): boolean => over;
  const watch = async (): Promise<void> => {
    let last: { readonly signs: Signs; readonly at: number } | null = null;
    let wasSilent = false;
    while (!isOver()) {
      await pause(timers, LOOK_EVERY_MS);
      const read = isOver() ? null : await report().catch(() => null);
      if (isOver()) return;
      const signs = read && signsOf(read);
      const at = timers.now();
      if (!signs || !last) {
        last = signs && { signs, at };
      } else if (signs.arrived > last.signs.arrived) {
        last = { signs, at };
        if (wasSilent) heard();
        wasSilent = false;
      } else if (signs.arrived < last.signs.arrived) {
        // A path is forgotten, and what it counted: that says nothing.
        last = { signs, at: last.at };
      } else if (!wasSilent && isSilent(last.signs, signs, at - last.at)) {
        wasSilent = true;
        silent();
      }
    }
  };
  void watch();
  return () => {
    over = true;
  };
}
