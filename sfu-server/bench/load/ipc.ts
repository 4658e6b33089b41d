/** What the benchmark asks of the server that it started: requests and answers over Node's channel. */
import type { ChildProcess } from 'node:child_process';
import type { ConsumerParameters, TransportParameters } from '../../rtc-peer/index.ts';
import type { LocalDtlsParameters, ProducerRtpParameters } from '../../rtc-peer/wire.ts';

/** Where packets of many listeners without WebRTC go. */
export interface Sink {
  readonly ip: string;
  readonly port: number;
}

/** Requests by name; see server.ts for what they do. */
export interface ServerRequests {
  ready: { in: null; out: { url: string; workers: number[] } };
  heapAfterCollection: { in: null; out: { usedKb: number } };
  newestRouter: { in: null; out: { routerId: string } };
  addListeners: {
    in: {
      routerId: string;
      of: 'slots' | 'microphones';
      count: number;
      /** The first ones also speak: each leaves out one microphone, its own. */
      speaking: number;
      sink: Sink;
    };
    out: { consumers: number };
  };
  dropListeners: { in: { routerId: string; count: number }; out: null };
  nativeRouter: { in: null; out: { routerId: string } };
  nativeTransport: { in: { routerId: string }; out: TransportParameters };
  nativeConnect: { in: { transportId: string; dtlsParameters: LocalDtlsParameters }; out: null };
  nativeProduce: {
    in: { transportId: string; rtpParameters: ProducerRtpParameters };
    out: { producerId: string };
  };
  nativeConsume: { in: { transportId: string; producerIds: string[] }; out: ConsumerParameters[] };
}
export type RequestName = keyof ServerRequests;

export type Handlers = {
  readonly [Name in RequestName]: (
    payload: ServerRequests[Name]['in'],
  ) => Promise<ServerRequests[Name]['out']>;
};

interface Request {
  readonly id: number;
  readonly name: RequestName;
  readonly payload: unknown;
}

interface Answer {
  readonly id: number;
  readonly data?: unknown;
  readonly error?: string;
}

/** In the server: answers the process that started this one. */
export const answerParent = (handlers: Handlers): void => {
  process.on('message', (message) => {
    // Both ends are ours and of one version.
    const { id, name, payload } = message as Request;
    const handle = handlers[name] as (payload: unknown) => Promise<unknown>;
    handle(payload).then(
      (data) => process.send?.({ id, data } satisfies Answer),
      (error: unknown) => process.send?.({ id, error: String(error) } satisfies Answer),
    );
  });
};

/** In the benchmark: asks the server that it started. */
export class ServerChannel {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message) => {
      const { id, data, error } = message as Answer;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(data);
      else waiting?.reject(new Error(error));
    });
    child.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`the server ended with ${code ?? signal ?? 'nothing'}`));
      }
    });
  }

  async ask<Name extends RequestName>(
    name: Name,
    payload: ServerRequests[Name]['in'],
  ): Promise<ServerRequests[Name]['out']> {
    const id = ++this.#last;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#child.send({ id, name, payload } satisfies Request);
    return (await waiting.promise) as ServerRequests[Name]['out'];
  }
}
