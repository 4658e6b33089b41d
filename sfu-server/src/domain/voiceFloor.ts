/**
 * Who is heard when more people have open microphones than there are slots. Levels and times go in,
 * packet by packet; which slot the packet belongs to comes out. No clock and no media in here.
 *
 * Levels are claims of the sender, so nothing here trusts them beyond one turn: see `yieldAfterMs`.
 * Whoever tells none is heard where there is room, and pushes nobody out who tells theirs: leaving
 * them out must not be worth it.
 */
import { Loudness } from './loudness.ts';
import type { SpeechOptions } from './loudness.ts';

export interface FloorOptions extends SpeechOptions {
  /** How many may be heard at once. */
  readonly slots: number;
  /** An owner who did not speak for this long can be replaced by anyone who does, ms. */
  readonly idleMs: number;
  /** An owner who speaks is left alone for this long, ms. */
  readonly holdMs: number;
  /** Then somebody this much louder takes the slot, dB. */
  readonly louderDb: number;
  /** And is so for this many packets in a row. */
  readonly louderPackets: number;
  /** Whoever speaks without a pause while others wait hands the slot on after this long, ms. */
  readonly yieldAfterMs: number;
  /**
   * So long a phrase lasts, ms. Whoever tells no levels is not known to pause, so the slot goes on
   * after this long where somebody waits who does.
   */
  readonly phraseMs: number;
  /** Slots that may change from one who speaks to another in one second. */
  readonly replacementsPerSecond: number;
}

export const FLOOR_DEFAULTS: FloorOptions = {
  slots: 4,
  gateDbov: -50,
  aboveNoiseDb: 8,
  idleMs: 400,
  holdMs: 1000,
  louderDb: 6,
  louderPackets: 2,
  yieldAfterMs: 10_000,
  phraseMs: 2500,
  replacementsPerSecond: 4,
};

interface Talker<Id> {
  readonly id: Id;
  readonly voice: Loudness;
  slot: number | null;
  /** Packets in a row that were loud enough to take a slot. */
  louder: number;
  /** Since when it speaks and is not heard; null: it does not wait. */
  waitsSince: number | null;
  /** May not take a slot from somebody who speaks until then: it has just yielded. */
  barredUntil: number;
}

interface Slot<Id> {
  owner: Talker<Id> | null;
  since: number;
  /** How long the owner has spoken on while somebody waited, ms. */
  contestedMs: number;
}

export class VoiceFloor<Id> {
  readonly #options: FloorOptions;
  readonly #talkers = new Map<Id, Talker<Id>>();
  readonly #slots: Slot<Id>[];
  #replacedAt: number[] = [];
  #changes = 0;
  /** When somebody spoke who has no slot; and when somebody did so who tells their levels. */
  #waitedAt = -Infinity;
  #toldWaitedAt = -Infinity;

  constructor(options: FloorOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.slots }, () => ({
      owner: null,
      since: 0,
      contestedMs: 0,
    }));
  }

  /** Grows with every change of `owners`, so that nobody need compare them packet by packet. */
  get changes(): number {
    return this.#changes;
  }

  /** Whose voice each slot carries. */
  get owners(): readonly (Id | null)[] {
    return this.#slots.map(({ owner }) => owner?.id ?? null);
  }

  slotOf(id: Id): number | null {
    return this.#talkers.get(id)?.slot ?? null;
  }

  /**
   * A packet of somebody's voice.
   * @param level dBov; null where the packet has none
   * @param now monotonic ms
   * @param pausedMs how long its sender sent nothing before it, on purpose (DTX): packets that are
   *   late or lost on the way are no silence
   * @returns the slot that carries it, or null: it is not heard
   */
  hear(id: Id, level: number | null, now: number, pausedMs = 0): number | null {
    const talker = this.#talkers.get(id) ?? this.#enter(id, now);
    const { voice } = talker;
    const sentAgo = now - voice.heardAt;
    const spokeAgo = now - voice.spokeAt;
    const speaks = voice.measure(level, now, pausedMs);
    if (talker.slot !== null) {
      this.#contest(talker.slot, { sentAgo, spokeAgo }, now);
      return talker.slot;
    }
    if (!speaks) {
      talker.louder = 0;
      return null;
    }
    if (spokeAgo > this.#options.idleMs) talker.waitsSince = null;
    const open = this.#mustWait(talker, now) ? null : this.#openSlot(now);
    const slot = open ?? this.#slotToTake(talker, now);
    if (slot !== null) this.#give(slot, talker, now);
    else {
      talker.waitsSince ??= now;
      this.#waitedAt = now;
      if (!voice.isUntold(now)) this.#toldWaitedAt = now;
    }
    return slot;
  }

  /** Somebody muted or left. */
  silence(id: Id): void {
    const talker = this.#talkers.get(id);
    if (!talker) return;
    const slot = talker.slot === null ? undefined : this.#slots[talker.slot];
    if (slot) {
      slot.owner = null;
      this.#changes++;
    }
    this.#talkers.delete(id);
  }

  #enter(id: Id, now: number): Talker<Id> {
    const talker: Talker<Id> = {
      id,
      voice: new Loudness(this.#options, now),
      slot: null,
      louder: 0,
      waitsSince: null,
      barredUntil: -Infinity,
    };
    this.#talkers.set(id, talker);
    return talker;
  }

  /** A slot that nobody has, or whose owner has paused longest. */
  #openSlot(now: number): number | null {
    let best: number | null = null;
    let quietSince = now - this.#options.idleMs;
    for (const [index, { owner }] of this.#slots.entries()) {
      if (!owner) return index;
      if (owner.voice.spokeAt <= quietSince) {
        best = index;
        quietSince = owner.voice.spokeAt;
      }
    }
    return best;
  }

  /** An open slot is for whoever waits and tells their levels; the others could pass it round for ever. */
  #mustWait({ voice }: Talker<Id>, now: number): boolean {
    if (!voice.isUntold(now) || now - this.#toldWaitedAt >= this.#options.idleMs) return false;
    return this.#longestWaiting(now, (other) => !other.isUntold(now)) !== null;
  }

  /** The slot of the quietest owner, if this talker is louder for long enough. */
  #slotToTake(talker: Talker<Id>, now: number): number | null {
    const { holdMs, louderDb, louderPackets } = this.#options;
    if (talker.voice.isUntold(now)) return null;
    let quietest: number | null = null;
    let level = talker.voice.level - louderDb;
    for (const [index, { owner, since }] of this.#slots.entries()) {
      if (owner && now - since >= holdMs && owner.voice.loudness <= level) {
        quietest = index;
        level = owner.voice.loudness;
      }
    }
    talker.louder = quietest === null ? 0 : talker.louder + 1;
    if (quietest === null || talker.louder < louderPackets || now < talker.barredUntil) return null;
    return this.#mayReplace(now) ? quietest : null;
  }

  /** Whether one who speaks may be replaced now, which is counted. */
  #mayReplace(now: number): boolean {
    this.#replacedAt = this.#replacedAt.filter((at) => now - at < 1000);
    if (this.#replacedAt.length >= this.#options.replacementsPerSecond) return false;
    this.#replacedAt.push(now);
    return true;
  }

  /**
   * Counts how long an owner speaks on while somebody waits. After a fair time the slot goes to whom
   * has waited longest, and to nobody else: as many yield as there are who wait.
   */
  #contest(index: number, before: { sentAgo: number; spokeAgo: number }, now: number): void {
    const { idleMs, yieldAfterMs, phraseMs } = this.#options;
    const slot = this.#slots[index];
    if (!slot?.owner) return;
    const untold = slot.owner.voice.isUntold(now);
    const waitedAt = untold ? this.#waitedAt : this.#toldWaitedAt;
    // So long the slot stood open to anyone.
    if (before.spokeAgo > 2 * idleMs) slot.contestedMs = 0;
    else if (now - waitedAt < idleMs) slot.contestedMs += Math.min(before.sentAgo, idleMs);
    let heir: Talker<Id> | null = null;
    if (slot.contestedMs >= (untold ? phraseMs : yieldAfterMs))
      heir = this.#longestWaiting(now, (voice) => !voice.isUntold(now));
    if (untold && slot.contestedMs >= yieldAfterMs) heir ??= this.#longestWaiting(now, () => true);
    if (!heir || !this.#mayReplace(now)) return;
    slot.owner.barredUntil = now + yieldAfterMs;
    this.#give(index, heir, now);
  }

  #longestWaiting(now: number, fits: (voice: Loudness) => boolean): Talker<Id> | null {
    let longest: Talker<Id> | null = null;
    let since = Infinity;
    for (const talker of this.#talkers.values()) {
      const { waitsSince, voice, barredUntil } = talker;
      if (waitsSince === null || waitsSince >= since || now < barredUntil) continue;
      if (now - voice.spokeAt > this.#options.idleMs || !fits(voice)) continue;
      longest = talker;
      since = waitsSince;
    }
    return longest;
  }

  #give(index: number, talker: Talker<Id>, now: number): void {
    const slot = this.#slots[index];
    if (!slot) return;
    if (slot.owner) slot.owner.slot = null;
    slot.owner = talker;
    slot.since = now;
    slot.contestedMs = 0;
    talker.slot = index;
    talker.louder = 0;
    talker.waitsSince = null;
    this.#changes++;
  }
}
