/** Lets a room's voice follow its size, or a moderator's wish, as domain/posture.ts decides. */
import type { ParticipantId } from '@veche/protocol';
import type { Logger } from 'pino';
import { voiceMode } from '../domain/posture.ts';
import type { PostureOptions, VoiceMode, VoiceWish } from '../domain/posture.ts';
import type { Decision, RoomState } from '../domain/room.ts';
import * as rules from '../domain/roomRules.ts';
import type { Timers } from './ports.ts';
import type { RoomMedia } from './roomMedia.ts';

export interface RoomPostureParts {
  readonly media: RoomMedia;
  readonly state: () => RoomState;
  readonly commit: (decision: Decision) => void;
  readonly options: PostureOptions;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Listeners need the slots until they hear every microphone by itself again. */
const CLOSE_SLOTS_AFTER_MS = 5000;

export class RoomPosture {
  readonly #parts: RoomPostureParts;
  #wish: VoiceWish = 'auto';
  #by: ParticipantId | undefined;
  #opening = false;
  #closed = false;
  #cancelClosing: () => void = () => undefined;

  constructor(parts: RoomPostureParts) {
    this.#parts = parts;
  }

  /** What a moderator wants, until another wish. */
  want(wish: VoiceWish, by: ParticipantId): void {
    this.#wish = wish;
    this.#by = by;
    this.follow();
  }

  /** The room changed. */
  follow(): void {
    const { mode } = this.#parts.state().voice;
    const next = this.#next();
    if (next === mode || this.#opening || this.#closed) return;
    if (next === 'slots') void this.#toSlots();
    else this.#toDirect();
  }

  close(): void {
    this.#closed = true;
    this.#cancelClosing();
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #next(): VoiceMode {
    const { voice, seats, tracks } = this.#parts.state();
    const microphones = [...tracks.values()].filter(({ source }) => source === 'microphone').length;
    const size = { microphones, people: seats.size };
    return voiceMode(voice.mode, this.#wish, size, this.#parts.options);
  }

  async #toSlots(): Promise<void> {
    const { media, log } = this.#parts;
    this.#opening = true;
    this.#cancelClosing();
    try {
      const slots = await media.openSlots();
      // It may have shrunk again meanwhile.
      if (!this.#isClosed() && this.#next() === 'slots') this.#commit({ mode: 'slots', slots });
    } catch (error) {
      // It stays direct; the next change of the room tries again.
      log.warn({ err: error }, 'Slots could not be opened');
      return;
    } finally {
      this.#opening = false;
    }
    this.follow();
  }

  #toDirect(): void {
    const { media, timers } = this.#parts;
    this.#commit({ mode: 'direct' });
    this.#cancelClosing = timers.after(CLOSE_SLOTS_AFTER_MS, () => {
      media.closeSlots();
    });
  }

  #commit(voice: RoomState['voice']): void {
    const { commit, state, log } = this.#parts;
    const by = this.#wish === 'auto' ? undefined : this.#by;
    log.info({ mode: voice.mode, wish: this.#wish }, 'Voice changed');
    commit(rules.setVoice(state(), voice, by));
  }
}
