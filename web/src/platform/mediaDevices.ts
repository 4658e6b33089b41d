/** The microphones, cameras and speakers that are plugged in. */
import type { Watchable } from '../session/api.ts';

export interface DeviceChoice {
  readonly deviceId: string;
  /** Empty until the browser may tell. */
  readonly label: string;
}

export interface DeviceLists {
  readonly microphones: readonly DeviceChoice[];
  readonly cameras: readonly DeviceChoice[];
  readonly speakers: readonly DeviceChoice[];
}

const NONE: DeviceLists = { microphones: [], cameras: [], speakers: [] };

type Source = Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>;

/** Looks for them only while somebody watches. */
export class PluggedDevices implements Watchable<DeviceLists> {
  readonly #source: Source | undefined;
  readonly #listeners = new Set<() => void>();
  #current = NONE;

  constructor(source: Source | undefined = ofThisPage()) {
    this.#source = source;
  }

  get current(): DeviceLists {
    return this.#current;
  }

  subscribe(changed: () => void): () => void {
    const listener = (): void => {
      changed();
    };
    if (this.#listeners.size === 0) {
      this.#source?.addEventListener('devicechange', this.refresh);
      this.refresh();
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) {
        this.#source?.removeEventListener('devicechange', this.refresh);
      }
    };
  }

  /** Their names are told only once the page was given one of them. */
  refresh = (): void => {
    this.#source?.enumerateDevices().then(
      (devices) => {
        this.#current = sorted(devices);
        for (const listener of [...this.#listeners]) listener();
      },
      () => undefined,
    );
  };
}

function sorted(devices: readonly MediaDeviceInfo[]): DeviceLists {
  const ofKind = (wanted: MediaDeviceKind): DeviceChoice[] =>
    devices
      .filter(({ kind, deviceId }) => kind === wanted && deviceId !== '')
      // Chromium lists the system's choice a second time; an empty choice means the same.
      .filter(({ deviceId }) => deviceId !== 'default' && deviceId !== 'communications')
      .map(({ deviceId, label }) => ({ deviceId, label }));
  return {
    microphones: ofKind('audioinput'),
    cameras: ofKind('videoinput'),
    speakers: ofKind('audiooutput'),
  };
}

// Older than its type: missing on insecure pages.
const ofThisPage = (): Source | undefined =>
  'mediaDevices' in navigator ? navigator.mediaDevices : undefined;
