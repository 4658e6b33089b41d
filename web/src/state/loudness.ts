/** Moves the CSS variable `--level` of an element with a voice: one animation frame for all. */
import type { Attachment } from 'svelte/attachments';

interface Meter {
  readonly element: HTMLElement;
  readonly read: () => number;
  level: number;
  /** What the element has got. */
  written: number;
}

/** A ring falls from full to nothing in this time; it rises at once. */
const FALL_MS = 450;
/** Thirty drawings a second are as smooth as a voice is, at half the price of sixty. */
const DRAW_EVERY_MS = 30;
/** Smaller steps cannot be seen and would only cost a repaint. */
const STEP = 0.02;

const meters = new Set<Meter>();
let frame = 0;
let previous = 0;

function animate(now: number): void {
  if (meters.size > 0 && now - previous < DRAW_EVERY_MS) {
    frame = requestAnimationFrame(animate);
    return;
  }
  const fall = Math.min(1, (now - previous) / FALL_MS);
  previous = now;
  for (const meter of meters) {
    meter.level = Math.max(meter.read(), meter.level - fall, 0);
    const step = Math.abs(meter.level - meter.written);
    if (step === 0 || (step < STEP && meter.level > 0)) continue;
    meter.written = meter.level;
    meter.element.style.setProperty('--level', meter.level.toFixed(2));
  }
  frame = meters.size > 0 ? requestAnimationFrame(animate) : 0;
}

/** While attached, `--level` is what `read` says, 0 … 1. */
export function showLevel(read: () => number): Attachment<HTMLElement> {
  return (element) => {
    const meter: Meter = { element, read, level: 0, written: 0 };
    meters.add(meter);
    if (frame === 0) {
      previous = performance.now();
      frame = requestAnimationFrame(animate);
    }
    return () => {
      meters.delete(meter);
      element.style.removeProperty('--level');
    };
  };
}
