/** What is sent on one send transport: the microphone first, then the camera. */
import type { types } from 'mediasoup-client';
import { SenderLevel } from './levels.ts';
import { isOffline, type Attached, type AttachedTo } from './path.ts';
import type { Log, Timers } from './ports.ts';
import { PublishedTrack, type SourceSettings } from './publishedTrack.ts';
import type { SendRequest } from './wire.ts';

const MICROPHONE: SourceSettings = {
  source: 'microphone',
  tellsPause: false,
  options: {
    // Speech, robust against loss; a silent microphone costs almost nothing.
    codecOptions: {
      opusStereo: false,
      opusDtx: true,
      opusFec: true,
      opusPtime: 20,
      opusMaxAverageBitrate: 32_000,
      opusNack: true,
    },
  },
};

const CAMERA_BITS_PER_SECOND = 1_200_000;
/** A first guess: from the browser's own (300) it takes seconds until a face is sharp. */
const CAMERA_START_KILOBITS_PER_SECOND = 600;

/** VP8 where this browser has it: every browser decodes it, and it asks little of a phone. */
function cameraSettings({ sendRtpCapabilities }: types.Device): SourceSettings {
  const vp8 = sendRtpCapabilities.codecs?.find(
    ({ mimeType }) => mimeType.toLowerCase() === 'video/vp8',
  );
  return {
    source: 'camera',
    tellsPause: true,
    options: {
      // Opened once the server knows it: what comes earlier is dropped there, and with it the first
      // key frame.
      encodings: [{ maxBitrate: CAMERA_BITS_PER_SECOND, active: false }],
      codecOptions: { videoGoogleStartBitrate: CAMERA_START_KILOBITS_PER_SECOND },
      ...(vp8 ? { codec: vp8 } : {}),
    },
  };
}

/** What is to be sent. */
export interface Outgoing {
  readonly microphone: MediaStreamTrack | null;
  readonly muted: boolean;
  /** Null while it is off. */
  readonly camera: MediaStreamTrack | null;
}

export const NOTHING_SENT: Outgoing = { microphone: null, muted: true, camera: null };

export interface PublishingPorts {
  readonly request: SendRequest;
  readonly path: AttachedTo;
  readonly timers: Timers;
  readonly log: Log;
}

export class Publishing implements Attached {
  readonly #ports: PublishingPorts;
  readonly #level: SenderLevel;
  readonly #microphone: PublishedTrack;
  readonly #camera: PublishedTrack;
  #muted = true;
  #working = false;
  #closed = false;

  constructor(transport: types.Transport, device: types.Device, ports: PublishingPorts) {
    this.#ports = ports;
    this.#level = new SenderLevel(ports.timers);
    this.#microphone = new PublishedTrack(transport, MICROPHONE, ports);
    this.#camera = new PublishedTrack(transport, cameraSettings(device), ports);
  }

  set({ microphone, muted, camera }: Outgoing): void {
    this.#muted = muted;
    this.#microphone.set(microphone, muted);
    this.#camera.set(camera, camera === null);
    void this.#work();
  }

  /** After a reconnect, or when a role or the room's mode changed: try again what failed. */
  retry(): void {
    for (const track of this.#tracks) track.retry();
    void this.#work();
  }

  get producerIds(): readonly string[] {
    return this.#tracks.flatMap(({ producer }) => producer?.id ?? []);
  }

  level(): number {
    const { producer } = this.#microphone;
    return this.#muted || !producer ? 0 : this.#level.read(producer.rtpSender);
  }

  close(): void {
    this.#closed = true;
    for (const track of this.#tracks) track.close();
  }

  get #tracks(): readonly PublishedTrack[] {
    return [this.#microphone, this.#camera];
  }

  /** Asked again after each wait: it may have happened meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }

  async #work(): Promise<void> {
    if (this.#working || this.#isClosed()) return;
    this.#working = true;
    let track = this.#next();
    try {
      while (track) {
        await track.step();
        if (this.#isClosed()) return;
        this.#ports.path.healthy();
        track = this.#next();
      }
    } catch (error) {
      this.#failed(error, track);
    } finally {
      this.#working = false;
    }
  }

  #next(): PublishedTrack | undefined {
    return this.#isClosed() ? undefined : this.#tracks.find(({ isBehind }) => isBehind);
  }

  #failed(error: unknown, track: PublishedTrack | undefined): void {
    // When the track ended, its device brings another one.
    if (this.#isClosed() || track?.trackEnded) return;
    // A pause that could not be told is told after the next join.
    if (track?.producer && isOffline(error)) return;
    this.#ports.path.failed(error);
  }
}
