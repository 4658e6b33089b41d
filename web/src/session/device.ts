/** mediasoup-client's Device: what this browser can send and receive, found out once per page. */
import { RtpCapabilities } from '@veche/protocol';
import type { types } from 'mediasoup-client';
import type { CreateDevice } from './ports.ts';
import { toWire } from './wire.ts';

/** For browsers. Loaded apart from the page's first script, of which it would be the larger half. */
export const browserDevice: CreateDevice = async () => {
  const { Device } = await import('mediasoup-client');
  return Device.factory();
};

export class RouterDevice {
  readonly #create: CreateDevice;
  #spare: Promise<types.Device> | null = null;
  #loaded: { readonly key: string; readonly device: Promise<types.Device> } | null = null;
  #ready: types.Device | null = null;

  constructor(create: CreateDevice) {
    this.#create = create;
  }

  /** Fetches the code ahead of the first join. */
  warmUp(): void {
    if (this.#spare || this.#loaded) return;
    const spare = this.#create();
    this.#spare = spare;
    spare.catch(() => {
      if (this.#spare === spare) this.#spare = null;
    });
  }

  /**
   * What this browser can receive: at once if that is known, later if it is being found out, and
   * null if that has not begun or fails.
   */
  get capabilities(): RtpCapabilities | null | Promise<RtpCapabilities | null> {
    if (this.#ready) return receivable(this.#ready);
    return this.#loaded?.device.then(receivable, () => null) ?? null;
  }

  /** Loaded with these capabilities: the same Device as long as they stay the same. */
  load(capabilities: RtpCapabilities): Promise<types.Device> {
    // A Device can be loaded only once; all routers of a server have equal capabilities.
    const key = JSON.stringify(capabilities);
    if (this.#loaded?.key === key) return this.#loaded.device;
    const device = this.#loadNew(capabilities);
    this.#loaded = { key, device };
    device.catch(() => {
      if (this.#loaded?.device === device) this.#loaded = null;
    });
    return device;
  }

  async #loadNew(routerRtpCapabilities: RtpCapabilities): Promise<types.Device> {
    const made = this.#spare ?? this.#create();
    this.#spare = null;
    const device = await made;
    await device.load({ routerRtpCapabilities });
    this.#ready = device;
    return device;
  }
}

const receivable = (device: types.Device): RtpCapabilities =>
  toWire(RtpCapabilities, device.recvRtpCapabilities);

/** This browser cannot take part, now or later. */
export const isUnsupported = (error: unknown): boolean =>
  error instanceof Error && error.name === 'UnsupportedError';
