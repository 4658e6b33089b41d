/** Who is in the slots, by the people of the room. Pure. */
import type { Participant, ParticipantId, Snapshot } from '@veche/protocol';
import type { SlotVoice } from './slotOwners.ts';

/** Whose voice each slot carries, by the slot's producer id. */
export function ownersOf(
  voices: ReadonlyMap<string, SlotVoice>,
  participants: readonly Participant[],
): ReadonlyMap<string, ParticipantId> {
  const ids = new Map(participants.map(({ number, id }) => [number, id]));
  const owners = new Map<string, ParticipantId>();
  for (const [producerId, { number }] of voices) {
    const id = ids.get(number);
    if (id !== undefined) owners.set(producerId, id);
  }
  return owners;
}

/** Those whom the server names, and those who are heard to speak here. Level in dBov. */
export function allSpeakers(
  named: ReadonlyMap<ParticipantId, number>,
  voices: ReadonlyMap<string, SlotVoice>,
  owners: ReadonlyMap<string, ParticipantId>,
): ReadonlyMap<ParticipantId, number> {
  if (voices.size === 0) return named;
  const speakers = new Map(named);
  for (const [producerId, { speaks, level }] of voices) {
    const id = owners.get(producerId);
    if (id !== undefined && speaks) speakers.set(id, level);
  }
  return speakers;
}

/** In slots everyone who has an open microphone can be heard. */
export const audible = ({ tracks, self }: Snapshot): ReadonlySet<ParticipantId> =>
  new Set(
    tracks.flatMap(({ participantId, source, paused }) =>
      source === 'microphone' && !paused && participantId !== self ? [participantId] : [],
    ),
  );
