/**
 * Rings. One object, told what should sound now: there is no other way to start a sound, so none
 * can be left over. Where the browser lets nothing play yet, it is silent until it may.
 */
import { renderRing, type Ring } from './tones.ts';

interface Sounding {
  readonly ring: Ring;
  readonly stop: () => void;
}

/** Cut off at once, a sound clicks. */
const FADE_S = 0.06;

export class Ringer {
  readonly #make: () => AudioContext;
  #context: AudioContext | null = null;
  #sounding: Sounding | null = null;
  #unlocked = false;

  constructor(make: () => AudioContext = () => new AudioContext()) {
    this.#make = make;
  }

  /** From now on exactly this sounds, over and over; null: nothing. */
  ring(wanted: Ring | null): void {
    if (wanted === (this.#sounding?.ring ?? null)) return;
    this.#sounding?.stop();
    this.#sounding = null;
    const context = wanted && this.#open();
    if (!wanted || !context) return;
    this.#sounding = { ring: wanted, stop: play(context, wanted, this.#rest) };
    void this.#wake(context);
  }

  /** Call from a gesture: browsers let a page sound only after one. */
  unlock = (): void => {
    if (this.#unlocked) return;
    const context = this.#open();
    if (context) void this.#wake(context);
  };

  #open(): AudioContext | null {
    try {
      this.#context ??= this.#make();
    } catch {
      // A machine without sound: a call is still seen.
    }
    return this.#context;
  }

  async #wake(context: AudioContext): Promise<void> {
    try {
      // Without a gesture this waits for one.
      await context.resume();
      this.#unlocked = true;
      this.#rest();
    } catch {
      // Silent then; the next ring or gesture tries again.
    }
  }

  /** A context that runs keeps the sound card awake. */
  #rest = (): void => {
    if (!this.#sounding) this.#context?.suspend().catch(() => undefined);
  };
}

/** Starts a circle; the returned function ends it, and `ended` follows when it has faded. */
function play(context: AudioContext, ring: Ring, ended: () => void): () => void {
  const samples = renderRing(ring, context.sampleRate);
  const buffer = context.createBuffer(1, samples.length, context.sampleRate);
  buffer.copyToChannel(samples, 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.loop = true;
  const gain = context.createGain();
  source.connect(gain).connect(context.destination);
  source.start();
  return () => {
    if (context.state !== 'running') {
      // Time stands still there, so a fade would sound when it goes on.
      source.stop();
      gain.disconnect();
      return;
    }
    gain.gain.setTargetAtTime(0, context.currentTime, FADE_S / 5);
    source.onended = () => {
      gain.disconnect();
      ended();
    };
    source.stop(context.currentTime + FADE_S);
  };
}
