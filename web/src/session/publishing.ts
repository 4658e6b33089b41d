/** The microphone as a producer on one send transport. */
import type { types } from 'mediasoup-client';
import { RequestError } from './errors.ts';
import { SenderLevel } from './levels.ts';
import type { Attached, AttachedTo } from './path.ts';
import type { Log, Timers } from './ports.ts';

/** Speech, robust against loss; a silent microphone costs almost nothing. */
const CODEC_OPTIONS: types.ProducerCodecOptions = {
  opusStereo: false,
  opusDtx: true,
  opusFec: true,
  opusPtime: 20,
  opusMaxAverageBitrate: 32_000,
  opusNack: true,
};

export interface PublishingPorts {
  readonly path: AttachedTo;
  readonly timers: Timers;
  readonly log: Log;
}

export class Publishing implements Attached {
  readonly #transport: types.Transport;
  readonly #ports: PublishingPorts;
  readonly #level: SenderLevel;
  #track: MediaStreamTrack | null = null;
  #muted = true;
  #producer: types.Producer | null = null;
  #working = false;
  /** Not allowed to speak here; see `retry`. */
  #forbidden = false;
  /** Grows with each `retry`: a refusal that was asked for before it does not count. */
  #retries = 0;
  #closed = false;

  constructor(transport: types.Transport, ports: PublishingPorts) {
    this.#transport = transport;
    this.#ports = ports;
    this.#level = new SenderLevel(ports.timers);
  }

  set(track: MediaStreamTrack | null, muted: boolean): void {
    this.#track = track;
    this.#muted = muted;
    this.#followMute();
    void this.#work();
  }

  /** A role or the room's mode changed: what was forbidden may be allowed now. */
  retry(): void {
    this.#forbidden = false;
    this.#retries += 1;
    void this.#work();
  }

  get producerId(): string | null {
    return this.#producer?.id ?? null;
  }

  level(): number {
    if (this.#muted || !this.#producer) return 0;
    return this.#level.read(this.#producer.rtpSender);
  }

  /** The transport closes the producer; the track goes on, it belongs to the microphone. */
  close(): void {
    this.#closed = true;
    this.#producer = null;
  }

  /** Asked again after each wait: it may have happened meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #followMute(): void {
    const producer = this.#producer;
    if (!producer) {
      // A disabled track makes a paused producer.
      if (this.#track) this.#track.enabled = !this.#muted;
    } else if (producer.paused !== this.#muted) {
      if (this.#muted) producer.pause();
      else producer.resume();
    }
  }

  async #work(): Promise<void> {
    if (this.#working || this.#isClosed()) return;
    this.#working = true;
    try {
      while (this.#isBehind()) await this.#tryOnce();
    } catch (error) {
      // When the track ended, the microphone brings another one.
      if (!this.#isClosed() && this.#track?.readyState !== 'ended') this.#ports.path.failed(error);
    } finally {
      this.#working = false;
    }
  }

  async #tryOnce(): Promise<void> {
    const retries = this.#retries;
    try {
      await this.#bringTrack();
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'FORBIDDEN') throw error;
      this.#ports.log.info('not allowed to speak');
      this.#forbidden = retries === this.#retries;
    }
  }

  #isBehind(): boolean {
    if (this.#isClosed()) return false;
    // A track that just ended cannot be sent; the microphone brings another one.
    if (this.#track?.readyState === 'ended') return false;
    if (this.#producer) return this.#producer.track !== this.#track;
    return this.#track !== null && !this.#forbidden;
  }

  async #bringTrack(): Promise<void> {
    const track = this.#track;
    if (this.#producer) {
      await this.#producer.replaceTrack({ track });
      return;
    }
    if (!track) return;
    const producer = await this.#transport.produce({
      track,
      codecOptions: CODEC_OPTIONS,
      stopTracks: false,
      disableTrackOnPause: true,
      // Silence costs almost nothing with DTX; negotiating anew would cost the first syllable.
      zeroRtpOnPause: false,
      appData: { source: 'microphone' },
    });
    if (this.#isClosed()) return;
    this.#producer = producer;
    this.#followMute();
    this.#ports.path.healthy();
  }
}
