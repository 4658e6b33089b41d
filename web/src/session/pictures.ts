/** Which pictures are to be shown, of those that arrive. Pure. */
import type { ConsumerId, HeldReason, Track } from '@veche/protocol';
import type { Picture } from './api.ts';
import type { Subscription } from './consumers.ts';

type Arriving = Pick<Subscription, 'wanted' | 'consumerId'> & {
  readonly consumer: { readonly track: Picture['track'] };
};

/** The former list where nothing is another, so that nothing is shown anew. */
export function pictures(
  arriving: readonly Arriving[],
  tracks: readonly Track[],
  held: ReadonlyMap<ConsumerId, HeldReason>,
  former: readonly Picture[],
): readonly Picture[] {
  const shown = arriving.flatMap(({ wanted, consumerId, consumer }) => {
    const { producerId, participantId, source } = wanted;
    const published = tracks.find((track) => track.producerId === producerId);
    if (published?.kind !== 'video' || participantId === null) return [];
    const { paused } = published;
    const why = held.get(consumerId) ?? null;
    return { participantId, producerId, source, track: consumer.track, paused, held: why };
  });
  return isSame(shown, former) ? former : shown;
}

const isSame = (a: readonly Picture[], b: readonly Picture[]): boolean =>
  a.length === b.length &&
  a.every(({ track, paused, held }, index) => {
    const other = b[index];
    return track === other?.track && paused === other.paused && held === other.held;
  });
