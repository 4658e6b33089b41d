/**
 * Who speaks in the slots of a large room: the packets themselves say so, by CSRC, so that a change
 * of speaker needs no message.
 */
import type { Subscription } from './consumers.ts';
import { loudness } from './levels.ts';
import { Observable } from './observable.ts';
import type { Timers } from './ports.ts';

/** What arrives in one slot. */
export interface SlotReceiver {
  readonly producerId: string;
  readonly receiver: RTCRtpReceiver | undefined;
}

/** The slots among what arrives, as far as it flows. */
export const slotsOf = (subscriptions: readonly Subscription[]): SlotReceiver[] =>
  subscriptions.flatMap(({ wanted, state, consumer }) =>
    wanted.participantId === null && state === 'flowing'
      ? [{ producerId: wanted.producerId, receiver: consumer.rtpReceiver }]
      : [],
  );

export interface SlotVoice {
  /** Of the participant whose packets arrived last. */
  readonly number: number;
  /** dBov, −127 … 0. */
  readonly level: number;
  /** Packets with a voice in them arrive just now. */
  readonly speaks: boolean;
}

const LOOK_EVERY_MS = 100;
/** Without a newer packet for this long the turn is over; bridges pauses between words. */
const HOLD_MS = 600;
/** Quieter than this is no speech, dBov. */
const GATE_DBOV = -50;
const SILENCE_DBOV = -127;

interface Seen {
  readonly timestamp: number;
  readonly at: number;
  readonly spokeAt: number;
}

export class SlotOwners {
  readonly #timers: Timers;
  #receivers: readonly SlotReceiver[] = [];
  readonly #seen = new Map<string, Seen>();
  #cancel: (() => void) | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** By the slot's producer id; the same map while nothing but levels changes. */
  readonly voices = new Observable<ReadonlyMap<string, SlotVoice>>(new Map());

  follow(receivers: readonly SlotReceiver[]): void {
    this.#receivers = receivers;
    if (receivers.length === 0) this.close();
    else this.#cancel ??= this.#timers.after(0, this.#look);
  }

  /** Present loudness of a participant, 0 … 1. */
  level(number: number): number {
    for (const voice of this.voices.current.values()) {
      if (voice.number === number && voice.speaks) return loudness(10 ** (voice.level / 20));
    }
    return 0;
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#seen.clear();
    this.voices.set(new Map());
  }

  #look = (): void => {
    const now = this.#timers.now();
    const voices = new Map<string, SlotVoice>();
    for (const { producerId, receiver } of this.#receivers) {
      const voice = this.#read(producerId, receiver, now);
      if (voice) voices.set(producerId, voice);
    }
    if (!sameVoices(voices, this.voices.current)) this.voices.set(voices);
    this.#cancel = this.#timers.after(LOOK_EVERY_MS, this.#look);
  };

  #read(producerId: string, receiver: RTCRtpReceiver | undefined, now: number): SlotVoice | null {
    const source = newestContributor(receiver);
    if (!source) return null;
    const level = source.audioLevel ? 20 * Math.log10(source.audioLevel) : SILENCE_DBOV;
    const before = this.#seen.get(producerId);
    const isNew = source.timestamp !== before?.timestamp;
    const spokeAt = isNew && level > GATE_DBOV ? now : (before?.spokeAt ?? -Infinity);
    if (isNew || before.spokeAt !== spokeAt) {
      this.#seen.set(producerId, { timestamp: source.timestamp, at: now, spokeAt });
    }
    const speaks = now - spokeAt < HOLD_MS;
    return { number: source.source, level: Math.max(SILENCE_DBOV, Math.round(level)), speaks };
  }
}

/** Browsers keep ten seconds of contributors: the newest is the one who speaks. */
function newestContributor(receiver: RTCRtpReceiver | undefined): RTCRtpContributingSource | null {
  if (typeof receiver?.getContributingSources !== 'function') return null;
  let newest: RTCRtpContributingSource | null = null;
  for (const source of receiver.getContributingSources()) {
    if (!newest || source.timestamp > newest.timestamp) newest = source;
  }
  return newest;
}

/** A change of level alone is for the eye, which asks by itself. */
const LEVEL_STEP_DB = 6;

const sameVoices = (
  a: ReadonlyMap<string, SlotVoice>,
  b: ReadonlyMap<string, SlotVoice>,
): boolean =>
  a.size === b.size &&
  [...a].every(([id, { number, speaks, level }]) => {
    const other = b.get(id);
    return (
      other?.number === number &&
      other.speaks === speaks &&
      Math.abs(other.level - level) < LEVEL_STEP_DB
    );
  });
