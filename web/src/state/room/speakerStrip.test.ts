import { ParticipantId } from '@veche/protocol';
import { describe, expect, it } from 'vitest';
import { seated, SpeakerStrip } from './speakerStrip.ts';
import { StubRoom } from './testing.ts';

const [ana, bo, cyd] = ['ana', 'bo', 'cyd'].map((name) => ParticipantId.parse(name));
const ids = (names: readonly (ParticipantId | undefined)[]) =>
  names.filter((name) => name !== undefined);

describe('places', () => {
  it('stay where they are while somebody pauses', () => {
    const first = seated([], ids([ana, bo]), 0);
    const second = seated(first, ids([bo, cyd]), 3000);
    expect(second.map(({ id }) => id)).toEqual([ana, bo, cyd]);
    expect(seated(second, ids([cyd]), 5000).map(({ id }) => id)).toEqual([bo, cyd]);
  });

  it('go to somebody new from the longest silent', () => {
    const six = Array.from({ length: 6 }, (_, index) => ParticipantId.parse(`p${index}`));
    let places = seated([], six, 0);
    places = seated(places, six.slice(1), 100);
    expect(seated(places, ids([ana]), 200).map(({ id }) => id)).toEqual([...six.slice(1), ana]);
  });
});

it('lets those go who fell silent', () => {
  const room = new StubRoom();
  let now = 0;
  const due: (() => void)[] = [];
  const strip = new SpeakerStrip(
    room,
    (_, run) => {
      due.push(run);
      return () => undefined;
    },
    () => now,
  );
  const stop = strip.watch();
  room.become({ speaking: new Map(ids([ana]).map((id) => [id, -20])) });
  expect(strip.current).toEqual([ana]);
  room.become({ speaking: new Map() });
  expect(strip.current).toEqual([ana]);
  now = 6000;
  due.shift()?.();
  expect(strip.current).toEqual([]);
  stop();
});
