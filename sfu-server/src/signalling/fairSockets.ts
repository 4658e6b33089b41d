/**
 * WebSockets that take turns. `ws` hands over all messages of one read before any other socket is
 * looked at: whoever sends a thousand at once would make everyone wait. Here each socket hands over
 * one, and then the others have their turn.
 */
import { WebSocket, WebSocketServer } from 'ws';
import type { LoopTurns } from './loopTurns.ts';

/** With so many that wait here, no more is read off the network. */
const READS_UNTIL = 32;

type Event = readonly [name: string, ...args: unknown[]];

/** A server of WebSockets whose messages, and the end that comes after them, wait for `turns`. */
export const fairSocketServer = (turns: LoopTurns) => {
  class FairSocket extends WebSocket {
    readonly #waiting: Event[] = [];

    override emit(...event: Event): boolean {
      const [name] = event;
      if (name !== 'message' && !(name === 'close' && this.#waiting.length > 0)) {
        return super.emit(...event);
      }
      this.#waiting.push(event);
      if (this.#waiting.length === 1) turns.add(this.#next);
      if (this.#waiting.length === READS_UNTIL) this.pause();
      return true;
    }

    readonly #next = (): void => {
      const [event] = this.#waiting;
      if (!event) return;
      try {
        super.emit(...event);
      } finally {
        // Only now: what ends the connection meanwhile comes after what is left.
        this.#waiting.shift();
        if (this.#waiting.length > 0) turns.add(this.#next);
        else if (this.isPaused) this.resume();
      }
    };
  }

  return class extends WebSocketServer {
    constructor(options: object) {
      super({ ...options, WebSocket: FairSocket });
    }
  };
};
