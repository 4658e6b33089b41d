/**
 * Who is speaking, from the levels that AudioLevelObserver reports: a person counts as speaking
 * until `holdMs` after the last report, so that pauses between words do not flicker.
 */
import type { ParticipantId, Speaker } from '@veche/protocol';

export interface SpeakersOptions {
  /** How long somebody stays in the set after the last report. */
  readonly holdMs: number;
  /** A non-empty set is repeated this often, since a client forgets it after 2 s. */
  readonly repeatMs: number;
  /** Largest set. */
  readonly maxEntries: number;
  /** Told no more often than this, whatever changes; 0 if not given. */
  readonly atMostEveryMs?: number;
}

interface Heard {
  /** dBov, −127 … 0. */
  readonly level: number;
  readonly at: number;
}

export interface SpeakersState {
  readonly heard: ReadonlyMap<ParticipantId, Heard>;
  readonly sentAt: number;
  readonly sent: readonly ParticipantId[];
}

export const nobodySpeaks: SpeakersState = { heard: new Map(), sentAt: -Infinity, sent: [] };

export interface SpeakersDecision {
  readonly state: SpeakersState;
  /** The complete set to send now, loudest first; null when there is nothing new to say. */
  readonly send: readonly Speaker[] | null;
}

const sameMembers = (a: readonly ParticipantId[], b: readonly ParticipantId[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));

/** Takes new levels (possibly none) at time `now` and says whether to tell the room. */
export const observe = (
  state: SpeakersState,
  levels: readonly Speaker[],
  now: number,
  options: SpeakersOptions,
): SpeakersDecision => {
  const heard = new Map<ParticipantId, Heard>();
  for (const [id, entry] of state.heard) {
    if (now - entry.at < options.holdMs) heard.set(id, entry);
  }
  for (const { participantId, level } of levels) heard.set(participantId, { level, at: now });
  const speakers = [...heard]
    .map(([participantId, { level }]): Speaker => ({ participantId, level }))
    .sort((a, b) => b.level - a.level)
    .slice(0, options.maxEntries);
  const ids = speakers.map((speaker) => speaker.participantId);
  const repeat = ids.length > 0 && now - state.sentAt >= options.repeatMs;
  const tooSoon = now - state.sentAt < (options.atMostEveryMs ?? 0);
  if ((sameMembers(ids, state.sent) && !repeat) || tooSoon) {
    return { state: { ...state, heard }, send: null };
  }
  return { state: { heard, sentAt: now, sent: ids }, send: speakers };
};

/** Somebody muted or left: out of the set at once, without waiting for the hold. */
export const forget = (state: SpeakersState, id: ParticipantId): SpeakersState => {
  if (!state.heard.has(id)) return state;
  const heard = new Map(state.heard);
  heard.delete(id);
  return { ...state, heard };
};
