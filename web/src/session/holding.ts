/** Whether a room is on hold, brought to the server and kept across reconnects. */
import type { Participant } from '@veche/protocol';
import type { Log } from './ports.ts';

export interface HoldingPorts {
  /** `room:hold` */
  readonly tell: (held: boolean) => Promise<unknown>;
  readonly log: Log;
}

export class Holding {
  readonly #ports: HoldingPorts;
  #held = false;
  /** What the server knows; null before the join. */
  #server: boolean | null = null;
  #telling = false;

  constructor(ports: HoldingPorts) {
    this.#ports = ports;
  }

  get held(): boolean {
    return this.#held;
  }

  set(held: boolean): void {
    this.#held = held;
    void this.#push();
  }

  /** After each join: the same seat is still on hold, a new one is not. */
  joined({ onHold }: Participant): void {
    this.#server = onHold;
    void this.#push();
  }

  /** The signal is lost: what the server knows is open until the next join. */
  lost(): void {
    this.#server = null;
  }

  async #push(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    while (this.#server !== null && this.#server !== this.#held) {
      const held = this.#held;
      try {
        await this.#ports.tell(held);
        this.#told(held);
      } catch (error) {
        // Here it is silent all the same; the next change or join tells it again.
        this.#ports.log.warn('room:hold failed', error);
        break;
      }
    }
    this.#telling = false;
  }

  #told(held: boolean): void {
    // Null if the signal was lost just now.
    if (this.#server !== null) this.#server = held;
  }
}
