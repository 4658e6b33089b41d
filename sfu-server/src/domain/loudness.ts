/**
 * How loud somebody is, and whether that is speech: told by the levels of their packets alone.
 * Levels are those of RFC 6464, in dBov: 0 is the loudest, −127 silence.
 */
export interface SpeechOptions {
  /** Quieter than this is not speech, dBov. */
  readonly gateDbov: number;
  /** Speech stands out from the speaker's own noise by this much, dB. */
  readonly aboveNoiseDb: number;
}

/** Weight of the newest packet in the level that is compared. */
const NEWEST = 0.5;
/**
 * How fast the loudness of somebody fades in a pause, dB/s: a gap between two words does not make a
 * loud speaker the quietest.
 */
const FADE_DB_PER_S = 20;
/** After a gap of this length the level is that of the next packet alone, ms. */
const FORGET_MS = 150;
/** Whoever sends nothing for longer than this is silent, ms. */
const PAUSE_MS = 150;
/**
 * A speaker's noise is the least level of this time and of as much before it, ms. Until so much was
 * heard of somebody it is not known, and everything loud enough is speech.
 */
const NOISE_MS = 3000;
const SILENCE = -127;
/** How loud a packet without a level is taken to be, dBov. */
const COMMON_LEVEL = -30;

export class Loudness {
  readonly #options: SpeechOptions;
  #level = SILENCE;
  #loudness = SILENCE;
  #heardAt = -Infinity;
  #spokeAt = -Infinity;
  #untoldAt = -Infinity;
  #noise = 0;
  #noiseBefore = 0;
  #noiseSince: number;
  readonly #noiseFrom: number;

  constructor(options: SpeechOptions, now: number) {
    this.#options = options;
    this.#noiseSince = now;
    this.#noiseFrom = now;
  }

  /** Of the newest packets. */
  get level(): number {
    return this.#level;
  }

  /** The same with pauses bridged. */
  get loudness(): number {
    return this.#loudness;
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  /** When it last was speech. */
  get spokeAt(): number {
    return this.#spokeAt;
  }

  /** Some packets of late had no level: nothing tells its speech from its noise. */
  isUntold(now: number): boolean {
    return now - this.#untoldAt < NOISE_MS;
  }

  /**
   * Takes a level in; whether it is speech.
   * @param level null where the packet has none: it is speech of common loudness, unless it is the
   *   only one for a while, as DTX sends them in silence
   */
  measure(level: number | null, now: number, pausedMs: number): boolean {
    this.#average(level ?? COMMON_LEVEL, now);
    this.#heardAt = now;
    if (level === null) this.#untoldAt = now;
    const speaks = level === null ? pausedMs <= PAUSE_MS : this.#isAboveNoise(level, now, pausedMs);
    if (speaks) this.#spokeAt = now;
    return speaks;
  }

  #isAboveNoise(level: number, now: number, pausedMs: number): boolean {
    const { gateDbov, aboveNoiseDb } = this.#options;
    const noise = this.#noiseWith(level, now, pausedMs);
    // The first packet of a word counts at once; the average would swallow it.
    const loudest = Math.max(level, this.#level);
    return loudest > gateDbov && loudest - noise >= aboveNoiseDb;
  }

  #average(level: number, now: number): void {
    const sinceMs = now - this.#heardAt;
    this.#level = sinceMs > FORGET_MS ? level : NEWEST * level + (1 - NEWEST) * this.#level;
    this.#loudness = Math.max(this.#level, this.#loudness - (FADE_DB_PER_S * sinceMs) / 1000);
  }

  #noiseWith(level: number, now: number, pausedMs: number): number {
    if (now - this.#noiseSince > NOISE_MS) {
      this.#noiseBefore = this.#noise;
      this.#noise = level;
      this.#noiseSince = now;
    }
    this.#noise = pausedMs > PAUSE_MS ? SILENCE : Math.min(this.#noise, level);
    const known = now - this.#noiseFrom > NOISE_MS;
    return known ? Math.min(this.#noise, this.#noiseBefore) : SILENCE;
  }
}
