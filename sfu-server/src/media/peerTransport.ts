/** A WebRtcTransport and when it ends: no DTLS in time, a closed peer, or a path lost for good. */
import { TransportId } from '@veche/protocol';
import type { DataInput, DtlsParameters, IceParameters } from '@veche/protocol';
import type { WebRtcTransport } from 'mediasoup/types';
import type { TransportEnd } from '../app/ports.ts';
import { Refusal } from '../domain/refusal.ts';
import { fromWorker } from './guard.ts';
import type { ListenerRouter } from './listenerRouter.ts';

export interface TransportOptions {
  /** First estimate of what a listener can receive, bit/s. */
  readonly initialOutgoingBitrate: number;
  /** ICE consent lost this long means `disconnected` (10–60 s). */
  readonly iceConsentTimeoutS: number;
  /** DTLS must be up this long after `transport:connect`, ms. */
  readonly dtlsTimeoutMs: number;
  /** A disconnected transport waits this long for an ICE restart, ms. */
  readonly iceGraceMs: number;
}

export class PeerTransport {
  readonly id: TransportId;
  readonly transport: WebRtcTransport;
  /** The router that it is on. */
  readonly at: ListenerRouter;
  readonly #options: TransportOptions;
  /** A repeated `transport:connect` gets the first one's outcome; mediasoup would throw. */
  #connecting: Promise<void> | null = null;
  #dtlsDeadline: NodeJS.Timeout | undefined;
  #iceDeadline: NodeJS.Timeout | undefined;

  readonly #ended: (reason: TransportEnd) => void;

  private constructor(
    transport: WebRtcTransport,
    at: ListenerRouter,
    options: TransportOptions,
    ended: (reason: TransportEnd) => void,
  ) {
    this.id = TransportId.parse(transport.id);
    this.transport = transport;
    this.at = at;
    this.#options = options;
    this.#ended = ended;
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') clearTimeout(this.#dtlsDeadline);
      if (state === 'failed') this.end('dtls_failed');
      if (state === 'closed') this.end('closed_by_client');
    });
    transport.on('icestatechange', (state) => {
      clearTimeout(this.#iceDeadline);
      if (state === 'disconnected') {
        this.#iceDeadline = setTimeout(() => {
          this.end('ice_lost');
        }, options.iceGraceMs);
      }
    });
    transport.observer.once('close', () => {
      clearTimeout(this.#dtlsDeadline);
      clearTimeout(this.#iceDeadline);
    });
  }

  /** @param ended it closed, other than by `close` */
  static async create(
    at: ListenerRouter,
    options: TransportOptions,
    ended: (reason: TransportEnd) => void,
  ): Promise<PeerTransport> {
    const transport = await fromWorker(
      at.router.createWebRtcTransport({
        webRtcServer: at.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: options.initialOutgoingBitrate,
        iceConsentTimeout: options.iceConsentTimeoutS,
      }),
      (late) => {
        late.close();
      },
    );
    return new PeerTransport(transport, at, options, ended);
  }

  /** DTLS is up; true also while a lost path is waited for. */
  get connected(): boolean {
    return !this.transport.closed && this.transport.dtlsState === 'connected';
  }

  describe(): DataInput<'transport:create'> {
    const { iceParameters, iceCandidates, dtlsParameters } = this.transport;
    return { id: this.id, iceParameters, iceCandidates, dtlsParameters };
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    this.#connecting ??= this.#connect(dtlsParameters);
    await this.#connecting;
  }

  async restartIce(): Promise<IceParameters> {
    return fromWorker(this.transport.restartIce());
  }

  onClosed(callback: () => void): void {
    if (this.transport.closed) callback();
    else this.transport.observer.once('close', callback);
  }

  /** Closes it for a reason that is told. */
  end(reason: TransportEnd): void {
    if (this.transport.closed) return;
    this.#ended(reason);
    this.close();
  }

  close(): void {
    this.transport.close();
  }

  async #connect(dtlsParameters: DtlsParameters): Promise<void> {
    try {
      await fromWorker(this.transport.connect({ dtlsParameters }));
    } catch (error) {
      this.#connecting = null;
      throw error;
    }
    if (this.transport.closed) throw new Refusal('MEDIA_RESET', 'transportId: closed meanwhile');
    if (this.transport.dtlsState === 'connected') return;
    this.#dtlsDeadline = setTimeout(() => {
      this.end('dtls_timeout');
    }, this.#options.dtlsTimeoutMs);
  }
}
