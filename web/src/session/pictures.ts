/** Which pictures are to be shown, of those that arrive. Pure. */
import type { Track } from '@veche/protocol';
import type { Picture } from './api.ts';
import type { Subscription } from './consumers.ts';

type Arriving = Pick<Subscription, 'wanted'> & {
  readonly consumer: { readonly track: Picture['track'] };
};

/** The former list where nothing is another, so that nothing is shown anew. */
export function pictures(
  arriving: readonly Arriving[],
  tracks: readonly Track[],
  former: readonly Picture[],
): readonly Picture[] {
  const shown = arriving.flatMap(({ wanted, consumer }) => {
    const { producerId, participantId, source } = wanted;
    const published = tracks.find((track) => track.producerId === producerId);
    if (published?.kind !== 'video' || participantId === null) return [];
    const { paused } = published;
    return { participantId, producerId, source, track: consumer.track, paused };
  });
  return isSame(shown, former) ? former : shown;
}

const isSame = (a: readonly Picture[], b: readonly Picture[]): boolean =>
  a.length === b.length &&
  a.every(({ track, paused }, index) => track === b[index]?.track && paused === b[index].paused);
