/** Talk as a script: how loud each voice is at each time, and who of them is carried. */
import { FLOOR_DEFAULTS, VoiceFloor } from './voiceFloor.ts';

export const FRAME_MS = 20;

/** A level for each frame; 'untold': a packet without one; null: no packet (DTX). */
export type Voice = (ms: number) => number | 'untold' | null;

/** The same packets, with their levels left out. */
export const untold =
  (voice: Voice): Voice =>
  (ms) =>
    voice(ms) === null ? null : 'untold';

/** Speech: syllables of 160 ms that end softly, and a pause between words. */
export const speech =
  (level: number, { from = 0, to = Infinity, wordMs = 640, gapMs = 200 } = {}): Voice =>
  (ms) => {
    if (ms < from || ms >= to) return null;
    const inWord = (ms - from) % (wordMs + gapMs) < wordMs;
    const syllableEnds = (ms - from) % 160 >= 140;
    return inWord ? level - (syllableEnds ? 15 : 0) : null;
  };

export const hum =
  (level: number): Voice =>
  (ms) =>
    level + ((ms / FRAME_MS) % 2);

/** A slot that went from one to another. */
export interface Replaced {
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

export interface Heard {
  /** By name: at which times its packets were carried. */
  readonly at: ReadonlyMap<string, number[]>;
  readonly switches: number;
  readonly replaced: readonly Replaced[];
}

/** What becomes of each packet of these voices. */
export const play = (voices: Record<string, Voice>, lastMs: number, slots = 2): Heard => {
  const floor = new VoiceFloor<string>({ ...FLOOR_DEFAULTS, slots });
  const at = new Map(Object.keys(voices).map((name) => [name, [] as number[]]));
  const sentAt = new Map<string, number>();
  const replaced: Replaced[] = [];
  let switches = 0;
  let owners = floor.owners;
  for (let ms = 0; ms < lastMs; ms += FRAME_MS) {
    for (const [name, voice] of Object.entries(voices)) {
      const level = voice(ms);
      if (level === null) continue;
      const pausedMs = ms - (sentAt.get(name) ?? ms) - FRAME_MS;
      const slot = floor.hear(name, level === 'untold' ? null : level, ms, pausedMs);
      sentAt.set(name, ms);
      if (slot !== null) at.get(name)?.push(ms);
      if (slot !== floor.slotOf(name)) throw new Error('carried in a slot that it does not have');
      for (const [index, to] of floor.owners.entries()) {
        const from = owners[index] ?? null;
        if (to === null || to === from) continue;
        switches++;
        if (from !== null) replaced.push({ from, to, at: ms });
      }
      owners = floor.owners;
    }
  }
  return { at, switches, replaced };
};

export const times = (heard: Heard, name: string, from = 0, to = Infinity): number[] =>
  (heard.at.get(name) ?? []).filter((ms) => ms >= from && ms < to);

/** Packets that a voice sent in this time. */
export const sent = (voice: Voice, from: number, to: number): number => {
  let count = 0;
  for (let ms = from; ms < to; ms += FRAME_MS) if (voice(ms) !== null) count++;
  return count;
};
