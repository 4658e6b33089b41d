/**
 * When what is sent leaves. Each write costs a system call, and one change of a large room is told
 * to hundreds: written at once, they would hold up the event loop, and media with it. So everything
 * waits in its socket's own stream, in order, until the socket's turn: a few milliseconds of writing
 * in each turn of the loop. While more is told than one turn can write, what goes to whole rooms
 * waits a moment longer, so that several notices leave in one write.
 */
import { WebSocket } from 'ws';
import { frameOf, joinPieces } from './frames.ts';
import type { Line } from './traffic.ts';

/** Time for writing in one turn of the event loop, and how many are written between two looks at the clock. */
const MS_IN_A_TURN = 2;
const BETWEEN_LOOKS = 8;
/** More than this does not wait at all: it is memory, and counts as what a client does not read. */
const MOST_HELD_BYTES = 32_768;
/** How long what many are told waits for more, while there is more. */
const GATHER_MS = 50;

/** What a socket waits for: its turn, or for more. */
type Wait = 'turn' | 'more';

interface Outlet {
  readonly line: Line;
  wait: Wait | null;
  /** When it was written last, monotonic ms. */
  writtenAt: number;
}

export class Outlets {
  readonly #msInATurn: number;
  readonly #turns: Outlet[] = [];
  readonly #gathering: { readonly outlet: Outlet; readonly until: number }[] = [];
  #isComing = false;
  #timer: NodeJS.Timeout | null = null;
  /** More than one turn can write was there until then, monotonic ms. */
  #crowdedUntil = 0;

  constructor(msInATurn = MS_IN_A_TURN) {
    this.#msInATurn = msInATurn;
  }

  /** From now on this connection waits for its turns. */
  watch(line: Line): void {
    const { transport } = line;
    const outlet: Outlet = { line, wait: null, writtenAt: 0 };
    const send = transport.send.bind(transport);
    transport.send = (packets) => {
      if (hasSaidGoodbye(transport)) return;
      let toMany = true;
      for (const frame of packets.map(frameOf)) {
        if (frame) joinPieces(frame);
        else toMany = false;
      }
      const tcp = line.request.socket;
      if (outlet.wait === null) tcp.cork();
      send(packets);
      // Into the stream, where it waits: there is room for more.
      transport.writable = true;
      if (tcp.writableLength > MOST_HELD_BYTES) letOut(outlet);
      else this.#wait(outlet, toMany);
    };
  }

  #wait(outlet: Outlet, toMany: boolean): void {
    if (outlet.wait === 'turn') return;
    const now = performance.now();
    if (!toMany || now >= Math.min(this.#crowdedUntil, outlet.writtenAt + GATHER_MS)) {
      this.#giveTurn(outlet);
    } else if (outlet.wait === null) {
      this.#gather(outlet, now + GATHER_MS);
    }
  }

  #giveTurn(outlet: Outlet): void {
    outlet.wait = 'turn';
    this.#turns.push(outlet);
    if (!this.#isComing) this.#comeBack();
  }

  #comeBack(): void {
    this.#isComing = true;
    setImmediate(() => {
      this.#write();
    });
  }

  #write(): void {
    const end = performance.now() + this.#msInATurn;
    let now = 0;
    for (let count = 1; now < end; count++) {
      const outlet = this.#turns.shift();
      if (!outlet) break;
      if (outlet.wait === 'turn') letOut(outlet);
      if (count % BETWEEN_LOOKS === 0) now = performance.now();
    }
    this.#isComing = false;
    if (this.#turns.length === 0) return;
    this.#crowdedUntil = end + GATHER_MS;
    this.#comeBack();
  }

  #gather(outlet: Outlet, until: number): void {
    outlet.wait = 'more';
    this.#gathering.push({ outlet, until });
    this.#timer ??= setTimeout(() => {
      this.#gathered();
    }, GATHER_MS);
  }

  #gathered(): void {
    this.#timer = null;
    const now = performance.now();
    for (;;) {
      const [first] = this.#gathering;
      if (!first) return;
      if (first.until > now) {
        this.#timer = setTimeout(() => {
          this.#gathered();
        }, first.until - now);
        return;
      }
      this.#gathering.shift();
      // It may have had its turn since, for something that does not wait.
      if (first.outlet.wait === 'more') this.#giveTurn(first.outlet);
    }
  }
}

/**
 * Nothing reaches a client that has closed. To write all the same would fail, and the connection would
 * end as one that broke, while the client's last word, that it leaves, still waits for its turn.
 */
const hasSaidGoodbye = (transport: object): boolean =>
  'socket' in transport &&
  typeof transport.socket === 'object' &&
  transport.socket !== null &&
  'readyState' in transport.socket &&
  transport.socket.readyState !== WebSocket.OPEN;

/** All that waits in the stream goes in one write; until that is done nothing follows. */
const letOut = (outlet: Outlet): void => {
  const { line } = outlet;
  outlet.wait = null;
  outlet.writtenAt = performance.now();
  line.transport.writable = false;
  line.request.socket.uncork();
};
