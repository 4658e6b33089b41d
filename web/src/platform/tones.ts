/** The sounds of calls, made of numbers: one turn of each, to be played in a circle. */

/** What the called one hears, and what the calling one hears. */
export type Ring = 'ringtone' | 'ringback';

interface Note {
  /** Seconds from the start of the turn. */
  readonly at: number;
  readonly hz: number;
  readonly seconds: number;
  /** 0 … 1. */
  readonly loudness: number;
  /** Struck like a bell, or held like a tone of the telephone. */
  readonly struck: boolean;
}

interface Score {
  readonly seconds: number;
  readonly notes: readonly Note[];
}

const [HIGH_HZ, LOW_HZ] = [783.99, 659.26];
const bell = (at: number, hz: number): Note => ({
  at,
  hz,
  seconds: 1.4,
  loudness: 0.24,
  struck: true,
});

const SCORES: Readonly<Record<Ring, Score>> = {
  // Two bells, twice, and a rest: heard across a room, bearable for 45 s.
  ringtone: {
    seconds: 3.2,
    notes: [bell(0, HIGH_HZ), bell(0.26, LOW_HZ), bell(0.84, HIGH_HZ), bell(1.1, LOW_HZ)],
  },
  // What European exchanges play while it rings elsewhere.
  ringback: {
    seconds: 4,
    notes: [{ at: 0, hz: 425, seconds: 1, loudness: 0.09, struck: false }],
  },
};

/** Overtones of a small bell: how high, how loud; higher ones die sooner. */
const OVERTONES = [
  [1, 1],
  [2, 0.32],
  [3.01, 0.14],
  [4.17, 0.06],
] as const;
/** A struck note falls to a third in this time. */
const FALL_S = 0.24;
/** Without it each start and end would click. */
const EDGE_S = 0.012;

/** One turn, −1 … 1; it begins and ends in silence. */
export function renderRing(ring: Ring, sampleRate: number): Float32Array<ArrayBuffer> {
  const { seconds, notes } = SCORES[ring];
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  for (const note of notes) {
    const start = Math.round(note.at * sampleRate);
    const length = Math.round(note.seconds * sampleRate);
    for (let index = 0; index < length; index += 1) {
      const here = samples[start + index] ?? 0;
      samples[start + index] = here + sampleOf(note, index / sampleRate);
    }
  }
  return samples;
}

function sampleOf({ hz, seconds, loudness, struck }: Note, time: number): number {
  const edge = Math.min(1, time / EDGE_S, (seconds - time) / EDGE_S);
  if (!struck) return loudness * edge * Math.sin(2 * Math.PI * hz * time);
  let sum = 0;
  for (const [height, share] of OVERTONES) {
    sum += share * Math.exp((-time * height) / FALL_S) * Math.sin(2 * Math.PI * hz * height * time);
  }
  return loudness * edge * sum;
}
