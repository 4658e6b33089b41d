/** Which tracks this device should hear and see, and what is missing for that. Pure. */
import type { ParticipantId, ProducerId, Snapshot, Source } from '@veche/protocol';

export interface Wanted {
  readonly producerId: ProducerId;
  /** Null for a slot: whoever speaks is in it. */
  readonly participantId: ParticipantId | null;
  readonly source: Source;
}

/** What to subscribe to, and what else exists. */
export interface Wish {
  readonly wanted: ReadonlyMap<ProducerId, Wanted>;
  /** All tracks there are: one that is not among them is gone, not merely unwanted. */
  readonly known: ReadonlySet<ProducerId>;
}

export const NOTHING: Wish = { wanted: new Map(), known: new Set() };

/**
 * The sound of the others (their microphones, or the slots that carry them, and their screens), and
 * then their pictures if they are to be seen.
 */
export function wish({ tracks, self, voice }: Snapshot, pictures = false): Wish {
  const wanted = new Map<ProducerId, Wanted>();
  if (voice.mode === 'slots') {
    for (const producerId of voice.slots) {
      wanted.set(producerId, { producerId, participantId: null, source: 'microphone' });
    }
  }
  for (const { producerId, participantId, source } of tracks) {
    if (participantId === self) continue;
    if (source === 'screen_audio' || (source === 'microphone' && voice.mode === 'direct')) {
      wanted.set(producerId, { producerId, participantId, source });
    }
  }
  if (pictures) {
    for (const { producerId, participantId, source, kind } of tracks) {
      if (participantId === self || kind !== 'video') continue;
      wanted.set(producerId, { producerId, participantId, source });
    }
  }
  return { wanted, known: new Set([...tracks.map((track) => track.producerId), ...wanted.keys()]) };
}

export interface Difference {
  readonly create: readonly ProducerId[];
  /** Made, but still paused on the server. */
  readonly resume: readonly ProducerId[];
  /** The track is gone. */
  readonly drop: readonly ProducerId[];
  /** No longer wanted; only after the others flow, so that a change of mode leaves no hole. */
  readonly close: readonly ProducerId[];
}

export function difference(
  { wanted, known }: Wish,
  have: ReadonlyMap<ProducerId, 'paused' | 'flowing'>,
): Difference {
  const ids = [...have.keys()];
  const unwanted = ids.filter((id) => !wanted.has(id));
  return {
    create: [...wanted.keys()].filter((id) => !have.has(id)),
    resume: ids.filter((id) => wanted.has(id) && have.get(id) === 'paused'),
    drop: unwanted.filter((id) => !known.has(id)),
    close: unwanted.filter((id) => known.has(id)),
  };
}
