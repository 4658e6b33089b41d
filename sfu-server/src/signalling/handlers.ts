/**
 * What each request does, and who may send it. A handler can only be written through one of the
 * functions below, each of which stands for a right: nothing is allowed by leaving it out.
 */
import { RoomId } from '@veche/protocol';
import type {
  ConsumerId,
  DataInput,
  Payload,
  ProducerId,
  RequestName,
  TransportId,
  User,
} from '@veche/protocol';
import type { CallService } from '../app/callService.ts';
import * as moderating from '../app/moderating.ts';
import type { Address, Clock, Ids, Notifier } from '../app/ports.ts';
import type { PresenceService } from '../app/presenceService.ts';
import * as publishing from '../app/publishing.ts';
import type { RoomService } from '../app/roomService.ts';
import type { SeatIn, Seats } from '../app/seats.ts';
import { subscribe } from '../app/subscribing.ts';
import { withMedia } from '../app/joinMedia.ts';
import { requireModerator } from '../domain/moderation.ts';
import { Refusal } from '../domain/refusal.ts';
import * as rules from '../domain/roomRules.ts';

/** Who asks, as the socket says; and whether it is still waiting. */
interface RequestContext {
  readonly user: User;
  readonly address: Address;
  /** Aborted when nobody waits for the answer any more: what is made after that is undone. */
  readonly late: AbortSignal;
  /** Called once the ack is on its way. */
  readonly afterAck: (callback: () => void) => void;
}

/** The right that a request needs. */
type Access =
  'signed_in' | 'seat' | 'moderator' | 'own_transport' | 'own_producer' | 'own_consumer';

type Answer<N extends RequestName> = DataInput<N> | Promise<DataInput<N>>;

interface Handler<N extends RequestName> {
  readonly access: Access;
  run(context: RequestContext, payload: Payload<N>): Answer<N>;
}

export type Handlers = { readonly [N in RequestName]: Handler<N> };

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

  const signedIn = <P, D>(run: (context: RequestContext, payload: P) => D) => ({
    access: 'signed_in' as const,
    run,
  });
  const withSeat = <P extends { roomId: RoomId }, D>(
    run: (seat: SeatIn, payload: P, context: RequestContext) => D,
  ) => ({
    access: 'seat' as const,
    run: (context: RequestContext, payload: P): D =>
      run(seats.in(context.address, payload.roomId), payload, context),
  });
  const asModerator = <P extends { roomId: RoomId }, D>(run: (seat: SeatIn, payload: P) => D) => ({
    access: 'moderator' as const,
    run: (context: RequestContext, payload: P): D => {
      const seat = seats.in(context.address, payload.roomId);
      requireModerator(seat.room.state, seat.id);
      return run(seat, payload);
    },
  });
  const onTransport = <P extends { transportId: TransportId }, D>(
    run: (seat: SeatIn, payload: P, context: RequestContext) => D,
  ) => ({
    access: 'own_transport' as const,
    run: (context: RequestContext, payload: P): D =>
      run(seats.owning(context.address, payload.transportId, 'transportId'), payload, context),
  });
  const onProducer = <P extends { producerId: ProducerId }, D>(
    run: (seat: SeatIn, payload: P) => D,
  ) => ({
    access: 'own_producer' as const,
    run: (context: RequestContext, payload: P): D =>
      run(seats.owning(context.address, payload.producerId, 'producerId'), payload),
  });
  const onConsumers = <P extends { consumerIds: ConsumerId[] }, D>(
    run: (seat: SeatIn, payload: P) => D,
  ) => ({
    access: 'own_consumer' as const,
    run: (context: RequestContext, payload: P): D =>
      run(seatOfConsumers(context.address, payload.consumerIds), payload),
  });
  /** The seat that has any of them: some may have ended on their own. */
  const seatOfConsumers = (address: Address, consumerIds: readonly ConsumerId[]): SeatIn => {
    let refusal: unknown;
    for (const id of consumerIds) {
      try {
        return seats.owning(address, id, 'consumerIds');
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  };
  const peerOf = ({ room, id }: SeatIn) => room.media.peer(id);

  return {
    'people:list': signedIn((_context, payload) => presence.list(payload)),
    'people:watch': signedIn(({ address }, { userIds }) => presence.watch(address, userIds)),

    'call:initiate': signedIn((context, payload) => calls.initiate(context, payload)),
    'call:answer': signedIn((context, { callId }) => calls.ask(context, 'answer', callId)),
    'call:reject': signedIn((context, { callId }) => calls.ask(context, 'reject', callId)),
    'call:end': signedIn((context, { callId }) => calls.ask(context, 'end', callId)),
    'call:history': signedIn(({ user }, payload) => calls.history(user, payload)),
    'call:history-seen': signedIn(({ user }) => {
      calls.markSeen(user);
      return {};
    }),

    'room:list': signedIn(({ user }) => ({ rooms: rooms.list(user) })),
    'room:create': signedIn(async ({ user }, payload) => ({
      room: await rooms.create(user, payload),
    })),
    'room:join': signedIn(async ({ user, address, late, afterAck }, payload) => {
      const { callId, password, media } = payload;
      // The room of a call goes by the call's id.
      const roomId = payload.roomId ?? RoomId.parse(callId);
      afterAck(() => {
        notifier.startListening(address, roomId);
      });
      const joined =
        callId === undefined
          ? await rooms.join(user, address, { roomId, password }, late)
          : await calls.join(user, address, callId, late);
      if (!media) return joined;
      const seat = seats.in(address, roomId);
      const answer = await withMedia(seat, joined, media, late, parts.mostConsumers);
      // A call may end at any moment, and its media with it.
      if (callId !== undefined) calls.requireActive(address, callId);
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
    'room:delete': signedIn(({ user, address }, { roomId }) => {
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

    'consumer:create': onTransport(({ room, id }, payload, { late }) =>
      subscribe(room, id, payload, late, parts.mostConsumers),
    ),
    'consumer:resume': onConsumers(async (seat, { consumerIds }) => {
      await peerOf(seat).setConsumersPaused(consumerIds, false);
      return {};
    }),
    'consumer:pause': onConsumers(async (seat, { consumerIds }) => {
      await peerOf(seat).setConsumersPaused(consumerIds, true);
      return {};
    }),
    'consumer:close': {
      access: 'own_consumer',
      run: ({ address }, { consumerIds }) => {
        seats.closeConsumers(address, consumerIds);
        return {};
      },
    },
    'consumer:layers': {
      access: 'own_consumer',
      run: async ({ address }, { consumerId, spatialLayer, temporalLayer }) => {
        const seat = seats.owning(address, consumerId, 'consumerId');
        await peerOf(seat).setLayers(consumerId, spatialLayer, temporalLayer);
        return {};
      },
    },

    'mic:set': withSeat(async ({ room, id }, { muted }) => {
      await publishing.decideMicrophone(room, id, rules.setMuted(room.state, id, muted));
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
    'mod:voice': asModerator(({ room, id }, { posture }) => {
      if (!room.posture)
        throw new Refusal('INVALID_STATE', 'roomId: the voice of a call is direct');
      room.posture.want(posture, id);
      return {};
    }),
  };
};
