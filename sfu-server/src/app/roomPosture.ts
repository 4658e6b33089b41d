/** Lets a room's voice follow its size, or a moderator's wish, as domain/posture.ts decides. */
import type { ParticipantId, Track } from '@veche/protocol';
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

/** Listeners need what they heard before a change until they have built what comes after it. */
const SETTLED_AFTER_MS = 5000;

export class RoomPosture {
  readonly #parts: RoomPostureParts;
  #wish: VoiceWish = 'auto';
  #by: ParticipantId | undefined;
  #opening = false;
  #closed = false;
  /** Of what was heard before the last change. */
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
    else this.#change({ mode: 'direct' });
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
    const microphones = [...tracks.values()].filter(isMicrophone).length;
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
      if (!this.#isClosed() && this.#next() === 'slots') this.#change({ mode: 'slots', slots });
      else this.#closeFormerLater();
    } catch (error) {
      // It stays direct; the next change of the room tries again.
      log.warn({ err: error }, 'Slots could not be opened');
      return;
    } finally {
      this.#opening = false;
    }
    this.follow();
  }

  #change(voice: RoomState['voice']): void {
    const { commit, state, log } = this.#parts;
    const by = this.#wish === 'auto' ? undefined : this.#by;
    log.info({ mode: voice.mode, wish: this.#wish }, 'Voice changed');
    this.#closeFormerLater();
    commit(rules.setVoice(state(), voice, by));
  }

  /** Not left to the clients: one that kept its microphones would go on hearing them all. */
  #closeFormerLater(): void {
    if (this.#closed) return;
    const { media, state, timers } = this.#parts;
    this.#cancelClosing();
    this.#cancelClosing = timers.after(SETTLED_AFTER_MS, () => {
      const { voice, tracks } = state();
      if (voice.mode === 'direct') media.closeSlots();
      else media.closeConsumersOf([...tracks.values()].filter(isMicrophone));
    });
  }
}

const isMicrophone = ({ source }: Track): boolean => source === 'microphone';
