/** One own source as a producer on one send transport: brought step by step to what is wanted. */
import type { Source } from '@veche/protocol';
import { ProducerId } from '@veche/protocol';
import type { types } from 'mediasoup-client';
import { RequestError } from './errors.ts';
import type { Log } from './ports.ts';
import type { SendRequest } from './wire.ts';

/** How a source is sent. */
export interface SourceSettings {
  readonly source: Source;
  readonly options: Pick<types.ProducerOptions, 'codec' | 'codecOptions' | 'encodings'>;
  /** The server pauses a microphone by itself (`mic:set`); of others it is told. */
  readonly tellsPause: boolean;
}

export interface PublishedTrackPorts {
  readonly request: SendRequest;
  readonly log: Log;
}

export class PublishedTrack {
  readonly #transport: types.Transport;
  readonly #settings: SourceSettings;
  readonly #ports: PublishedTrackPorts;
  #track: MediaStreamTrack | null = null;
  #paused = true;
  #producer: types.Producer | null = null;
  /** As the server was told. */
  #pausedThere = false;
  /** Not allowed here; see `retry`. */
  #forbidden = false;
  /** Grows with each `retry`: a refusal that was asked for before it does not count. */
  #retries = 0;

  constructor(transport: types.Transport, settings: SourceSettings, ports: PublishedTrackPorts) {
    this.#transport = transport;
    this.#settings = settings;
    this.#ports = ports;
  }

  get producer(): types.Producer | null {
    return this.#producer;
  }

  /** A track that just ended cannot be sent; its device brings another one. */
  get trackEnded(): boolean {
    return this.#track?.readyState === 'ended';
  }

  get isBehind(): boolean {
    if (this.trackEnded) return false;
    if (!this.#producer) return this.#track !== null && !this.#forbidden;
    return this.#producer.track !== this.#track || this.#mustTell;
  }

  set(track: MediaStreamTrack | null, paused: boolean): void {
    this.#track = track;
    this.#paused = paused;
    this.#followPause();
  }

  /** What was forbidden may be allowed now. */
  retry(): void {
    this.#forbidden = false;
    this.#retries += 1;
  }

  /** Does what comes next. */
  async step(): Promise<void> {
    const retries = this.#retries;
    try {
      if (!this.#producer) await this.#produce();
      else if (this.#producer.track !== this.#track) await this.#replace(this.#producer);
      else if (this.#mustTell) await this.#tell(this.#producer);
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'FORBIDDEN') throw error;
      this.#ports.log.info(`not allowed to publish a ${this.#settings.source}`);
      this.#forbidden = retries === this.#retries;
    }
  }

  /** The transport closes the producer; the track goes on, it belongs to the device. */
  close(): void {
    this.#producer = null;
  }

  get #mustTell(): boolean {
    return this.#settings.tellsPause && this.#pausedThere !== this.#paused;
  }

  #followPause(): void {
    const producer = this.#producer;
    if (!producer) {
      // A disabled track makes a paused producer.
      if (this.#track) this.#track.enabled = !this.#paused;
    } else if (producer.paused !== this.#paused) {
      if (this.#paused) producer.pause();
      else producer.resume();
    }
  }

  async #produce(): Promise<void> {
    const track = this.#track;
    if (!track) return;
    const { source, options } = this.#settings;
    const producer = await this.#transport.produce({
      ...options,
      track,
      stopTracks: false,
      disableTrackOnPause: true,
      // Silence costs almost nothing with DTX; negotiating anew would cost the first syllable.
      zeroRtpOnPause: false,
      appData: { source },
    });
    if (this.#transport.closed) return;
    await open(producer.rtpSender);
    this.#producer = producer;
    this.#followPause();
  }

  async #replace(producer: types.Producer): Promise<void> {
    await producer.replaceTrack({ track: this.#track });
  }

  /** With a resume the server asks for a key frame on behalf of those who watch. */
  async #tell(producer: types.Producer): Promise<void> {
    const paused = this.#paused;
    const producerId = ProducerId.parse(producer.id);
    await this.#ports.request(paused ? 'producer:pause' : 'producer:resume', { producerId });
    this.#pausedThere = paused;
  }
}

/** Starts what was published inactive; needs no negotiation. */
async function open(sender: RTCRtpSender | undefined): Promise<void> {
  const parameters = sender?.getParameters();
  if (!sender || !parameters || parameters.encodings.every(({ active }) => active)) return;
  for (const encoding of parameters.encodings) encoding.active = true;
  await sender.setParameters(parameters);
}
