import { RoomId, RtpParameters } from '@veche/protocol';
import * as fakes from 'mediasoup-client/fakeParameters';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Deed, RoomSession } from './api.ts';
import { MicrophoneError } from './errors.ts';
import { ME, person, ROOM_ID, routerRtpCapabilities } from './testing/fakeRoom.ts';
import { Journey } from './testing/journey.ts';
import { Refusal } from './testing/scriptedServer.ts';
import { until } from './testing/until.ts';
import { toWire } from './wire.ts';

let journey: Journey;
let session: RoomSession;

const view = () => session.current;
const asked = (name: Parameters<Journey['server']['asked']>[0]) => journey.server.asked(name);
const joined = () => until(() => expect(view().status.phase).toBe('joined'));
const hears = (...ids: string[]) => until(() => expect([...view().hearing].sort()).toEqual(ids));
/** Whole minutes from then until one may come back. */
const minutesOfBan = (from: number) => {
  const { status } = view();
  const until = status.phase === 'ended' ? (status.bannedUntil ?? NaN) : NaN;
  return Math.floor((until - from) / 60_000);
};
/** Everything that a join leads to is done. */
const published = () =>
  until(() => expect(view().snapshot?.tracks.some((one) => one.participantId === ME)).toBe(true));

beforeEach(async () => {
  journey = await Journey.start();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await journey.end();
});

describe('joining', () => {
  it('shows who is there, hears them and publishes the microphone', async () => {
    journey.room.seat('ben', 2);
    journey.room.seat('cleo', 3);
    session = journey.join();
    expect(view().status).toEqual({ phase: 'joining' });
    expect(journey.session.room.current).toBe(session);
    await hears('ben', 'cleo');
    await published();
    expect(view()).toMatchObject({
      status: { phase: 'joined' },
      self: { id: ME, muted: true },
      microphone: { phase: 'live' },
      muted: true,
    });
    expect(asked('consumer:create')).toHaveLength(1);
    expect(asked('consumer:resume')).toHaveLength(1);
    expect(journey.browser.negotiations).toEqual([2]);
    expect(session.voices.current.map(({ participantId }) => participantId)).toEqual([
      'ben',
      'cleo',
    ]);
    await until(() => expect(view().media).toBe('connected'));
    expect(journey.browser.track.enabled).toBe(false);
  });

  it('notes when each step was done', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    const { joinStarted, joinAcked, transportsReady, firstConsumerResumed, firstPacket } =
      session.timings;
    const steps = [joinStarted, joinAcked, transportsReady, firstConsumerResumed];
    expect(steps).not.toContain(null);
    expect([...steps].sort()).toEqual(steps);
    // Nothing plays without a browser.
    expect(firstPacket).toBeNull();
  });

  it('hears before the microphone is allowed', async () => {
    journey.room.seat('ben', 2);
    let allow: () => void = () => undefined;
    const open = journey.browser.open.bind(journey.browser);
    journey.browser.open = async () => {
      await new Promise<void>((resolve) => (allow = resolve));
      return open();
    };
    session = journey.join();
    await hears('ben');
    expect(view().microphone).toEqual({ phase: 'opening' });
    expect(asked('producer:create')).toHaveLength(0);
    allow();
    await published();
  });

  it('only listens without a microphone, until it can be opened', async () => {
    journey.browser.problem = new MicrophoneError('denied', '');
    session = journey.join();
    await joined();
    await until(() =>
      expect(view().microphone).toEqual({ phase: 'listen_only', problem: 'denied' }),
    );
    expect(asked('producer:create')).toHaveLength(0);
    journey.browser.problem = null;
    await session.openMicrophone();
    await published();
    expect(view().microphone).toEqual({ phase: 'live' });
  });

  it('publishes with the settings for speech', async () => {
    session = journey.join();
    await published();
    expect(asked('producer:create')).toMatchObject([{ kind: 'audio', source: 'microphone' }]);
  });

  describe('that brings its media', () => {
    beforeEach(() => {
      if (journey.server.welcome) {
        journey.server.welcome.routerRtpCapabilities = routerRtpCapabilities;
      }
    });

    it('asks for nothing more than to let the sound flow', async () => {
      journey.room.seat('ben', 2);
      journey.room.seat('cleo', 3);
      session = journey.join();
      await hears('ben', 'cleo');
      await published();
      expect(asked('room:join')).toMatchObject([{ media: { kinds: ['audio'] } }]);
      expect(asked('transport:create')).toHaveLength(0);
      expect(asked('consumer:create')).toHaveLength(0);
      expect(asked('consumer:resume')).toHaveLength(1);
      expect(journey.browser.negotiations).toEqual([2]);
      expect(journey.room.flowing).toEqual(['microphone-of-ben', 'microphone-of-cleo']);
    });

    it('closes a consumer of somebody who left meanwhile, and makes those that are missing', async () => {
      journey.room.seat('ben', 2);
      journey.server.on('room:join', (payload) => {
        const data = journey.room.answerJoin(payload);
        journey.room.leave('ben');
        journey.room.join('cleo', 3);
        return data;
      });
      session = journey.join();
      await hears('cleo');
      expect(asked('consumer:create')).toMatchObject([{ producerIds: ['microphone-of-cleo'] }]);
      await until(() => expect(journey.room.flowing).toEqual(['microphone-of-cleo']));
    });

    it('builds what is refused anew, one by one', async () => {
      journey.room.seat('ben', 2);
      journey.server.on('transport:connect', () => {
        journey.server.on('transport:connect', () => ({}));
        throw new Refusal('NOT_FOUND');
      });
      session = journey.join();
      await until(() => expect(asked('transport:create').length).toBeGreaterThan(0));
      await hears('ben');
    });

    it('asks for none when it comes back to media that is still there', async () => {
      journey.room.seat('ben', 2);
      session = journey.join();
      await hears('ben');
      await published();
      journey.server.cut();
      await until(() => expect(asked('room:join')).toHaveLength(2));
      await joined();
      expect(asked('room:join')[1]).toEqual({ roomId: ROOM_ID });
    });
  });

  it('brings the password', async () => {
    session = journey.session.joinRoom(RoomId.parse(ROOM_ID), 'secret');
    await joined();
    expect(asked('room:join')).toEqual([{ roomId: ROOM_ID, password: 'secret' }]);
  });

  it.each(['NOT_FOUND', 'FORBIDDEN', 'ROOM_FULL', 'ROOM_LOCKED'] as const)(
    'ends with %s',
    async (code) => {
      journey.server.on('room:join', () => {
        throw new Refusal(code);
      });
      session = journey.join();
      await until(() => expect(view().status).toEqual({ phase: 'ended', reason: code }));
      expect(journey.session.room.current).toBeNull();
      await until(() => expect(journey.browser.track.readyState).toBe('ended'));
    },
  );

  it('says what the code does not', async () => {
    journey.server.on('room:join', () => {
      throw new Refusal('FORBIDDEN', 'banned');
    });
    session = journey.join();
    await until(() => expect(view().status).toEqual({ phase: 'ended', reason: 'banned' }));
  });

  it('says until when one is banned', async () => {
    const from = Date.now();
    journey.server.on('room:join', () => {
      throw new Refusal('FORBIDDEN', 'banned', 60_000);
    });
    session = journey.join();
    await until(() => expect(view().status).toHaveProperty('bannedUntil'));
    expect(minutesOfBan(from)).toBe(1);
  });

  it('tries a first join for load a few times only', async () => {
    journey.server.on('room:join', () => {
      throw new Refusal('UNAVAILABLE');
    });
    session = journey.join();
    await until(() => expect(view().status).toEqual({ phase: 'ended', reason: 'UNAVAILABLE' }));
    expect(asked('room:join')).toHaveLength(5);
  });

  it('gives the same session back for the same room', () => {
    session = journey.join();
    expect(journey.join()).toBe(session);
  });

  it('applies notices that come before the answer', async () => {
    journey.server.on('room:join', async () => {
      const answer = {
        participantId: ME,
        epoch: 1,
        snapshot: structuredClone(journey.room.snapshot),
      };
      const { routerRtpCapabilities } = await import('mediasoup-client/fakeParameters').then(
        (fakes) => ({ routerRtpCapabilities: fakes.generateRouterRtpCapabilities() as never }),
      );
      journey.room.join('ben', 2);
      return { ...answer, routerRtpCapabilities };
    });
    session = journey.join();
    await hears('ben');
    expect(asked('room:snapshot')).toHaveLength(0);
  });
});

describe('the others', () => {
  it('are heard when they come and not when they are gone', async () => {
    session = journey.join();
    await joined();
    journey.room.join('ben', 2);
    await hears('ben');
    journey.room.leave('ben');
    await hears();
    expect(session.voices.current).toEqual([]);
    expect(view().snapshot?.participants.map(({ id }) => id)).toEqual([ME]);
  });

  it('are all there after a missed notice', async () => {
    session = journey.join();
    await published();
    journey.room.snapshot.revision += 1;
    journey.room.snapshot.participants.push(person('cleo', 3));
    journey.room.join('ben', 2);
    await hears('ben');
    expect(asked('room:snapshot')).toHaveLength(1);
    expect(view().snapshot?.participants.map(({ id }) => id)).toEqual([ME, 'cleo', 'ben']);
  });

  it('are asked for again when the server could not give them', async () => {
    journey.room.seat('ben', 2);
    journey.room.seat('cleo', 3);
    const { server } = journey;
    server.once('consumer:create', ({ producerIds }) => ({
      consumers: [],
      failed: producerIds.map((producerId) => ({ producerId, code: 'UNAVAILABLE' as const })),
    }));
    session = journey.join();
    const asking = performance.now();
    await hears('ben', 'cleo');
    expect(asked('consumer:create')).toHaveLength(2);
    expect(performance.now() - asking).toBeGreaterThan(20);
  });

  it('are not asked for without a pause', async () => {
    journey.room.seat('ben', 2);
    const times: number[] = [];
    journey.server.on('consumer:create', () => {
      times.push(performance.now());
      throw new Refusal('INTERNAL');
    });
    session = journey.join();
    await until(() => expect(times.length).toBeGreaterThan(2));
    const [first = 0, second = 0, third = 0] = times;
    // A twentieth of 0.5 s and of 1 s.
    expect(second - first).toBeGreaterThan(20);
    expect(third - second).toBeGreaterThan(40);
  });

  it('are resumed again when that failed', async () => {
    journey.room.seat('ben', 2);
    journey.server.once('consumer:resume', () => {
      throw new Refusal('INTERNAL');
    });
    session = journey.join();
    await hears('ben');
    expect(asked('consumer:create')).toHaveLength(1);
    expect(asked('consumer:resume')).toHaveLength(2);
  });

  it('are heard although one of them breaks the negotiation', async () => {
    journey.room.seat('ben', 2);
    journey.room.seat('cleo', 3);
    journey.room.seat('dan', 4);
    journey.browser.breaks = ({ trackId }) =>
      journey.room.consumers.get(trackId)?.producerId === 'microphone-of-cleo';
    session = journey.join();
    await hears('ben', 'dan');
    // All at once, one by one up to the culprit, and then the others.
    expect(journey.browser.negotiations).toEqual([3, 1, 1, 1, 1]);
    expect(journey.room.flowing).toEqual(['microphone-of-ben', 'microphone-of-dan']);
  });

  it('are not resumed when they went while they were being built', async () => {
    journey.room.seat('ben', 2);
    journey.server.once('consumer:resume', () => {
      journey.room.leave('ben');
      throw new Refusal('NOT_FOUND');
    });
    session = journey.join();
    await until(() => expect(asked('consumer:resume')).toHaveLength(1));
    await until(() => expect(view().snapshot?.participants).toHaveLength(1));
    await hears();
    expect(session.voices.current).toEqual([]);
  });

  it('are heard through slots when the room says so', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    journey.room.notify('room:voice', { voice: { mode: 'slots', slots: ['slot:0'] } });
    await until(() =>
      expect(session.voices.current.map(({ participantId }) => participantId)).toEqual([null]),
    );
    await until(() => expect(journey.room.flowing).toEqual(['slot:0']));
  });

  it('speak', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await joined();
    journey.server.notify('room:speakers', {
      roomId: ROOM_ID,
      speakers: [{ participantId: 'ben', level: -30 }],
    });
    await until(() => expect([...view().speaking]).toEqual([['ben', -30]]));
    await until(() => expect(view().speaking.size).toBe(0));
  });

  it('of another room are not mine', async () => {
    session = journey.join();
    await joined();
    const { server } = journey;
    server.notify('room:speakers', {
      roomId: 'room-2',
      speakers: [{ participantId: 'ben', level: -30 }],
    });
    server.notify('removed', { roomId: 'room-2', reason: 'removed' });
    server.notify('chat:message', {
      messageId: 'm',
      roomId: ROOM_ID,
      from: { participantId: 'ben', user: { id: 'u', name: 'ben' } },
      text: 'hello',
      at: 1,
    });
    await until(() => expect(view().snapshot?.chat).toHaveLength(1));
    expect(view().speaking.size).toBe(0);
    expect(view().status.phase).toBe('joined');
  });
});

describe('muting', () => {
  it('opens the microphone on both sides', async () => {
    session = journey.join();
    await published();
    await session.setMuted(false);
    expect(asked('mic:set')).toEqual([{ roomId: ROOM_ID, muted: false }]);
    expect(journey.browser.track.enabled).toBe(true);
    await until(() => expect(view().self?.muted).toBe(false));
    await session.setMuted(true);
    expect(journey.browser.track.enabled).toBe(false);
  });

  it('is complete before the first packet could leave', async () => {
    const enabled: boolean[] = [];
    const { server, browser } = journey;
    server.once('producer:create', () => {
      enabled.push(browser.track.enabled);
      throw new Refusal('INTERNAL');
    });
    session = journey.join();
    await published();
    expect(enabled).toEqual([false]);
  });

  it('follows what happens while the microphone is being published', async () => {
    const { server, browser } = journey;
    let unmuted = Promise.resolve();
    server.once('producer:create', async () => {
      await session.openMicrophone('other');
      unmuted = session.setMuted(false);
      throw new Refusal('FORBIDDEN');
    });
    session = journey.join();
    await until(() => expect(browser.tracks).toHaveLength(2));
    await unmuted;
    expect(browser.track.enabled).toBe(true);
  });

  it('brings back what was wanted before the page was loaded again', async () => {
    session = journey.join({ initialMuted: false });
    await until(() => expect(view().self?.muted).toBe(false));
    await published();
    expect(journey.browser.track.enabled).toBe(true);
  });

  it('follows a moderator and stays so', async () => {
    session = journey.join({ initialMuted: false });
    await until(() => expect(view().self?.muted).toBe(false));
    journey.room.changeSelf({ muted: true, mutedByModerator: true });
    await until(() => expect(view().muted).toBe(true));
    expect(journey.browser.track.enabled).toBe(false);
    journey.server.cut();
    await until(() => expect(asked('room:join')).toHaveLength(2));
    await joined();
    expect(asked('mic:set')).toHaveLength(1);
  });

  it('is refused on a stage', async () => {
    journey.server.on('mic:set', () => {
      throw new Refusal('FORBIDDEN');
    });
    session = journey.join();
    await published();
    await expect(session.setMuted(false)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(view().muted).toBe(true);
    expect(journey.browser.track.enabled).toBe(false);
  });

  it('is not possible in a room that is over', async () => {
    session = journey.join();
    await joined();
    await session.leave();
    await expect(session.setMuted(false)).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });
});

describe('a room so large that newcomers stay muted', () => {
  beforeEach(() => {
    const { room } = journey.room.snapshot;
    const wishes = { voice: 'auto', joinMuted: 'auto' } as const;
    const posture = { joinMuted: true, stageSuggested: false, wishes };
    journey.room.snapshot = { ...journey.room.snapshot, room: { ...room, posture } };
  });

  it('lets nobody in with an open microphone, and everybody open it', async () => {
    session = journey.join({ initialMuted: false });
    await joined();
    expect(view().muted).toBe(true);
    await published();
    expect(journey.browser.track.enabled).toBe(false);
    await session.setMuted(false);
    expect(asked('mic:set')).toEqual([{ roomId: ROOM_ID, muted: false }]);
  });

  it('leaves those who come back as they were', async () => {
    session = journey.join({ initialMuted: false });
    await joined();
    await session.setMuted(false);
    journey.server.cut();
    journey.room.self.muted = true;
    await until(() => expect(asked('mic:set')).toHaveLength(2));
    expect(view().muted).toBe(false);
  });

  it('tells that it has become one', async () => {
    session = journey.join();
    await joined();
    const deeds: Deed[] = [];
    session.onDeed((deed) => deeds.push(deed));
    const { room } = journey.room.snapshot;
    if (!room.posture) throw new Error('no posture');
    journey.room.notify('room:changed', {
      room: { ...room, posture: { ...room.posture, joinMuted: false } },
    });
    await until(() => expect(deeds).toEqual([{ by: null, what: 'join_muted', join: 'off' }]));
  });
});

describe('a lost signal', () => {
  it('keeps the media and everything else', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await published();
    const [voice] = session.voices.current;
    journey.server.cut();
    await until(() => expect(view().status.phase).toBe('reconnecting'));
    expect([...view().hearing]).toEqual(['ben']);
    await joined();
    expect(session.voices.current).toEqual([voice]);
    expect(asked('room:join')).toHaveLength(2);
    expect(asked('transport:create')).toHaveLength(2);
    expect(asked('consumer:create')).toHaveLength(1);
    expect(asked('producer:create')).toHaveLength(1);
  });

  it('is made up for: who came, who went', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await published();
    journey.server.cut();
    journey.room.leave('ben');
    journey.room.seat('cleo', 3);
    await hears('cleo');
    expect(asked('transport:create')).toHaveLength(2);
    expect(view().snapshot?.participants.map(({ id }) => id)).toEqual([ME, 'cleo']);
  });

  it('hears the slots again that were closed and opened meanwhile', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await published();
    const voice = { mode: 'slots' as const, slots: ['slot:0'] };
    journey.room.snapshot.voice = voice;
    journey.room.notify('room:voice', { voice });
    await until(() => expect(journey.room.flowing).toEqual(['slot:0']));
    journey.server.cut();
    journey.room.consumers.clear();
    await until(() => expect(journey.room.flowing).toEqual(['slot:0']));
    await until(() => expect(session.voices.current).toHaveLength(1));
    expect(asked('transport:create')).toHaveLength(2);
  });

  it('builds the media anew when the epoch is another', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await published();
    const [voice] = session.voices.current;
    journey.server.cut();
    journey.room.loseMedia();
    await until(() => expect(asked('transport:create')).toHaveLength(4));
    await hears('ben');
    await until(() => expect(asked('producer:create')).toHaveLength(2));
    expect(session.voices.current).not.toContain(voice);
    expect(voice?.track.readyState).toBe('ended');
    // The microphone itself goes on.
    expect(journey.browser.tracks).toHaveLength(1);
    expect(journey.browser.devicesMade).toBe(1);
  });

  it('builds the media anew for another seat with the same epoch', async () => {
    session = journey.join();
    await published();
    journey.server.cut();
    const { room } = journey;
    room.loseMedia();
    room.snapshot.epoch = 1;
    room.snapshot.self = 'participant-again';
    room.snapshot.participants = [person('participant-again', 2)];
    await until(() => expect(asked('producer:create')).toHaveLength(2));
    expect(view().self?.id).toBe('participant-again');
  });

  it('survives the server: back in, unmuted as before', async () => {
    session = journey.join();
    await published();
    await session.setMuted(false);
    await journey.restartServer();
    journey.room.snapshot.revision = 2;
    journey.room.seat('ben', 2);
    await hears('ben');
    await until(() => expect(asked('mic:set')).toEqual([{ roomId: ROOM_ID, muted: false }]));
    await until(() => expect(view().self?.muted).toBe(false));
    journey.room.join('cleo', 3);
    await hears('ben', 'cleo');
    await until(() => expect(view().status.phase).toBe('joined'));
    expect(view().muted).toBe(false);
  });

  it.each(['NOT_FOUND', 'FORBIDDEN', 'ROOM_FULL', 'ROOM_LOCKED'] as const)(
    'is the end when the room says %s',
    async (code) => {
      session = journey.join();
      await joined();
      journey.server.on('room:join', () => {
        throw new Refusal(code);
      });
      journey.server.cut();
      await until(() => expect(view().status).toEqual({ phase: 'ended', reason: code }));
    },
  );

  it('is waited out while the server is busy', async () => {
    session = journey.join();
    await joined();
    let refusals = 0;
    const busy = () => {
      refusals += 1;
      if (refusals < 8) journey.server.once('room:join', busy);
      throw new Refusal(refusals % 2 === 0 ? 'INTERNAL' : 'UNAVAILABLE');
    };
    journey.server.once('room:join', busy);
    journey.server.cut();
    await until(() => expect(view().status.phase).toBe('reconnecting'));
    await joined();
    expect(refusals).toBe(8);
  });
});

describe('trouble with the media', () => {
  it('is repaired after a reset', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await published();
    journey.room.loseMedia();
    journey.server.notify('media:reset', {
      roomId: ROOM_ID,
      epoch: journey.room.snapshot.epoch,
      reason: 'worker_died',
    });
    await until(() => expect(asked('transport:create')).toHaveLength(4));
    await hears('ben');
    await until(() => expect(asked('producer:create')).toHaveLength(2));
    expect(asked('room:join')).toHaveLength(1);
    expect(asked('transport:create').slice(2)).toEqual([
      { roomId: ROOM_ID, epoch: 2, direction: 'receive' },
      { roomId: ROOM_ID, epoch: 2, direction: 'send' },
    ]);
  });

  it('is found out by a request when the notice was lost', async () => {
    session = journey.join();
    await published();
    journey.room.loseMedia();
    journey.room.join('ben', 2);
    await hears('ben');
    expect(asked('room:join').length).toBeGreaterThan(1);
    await until(() => expect(view().snapshot?.tracks).toHaveLength(2));
  });

  it('does not cost the voice when the seat was lost with it', async () => {
    session = journey.join();
    await published();
    await session.setMuted(false);
    journey.room.loseMedia();
    journey.room.self.muted = true;
    journey.room.join('ben', 2);
    await hears('ben');
    await until(() => expect(asked('mic:set')).toHaveLength(2));
    expect(view().muted).toBe(false);
    await until(() => expect(view().self?.muted).toBe(false));
  });

  it('restarts ICE when the path is lost', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await until(() => expect(view().media).toBe('connected'));
    const transport = journey.browser.live('recv');
    journey.browser.setState(transport, 'disconnected');
    expect(view().media).toBe('interrupted');
    await until(() => expect(asked('transport:restart-ice')).toHaveLength(1));
    journey.browser.setState(transport, 'connected');
    await until(() => expect(view().media).toBe('connected'));
    expect(asked('transport:create')).toHaveLength(2);
  });

  it('builds the transport anew when ICE does not come back', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await until(() => expect(view().media).toBe('connected'));
    const transport = journey.browser.live('recv');
    journey.browser.setState(transport, 'failed');
    await until(() => expect(asked('transport:create')).toHaveLength(3));
    expect(asked('transport:restart-ice')).toHaveLength(3);
    expect(transport.closed).toBe(true);
    await hears('ben');
    await until(() => expect(view().media).toBe('connected'));
  });

  it('takes nothing of a transport that was replaced for its own, however late it is told', async () => {
    session = journey.join();
    await published();
    const rtpParameters = toWire(
      RtpParameters,
      fakes.generateConsumerRemoteParameters({ codecMimeType: 'audio/opus' }).rtpParameters,
    );
    let answer: () => void = () => undefined;
    journey.server.once(
      'consumer:create',
      () =>
        new Promise((resolve) => {
          const old = { consumerId: 'of-the-old', producerId: 'microphone-of-ben' };
          answer = () => {
            resolve({ consumers: [{ ...old, kind: 'audio', rtpParameters }], failed: [] });
          };
        }),
    );
    journey.room.join('ben', 2);
    await until(() => expect(asked('consumer:create')).toHaveLength(1));
    journey.browser.setState(journey.browser.live('recv'), 'failed');
    await until(() => expect(asked('transport:create')).toHaveLength(3));
    await hears('ben');
    answer();
    journey.room.join('cyd', 3);
    await hears('ben', 'cyd');
    expect(session.voices.current).toHaveLength(2);
    for (const name of ['consumer:resume', 'consumer:close'] as const) {
      expect(JSON.stringify(asked(name))).not.toContain('of-the-old');
    }
    expect(asked('transport:create')).toHaveLength(3);
  });

  it('builds the transport anew when it restarted ICE too often', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await until(() => expect(view().media).toBe('connected'));
    journey.server.once('transport:restart-ice', () => {
      throw new Refusal('RATE_LIMITED');
    });
    journey.browser.setState(journey.browser.live('recv'), 'failed');
    await until(() => expect(asked('transport:create')).toHaveLength(3));
    expect(asked('transport:restart-ice')).toHaveLength(1);
    await hears('ben');
  });

  it('waits for signalling before it repairs a path', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await published();
    await until(() => expect(view().media).toBe('connected'));
    const transport = journey.browser.live('recv');
    journey.server.cut();
    await until(() => expect(view().status.phase).toBe('reconnecting'));
    journey.browser.setState(transport, 'failed');
    await joined();
    await until(() => expect(asked('transport:restart-ice')).toHaveLength(1));
    journey.browser.setState(transport, 'connected');
    expect(transport.closed).toBe(false);
    expect(asked('transport:create')).toHaveLength(2);
  });

  it('publishes on a new transport when the answer was lost', async () => {
    let silent = 0;
    journey.server.once('producer:create', () => {
      silent += 1;
      throw new Refusal('INTERNAL');
    });
    session = journey.join();
    await published();
    expect(silent).toBe(1);
    expect(asked('transport:create')).toHaveLength(3);
  });

  it('publishes anew when the server dropped the track', async () => {
    session = journey.join();
    await published();
    journey.room.snapshot.tracks = [];
    journey.room.notify('room:track-unpublished', { producerId: `microphone-of-${ME}` });
    await until(() => expect(asked('producer:create')).toHaveLength(2));
    await published();
    expect(asked('room:join')).toHaveLength(1);
  });

  it('publishes once it is allowed to', async () => {
    journey.room.snapshot.participants = [person(ME, 1, { role: 'listener' })];
    journey.room.snapshot.room.mode = 'stage';
    journey.server.once('producer:create', () => {
      throw new Refusal('FORBIDDEN');
    });
    session = journey.join();
    await until(() => expect(asked('producer:create')).toHaveLength(1));
    journey.room.changeSelf({ role: 'speaker' });
    await published();
    expect(asked('producer:create')).toHaveLength(2);
    expect(asked('transport:create')).toHaveLength(2);
  });

  it('goes on with another microphone without publishing anew', async () => {
    session = journey.join();
    await published();
    await session.setMuted(false);
    await session.openMicrophone('other');
    expect(journey.browser.tracks).toHaveLength(2);
    await until(() => expect(journey.browser.track.enabled).toBe(true));
    expect(asked('producer:create')).toHaveLength(1);
  });
});

describe('the end', () => {
  it('is told to the server when one leaves', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
    await session.leave();
    expect(view().status).toEqual({ phase: 'ended', reason: 'left' });
    expect(asked('room:leave')).toEqual([{ roomId: ROOM_ID }]);
    expect(session.voices.current).toEqual([]);
    expect(journey.browser.transports.every(({ closed }) => closed)).toBe(true);
    expect(journey.browser.track.readyState).toBe('ended');
    expect(journey.session.room.current).toBeNull();
    await session.leave();
    expect(asked('room:leave')).toHaveLength(1);
  });

  it('comes after a join that was still under way', async () => {
    let answer: () => void = () => undefined;
    journey.server.on('room:join', async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      throw new Refusal('UNAVAILABLE');
    });
    session = journey.join();
    await until(() => expect(asked('room:join')).toHaveLength(1));
    const left = session.leave();
    // One round trip later the leaving would have arrived.
    await journey.session.listRooms().catch(() => undefined);
    expect(asked('room:leave')).toHaveLength(0);
    answer();
    await left;
    expect(asked('room:leave')).toHaveLength(1);
    expect(asked('room:join')).toHaveLength(1);
  });

  it('of one room is the start of another', async () => {
    session = journey.join();
    await published();
    await session.leave();
    const again = journey.join();
    expect(again).not.toBe(session);
    session = again;
    await published();
    expect(journey.browser.devicesMade).toBe(1);
    expect(journey.server.requests.map(({ name }) => name).indexOf('room:leave')).toBeLessThan(
      journey.server.requests.map(({ name }) => name).lastIndexOf('room:join'),
    );
  });

  it('says who ended it, and why in their words', async () => {
    journey.room.seat('ben', 2);
    session = journey.join();
    await joined();
    const payload = { roomId: ROOM_ID, reason: 'removed' as const, by: 'ben', words: 'Too loud' };
    journey.server.notify('removed', payload);
    const by = person('ben', 2).user;
    const over = { phase: 'ended', reason: 'removed', by, words: 'Too loud' };
    await until(() => expect(view().status).toEqual(over));
  });

  it.each(['moved', 'removed', 'banned', 'room_closed'] as const)('is %s', async (reason) => {
    session = journey.join();
    await joined();
    journey.server.notify('removed', { roomId: ROOM_ID, reason });
    await until(() => expect(view().status).toEqual({ phase: 'ended', reason }));
    expect(asked('room:leave')).toHaveLength(0);
    expect(journey.session.connection.current.phase).toBe('online');
  });

  it('is banned until then, by the clock on the wall though the device slept', async () => {
    session = journey.join();
    await joined();
    const awake = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => awake + 3_600_000);
    const from = Date.now();
    journey.server.notify('removed', { roomId: ROOM_ID, reason: 'banned', banMs: 120_000 });
    await until(() => expect(view().status).toHaveProperty('bannedUntil'));
    expect(minutesOfBan(from)).toBe(2);
  });

  it('is for all when the device is elsewhere', async () => {
    session = journey.join();
    await joined();
    journey.server.notify('replaced', { reason: 'same_device' });
    await until(() => expect(view().status).toEqual({ phase: 'ended', reason: 'replaced' }));
    expect(asked('room:leave')).toHaveLength(0);
  });

  it('by closing the page keeps the seat for a moment', async () => {
    session = journey.join();
    await joined();
    journey.session.close();
    expect(view().status).toEqual({ phase: 'ended', reason: 'signed_out' });
    expect(asked('room:leave')).toHaveLength(0);
  });

  it('is at once in a browser that cannot take part', async () => {
    await journey.end();
    const unsupported = Object.assign(new Error('no'), { name: 'UnsupportedError' });
    journey = await Journey.start(() => Promise.reject(unsupported));
    session = journey.join();
    await until(() =>
      expect(view().status).toEqual({ phase: 'ended', reason: 'unsupported_browser' }),
    );
    await until(() => expect(asked('room:leave')).toHaveLength(1));
  });

  it('is not that of a browser that could not load the code just now', async () => {
    await journey.end();
    let tries = 0;
    const { browser } = journey;
    journey = await Journey.start(() => {
      tries += 1;
      return tries < 3 ? Promise.reject(new Error('offline')) : browser.createDevice();
    });
    journey.room.seat('ben', 2);
    session = journey.join();
    await hears('ben');
  });
});
