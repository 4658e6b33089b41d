/** WebSockets that have not signed in yet: only so many of one network address. */
import type { IncomingMessage } from 'node:http';
import { networkAddress } from './origin.ts';
import type { Line } from './traffic.ts';

export class Doorstep {
  readonly #mostPerAddress: number;
  readonly #trustProxy: boolean;
  readonly #waiting = new Map<Line, string>();
  readonly #countFrom = new Map<string, number>();

  constructor(mostPerAddress: number, trustProxy: boolean) {
    this.#mostPerAddress = mostPerAddress;
    this.#trustProxy = trustProxy;
  }

  hasPlace(request: IncomingMessage): boolean {
    return this.#count(networkAddress(request, this.#trustProxy)) < this.#mostPerAddress;
  }

  /** It is open; it waits until it enters or closes. */
  wait(line: Line): void {
    const from = networkAddress(line.request, this.#trustProxy);
    this.#waiting.set(line, from);
    this.#countFrom.set(from, this.#count(from) + 1);
    line.once('close', () => {
      this.enter(line);
    });
  }

  /** It has signed in, or is gone. */
  enter(line: Line): void {
    const from = this.#waiting.get(line);
    if (from === undefined) return;
    this.#waiting.delete(line);
    const left = this.#count(from) - 1;
    if (left > 0) this.#countFrom.set(from, left);
    else this.#countFrom.delete(from);
  }

  #count(from: string): number {
    return this.#countFrom.get(from) ?? 0;
  }
}
