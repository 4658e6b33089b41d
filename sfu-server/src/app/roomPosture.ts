/** Lets a room follow its size, or a moderator's wishes, as domain/posture.ts decides. */
import type { ParticipantId, Track } from '@veche/protocol';
import type { Logger } from 'pino';
import { dismissStage, FIRST_STEPS, nextSteps, voiceMode } from '../domain/posture.ts';
import type { PostureOptions, Steps, VoiceMode, Wishes } from '../domain/posture.ts';
import type { Decision, RoomState } from '../domain/room.ts';
import { Refusal } from '../domain/refusal.ts';
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
/** Whoever publishes again after a reset has done so by then, or is not going to. */
const REBUILT_AFTER_MS = 5000;

export class RoomPosture {
  readonly #parts: RoomPostureParts;
  /** Whose wish the voice follows. */
  #by: ParticipantId | undefined;
  #opening = false;
  #closed = false;
  /** Of what was heard before the last change. */
  #cancelClosing: () => void = () => undefined;
  /** While media that was lost is built again; ends by itself. */
  #cancelRebuilding: (() => void) | null = null;

  constructor(parts: RoomPostureParts) {
    this.#parts = parts;
  }

  /**
   * What a moderator wants, until another wish.
   * @throws Refusal INVALID_STATE for what could only be done at some later time
   */
  want(wish: Partial<Wishes>, by: ParticipantId): void {
    if (wish.voice === 'direct' && this.#needsSlots) {
      const why = 'posture: the room is spread over several workers, where only slots are heard';
      throw new Refusal('INVALID_STATE', why, 'room_spread');
    }
    const steps = this.#steps;
    const wishes = { ...steps.wishes, ...wish };
    const { voice, joinMuted } = steps.wishes;
    if (wish.voice !== undefined) this.#by = by;
    if (wishes.voice === voice && wishes.joinMuted === joinMuted) return;
    // One change, and by whom: what follows from the wish is not told as the room's own doing.
    this.#take(this.#next({ ...steps, wishes }), by);
  }

  /** A moderator does not want the stage that is suggested. */
  dismissStage(by: ParticipantId): void {
    this.#take(dismissStage(this.#steps), by);
  }

  /** The room changed. */
  follow(): void {
    this.#take(this.#next(this.#steps));
    this.#followVoice();
  }

  /** Microphones went with the media, and come back with it: until then the room is no smaller. */
  rebuild(): void {
    this.#cancelRebuilding?.();
    this.#cancelRebuilding = this.#parts.timers.after(REBUILT_AFTER_MS, () => {
      this.#cancelRebuilding = null;
      this.follow();
    });
  }

  close(): void {
    this.#closed = true;
    this.#cancelClosing();
    this.#cancelRebuilding?.();
  }

  get #steps(): Steps {
    return this.#parts.state().steps ?? FIRST_STEPS;
  }

  #next(steps: Steps): Steps {
    const { record, seats } = this.#parts.state();
    return nextSteps(steps, record.mode, seats.size, this.#parts.options);
  }

  #take(steps: Steps, by?: ParticipantId): void {
    if (steps === this.#steps || this.#closed) return;
    const { commit, state, log } = this.#parts;
    log.info({ ...steps }, 'Posture changed');
    commit(rules.setSteps(state(), steps, by));
  }

  #followVoice(): void {
    const { mode } = this.#parts.state().voice;
    const next = this.#nextVoice();
    if (next === mode || this.#opening || this.#closed) return;
    if (next === 'slots') void this.#toSlots();
    else this.#change({ mode: 'direct' });
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  /** Microphones are on one router; who receives on another hears slots only. */
  get #needsSlots(): boolean {
    const { state, media } = this.#parts;
    return state().voice.mode === 'slots' && media.isSpread;
  }

  /** Also before it is told that media is lost: the tracks end first. */
  get #isRebuilding(): boolean {
    return this.#cancelRebuilding !== null || this.#parts.media.isLost;
  }

  #nextVoice(): VoiceMode {
    const { voice, seats, tracks } = this.#parts.state();
    const microphones = [...tracks.values()].filter(isMicrophone).length;
    const size = { microphones, people: seats.size };
    if (this.#needsSlots) return 'slots';
    const { voice: wish } = this.#steps.wishes;
    const next = voiceMode(voice.mode, wish, size, this.#parts.options);
    return wish === 'auto' && next === 'direct' && this.#isRebuilding ? voice.mode : next;
  }

  async #toSlots(): Promise<void> {
    const { media, log } = this.#parts;
    this.#opening = true;
    this.#cancelClosing();
    try {
      const slots = await media.openSlots();
      // It may have shrunk again meanwhile.
      if (!this.#isClosed() && this.#nextVoice() === 'slots')
        this.#change({ mode: 'slots', slots });
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
    const { voice: wish } = this.#steps.wishes;
    const by = wish === 'auto' ? undefined : this.#by;
    log.info({ mode: voice.mode, wish }, 'Voice changed');
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
