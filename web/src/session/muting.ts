/** What the person wants, muted or not, brought to the server and kept across reconnects. */
import type { Participant } from '@veche/protocol';
import type { RequestError } from './errors.ts';
import { Observable } from './observable.ts';

interface Waiter {
  readonly muted: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface MutingPorts {
  /** `mic:set` */
  readonly tell: (muted: boolean) => Promise<unknown>;
  readonly online: () => boolean;
}

export class Muting {
  readonly #ports: MutingPorts;
  readonly #wanted: Observable<boolean>;
  /** The server's last word, or what it was last told; null before the join. */
  #server: boolean | null = null;
  #telling = false;
  /** While it is told to unmute: it has done so, and then muted for a reason of its own. */
  #unmuted = false;
  #mutedAgain = false;
  #waiters: Waiter[] = [];

  constructor(muted: boolean, ports: MutingPorts) {
    this.#wanted = new Observable(muted);
    this.#ports = ports;
  }

  /** What the person wants. */
  get muted(): Observable<boolean> {
    return this.#wanted;
  }

  /** Takes effect here at once; resolves when the server knows, if need be after a reconnect. */
  set(muted: boolean): Promise<void> {
    this.#wanted.set(muted);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ muted, resolve, reject });
      void this.#push();
    });
  }

  /**
   * After each join: the server may have started anew, and everyone joins muted.
   * @param staysMuted whoever is new here does, unless they have just asked for the opposite
   */
  joined(self: Participant, staysMuted = false): void {
    const held = staysMuted && self.muted && this.#waiters.length === 0;
    // Nobody undoes a moderator's mute but the person, by a new decision.
    if (self.mutedByModerator || held) this.#wanted.set(true);
    this.#server = self.muted;
    void this.#push();
  }

  /** After a notice about oneself. */
  changed(self: Participant, former: Participant | null): void {
    if (this.#server === null) return;
    const silenced = self.mutedByModerator && !former?.mutedByModerator;
    if (silenced) this.#wanted.set(true);
    if (this.#telling) {
      // It may be older than what the server was told; only after the unmuting it is not.
      this.#mutedAgain = self.muted && this.#unmuted;
      this.#unmuted ||= !self.muted;
      return;
    }
    this.#server = self.muted;
    // Muted by the server for a reason of its own (a role, a mode); the person decides anew.
    if (self.muted) this.#wanted.set(true);
    void this.#push();
  }

  /** The signal is lost: what the server knows is open until the next join. */
  lost(): void {
    this.#server = null;
  }

  close(reason: RequestError): void {
    this.#server = null;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(reason);
  }

  async #push(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    while (this.#server !== null && this.#server !== this.#wanted.current) {
      const muted = this.#wanted.current;
      this.#unmuted = false;
      this.#mutedAgain = false;
      try {
        await this.#ports.tell(muted);
        this.#told(muted);
      } catch (error) {
        // The next join tells it again.
        if (!this.#ports.online()) break;
        this.#refused(muted, error);
        break;
      }
    }
    this.#telling = false;
    if (this.#server !== null && this.#server === this.#wanted.current) {
      this.#settle(this.#server, null);
    }
  }

  #told(muted: boolean): void {
    // Null if the signal was lost just now.
    if (this.#server !== null) this.#server = muted || this.#mutedAgain;
    if (this.#mutedAgain) this.#wanted.set(true);
    this.#settle(muted, null);
  }

  #refused(muted: boolean, error: unknown): void {
    // On the safe side: better believed muted than heard against one's will.
    if (!muted) this.#wanted.set(true);
    this.#settle(muted, error);
  }

  /** Answers those who asked for this, and those whose wish was overtaken. */
  #settle(muted: boolean, error: unknown): void {
    const answered = this.#waiters.filter(
      (waiter) => waiter.muted === muted || waiter.muted !== this.#wanted.current,
    );
    this.#waiters = this.#waiters.filter((waiter) => !answered.includes(waiter));
    for (const { resolve, reject } of answered) {
      if (error === null) resolve();
      else reject(error);
    }
  }
}
