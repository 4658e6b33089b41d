/** The signalling half of being in a room: joined or not, and the room's state, over reconnects. */
import type { Data, Notice, RoomId, Snapshot } from '@veche/protocol';
import type { RoomEnd, RoomPhase } from './api.ts';
import type { Connection } from './connection.ts';
import { Joining, type MediaWanted } from './joining.ts';
import type { Place } from './place.ts';
import type { Log, Timers } from './ports.ts';
import { isRoomEvent, type RoomEvent } from './roomState.ts';
import { RoomSync } from './roomSync.ts';
import type { AnyNotice } from './wire.ts';

export interface MembershipPorts {
  readonly connection: Connection;
  readonly roomId: RoomId;
  readonly entry: Place['entry'];
  /** What the server is to make along with a join. */
  readonly media: () => MediaWanted | Promise<MediaWanted>;
  /** What the server knew of us is open until the next join. */
  readonly unsettled: () => void;
  /** After each join, with all that it brought. */
  readonly joined: (snapshot: Snapshot, data: Data<'room:join'>) => void;
  /** After each change between joins. */
  readonly changed: (snapshot: Snapshot, former: Snapshot) => void;
  /** Each notice that changed the room, with the room before it. */
  readonly happened: (event: RoomEvent, before: Snapshot) => void;
  readonly speakers: (speakers: Notice<'room:speakers'>['speakers']) => void;
  /** A picture is withheld from us, or not any more. */
  readonly held: (notice: Notice<'consumer:held'>) => void;
  readonly statusChanged: () => void;
  readonly ended: (reason: RoomEnd) => void;
  readonly timers: Timers;
  readonly log: Log;
}

type Told = Pick<Extract<RoomPhase, { phase: 'ended' }>, 'by' | 'words' | 'bannedUntil'>;

/** By the clock on the wall: it is shown as an hour, and goes on while the device sleeps. */
const untilAfter = (banMs: number | undefined): Told =>
  banMs === undefined ? {} : { bannedUntil: Date.now() + banMs };

export class Membership {
  readonly #ports: MembershipPorts;
  readonly #joining: Joining;
  readonly #sync: RoomSync;
  #unlisten: (() => void)[] = [];
  #status: RoomPhase = { phase: 'joining' };
  #snapshot: Snapshot | null = null;
  #takingJoin = false;

  constructor(ports: MembershipPorts) {
    const { connection, roomId } = ports;
    this.#ports = ports;
    this.#joining = new Joining({
      ...ports,
      asking: () => {
        this.#sync.hold();
        ports.unsettled();
      },
      joined: this.#joined,
      refused: (why, banMs) => {
        this.end(why, untilAfter(banMs));
      },
    });
    this.#sync = new RoomSync({
      ...ports,
      fetchSnapshot: async () => (await connection.request('room:snapshot', { roomId })).snapshot,
      changed: this.#changed,
      notInRoom: this.rejoin,
    });
  }

  get status(): RoomPhase {
    return this.#status;
  }

  get ended(): boolean {
    return this.#status.phase === 'ended';
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  start(): void {
    if (this.ended) return;
    const { connection } = this.#ports;
    this.#unlisten = [
      connection.listen(this.#heard),
      connection.state.subscribe(this.#followConnection),
    ];
    this.rejoin();
    this.#followConnection();
  }

  rejoin = (): void => {
    this.#joining.join();
  };

  /** The server is not told; see `leave`. */
  end = (reason: RoomEnd, told: Told = {}): void => {
    if (this.ended) return;
    this.#ports.log.info(`room over: ${reason}`);
    this.#status = { phase: 'ended', reason, ...told };
    for (const unlisten of this.#unlisten) unlisten();
    this.#sync.close();
    void this.#joining.close();
    this.#ports.ended(reason);
  };

  async leave(reason: RoomEnd): Promise<void> {
    const { connection, roomId, log } = this.#ports;
    this.end(reason);
    // A join that is still under way must not be answered after we are believed gone.
    await this.#joining.close();
    try {
      await connection.request('room:leave', { roomId });
    } catch (error) {
      log.debug('room:leave failed', error);
    }
  }

  #heard = (notice: AnyNotice): void => {
    if (notice.name === 'welcome') {
      this.rejoin();
      return;
    }
    if (!('roomId' in notice.payload) || notice.payload.roomId !== this.#ports.roomId) return;
    if (isRoomEvent(notice)) this.#sync.take(notice);
    else if (notice.name === 'room:speakers') this.#ports.speakers(notice.payload.speakers);
    else if (notice.name === 'consumer:held') this.#ports.held(notice.payload);
    else if (notice.name === 'removed') this.#removed(notice.payload);
  };

  #removed({ reason, by, words, banMs }: Notice<'removed'>): void {
    const who = this.#snapshot?.participants.find(({ id }) => id === by)?.user;
    this.end(reason, {
      ...(who ? { by: who } : {}),
      ...(words === undefined ? {} : { words }),
      ...untilAfter(banMs),
    });
  }

  #followConnection = (): void => {
    const { current } = this.#ports.connection.state;
    if (current.phase === 'ended') {
      this.end(current.reason);
    } else if (current.phase === 'reconnecting') {
      if (this.#snapshot) this.#status = { phase: 'reconnecting', sinceMs: current.sinceMs };
      this.#ports.unsettled();
      this.#ports.statusChanged();
    }
  };

  #joined = (data: Data<'room:join'>): void => {
    this.#status = { phase: 'joined' };
    this.#takingJoin = true;
    this.#sync.reset({ ...data.snapshot, epoch: data.epoch });
    this.#takingJoin = false;
    // With the notices that came before the answer.
    if (this.#snapshot) this.#ports.joined(this.#snapshot, data);
  };

  #changed = (snapshot: Snapshot): void => {
    const former = this.#snapshot;
    this.#snapshot = snapshot;
    if (!this.#takingJoin && former) this.#ports.changed(snapshot, former);
  };
}
