/** What each request does, behind the guard of its right (rights.ts). */
import { RoomId } from '@veche/protocol';
import type { DataInput } from '@veche/protocol';
import type { CallService } from '../app/callService.ts';
import type { LiveRoom } from '../app/liveRoom.ts';
import * as moderating from '../app/moderating.ts';
import type { Address, Clock, Ids, Notifier } from '../app/ports.ts';
import type { PresenceService } from '../app/presenceService.ts';
import * as publishing from '../app/publishing.ts';
import type { RoomPosture } from '../app/roomPosture.ts';
import type { RoomService } from '../app/roomService.ts';
import type { SeatIn, Seats } from '../app/seats.ts';
import { subscribe } from '../app/subscribing.ts';
import { withMedia } from '../app/joinMedia.ts';
import { Refusal } from '../domain/refusal.ts';
import * as rules from '../domain/roomRules.ts';
import * as trackRules from '../domain/trackRules.ts';
import { createGuards } from './guards.ts';
import type { Handlers } from './guards.ts';

export interface HandlerParts {
  readonly rooms: RoomService;
  readonly calls: CallService;
  /** Of rooms and of calls. */
  readonly seats: Seats;
  readonly presence: PresenceService;
  readonly notifier: Notifier & { startListening(device: Address, roomId: RoomId): void };
  readonly clock: Clock;
  readonly ids: Ids;
  /** Tracks that one participant may receive. */
  readonly mostConsumers: number;
}

export const createHandlers = (parts: HandlerParts): Handlers => {
  const { rooms, calls, seats, presence, notifier, clock, ids } = parts;

  const guards = createGuards(seats);
  const { signedIn, atTheDoor, asOwner, inOwnCall, withSeat, asModerator } = guards;
  const { onTransport, onProducer, onConsumer, onConsumers, onOwnConsumers } = guards;
  const peerOf = ({ room, id }: SeatIn) => room.media.peer(id);

  return {
    'people:list': signedIn((_context, payload) => presence.list(payload)),
    'people:watch': signedIn(({ address }, { userIds }) => presence.watch(address, userIds)),

    'call:initiate': signedIn((context, payload) => calls.initiate(context, payload)),
    'call:answer': inOwnCall((context, { callId }) => calls.ask(context, 'answer', callId)),
    'call:reject': inOwnCall((context, { callId }) => calls.ask(context, 'reject', callId)),
    'call:end': inOwnCall((context, { callId }) => calls.ask(context, 'end', callId)),
    'call:history': signedIn(({ user }, payload) => calls.history(user, payload)),
    'call:history-seen': signedIn(({ user }) => {
      calls.markSeen(user);
      return {};
    }),

    'room:list': signedIn(({ user }) => ({ rooms: rooms.list(user) })),
    'room:create': signedIn(async ({ user }, payload) => ({
      room: await rooms.create(user, payload),
    })),
    'room:join': atTheDoor(async (context, payload) => {
      const { user, address, networkAddress, late, afterAck } = context;
      const { callId, password, media } = payload;
      // The room of a call goes by the call's id.
      const roomId = payload.roomId ?? RoomId.parse(callId);
      afterAck(() => {
        notifier.startListening(address, roomId);
      });
      const furnish = async (joined: DataInput<'room:join'>) =>
        media
          ? withMedia(seats.in(address, roomId), joined, media, late, parts.mostConsumers)
          : joined;
      if (callId === undefined) {
        return rooms.join(user, address, { roomId, password, networkAddress }, late, furnish);
      }
      const answer = await furnish(await calls.join(user, address, callId, late));
      // It may have ended at any moment, and its media with it.
      calls.requireActive(address, callId);
      return answer;
    }),
    'room:leave': withSeat(({ room, id }) => {
      room.leave(id, 'left');
      return {};
    }),
    'room:snapshot': withSeat(({ room, id }) => ({ snapshot: room.snapshotFor(id) })),
    'room:hold': withSeat(async ({ room, id }, { held }) => {
      await publishing.setHold(room, id, held);
      return {};
    }),
    'room:delete': asOwner(({ user, address }, { roomId }) => {
      rooms.delete(user, address, roomId);
      return {};
    }),

    'transport:create': withSeat(({ room, id }, { epoch, direction }, { late }) =>
      room.media.peerAt(id, epoch).createTransport(direction, late),
    ),
    'transport:connect': onTransport(async (seat, { transportId, dtlsParameters }) => {
      await peerOf(seat).connectTransport(transportId, dtlsParameters);
      return {};
    }),
    'transport:restart-ice': onTransport(async (seat, { transportId }) => ({
      iceParameters: await peerOf(seat).restartIce(transportId),
    })),

    'producer:create': onTransport(async ({ room, id }, payload, { late }) => ({
      producerId: await publishing.publish(room, id, payload, late),
    })),
    'producer:pause': onProducer(async ({ room, id }, { producerId }) => {
      await publishing.setTrackPaused(room, id, producerId, true);
      return {};
    }),
    'producer:resume': onProducer(async ({ room, id }, { producerId }) => {
      await publishing.setTrackPaused(room, id, producerId, false);
      return {};
    }),
    'producer:close': onProducer((seat, { producerId }) => {
      peerOf(seat).closeProducer(producerId);
      return {};
    }),

    'consumer:create': onTransport(async ({ room, id }, payload, { late, partRefused }) => {
      const answer = await subscribe(room, id, payload, late, parts.mostConsumers);
      for (const { producerId, code } of answer.failed)
        partRefused(code, `producerIds: ${producerId}`);
      return answer;
    }),
    'consumer:resume': onConsumers(async (seat, { consumerIds }) => {
      await peerOf(seat).setConsumersPaused(consumerIds, false);
      return {};
    }),
    'consumer:pause': onConsumers(async (seat, { consumerIds }) => {
      await peerOf(seat).setConsumersPaused(consumerIds, true);
      return {};
    }),
    'consumer:close': onOwnConsumers(({ address }, { consumerIds }) => {
      seats.closeConsumers(address, consumerIds);
      return {};
    }),
    'consumer:layers': onConsumer(async (seat, { consumerId, spatialLayer, temporalLayer }) => {
      await peerOf(seat).setLayers(consumerId, spatialLayer, temporalLayer);
      return {};
    }),

    'mic:set': withSeat(async ({ room, id }, { muted }) => {
      await publishing.decideTracks(room, id, trackRules.setMuted(room.state, id, muted));
      return {};
    }),
    'hand:set': withSeat(({ room, id }, { raised }) => {
      room.commit(rules.setHand(room.state, id, raised, clock.now()));
      return {};
    }),
    'chat:send': withSeat(({ room, id }, { text }) => ({
      messageId: room.say(id, text, ids.messageId()),
    })),

    'mod:mute': asModerator(async ({ room, id }, { participantId }) => {
      await moderating.mute(room, id, participantId);
      return {};
    }),
    'mod:remove': asModerator(({ room, id }, payload) => {
      moderating.remove(room, id, payload, clock);
      return {};
    }),
    'mod:role': asModerator(async ({ room, id }, payload) => {
      await moderating.setRole(room, id, payload);
      return {};
    }),
    'mod:lock': asModerator(({ room, id }, payload) => {
      moderating.setLocked(room, id, payload);
      return {};
    }),
    'mod:mode': asModerator(async ({ room, id }, payload) => {
      await moderating.setMode(room, id, payload);
      return {};
    }),
    'mod:voice': asModerator(({ room, id }, { posture: voice }) => {
      postureOf(room).want({ voice }, id);
      return {};
    }),
    'mod:join-muted': asModerator(({ room, id }, { joinMuted }) => {
      postureOf(room).want({ joinMuted }, id);
      return {};
    }),
    'mod:dismiss-stage': asModerator(({ room, id }) => {
      postureOf(room).dismissStage(id);
      return {};
    }),
  };
};

const postureOf = (room: LiveRoom): RoomPosture => {
  if (room.posture) return room.posture;
  throw new Refusal('INVALID_STATE', 'roomId: a call does not follow its size');
};
