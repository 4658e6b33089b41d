/** One voice in the page: a hidden `<audio>` element, and an amplifier where that is too quiet. */
import { Amplifier } from './amplifier.ts';

/** The part of an `<audio>` element that is used. */
export interface Sounding {
  /** 0 … 2; 1 is as it came. */
  volume: number;
  play(): Promise<void>;
  /** Comes out of this device from now on; empty: of the system's choice. Rejects if it cannot. */
  setSpeaker(deviceId: string): Promise<void>;
  /** Silent, and out of the page. */
  remove(): void;
}

/** Not in Safari. */
export const speakersCanBeChosen =
  'HTMLMediaElement' in globalThis && 'setSinkId' in HTMLMediaElement.prototype;

/** @param paused called when something other than this page stopped it, as a phone does for its own calls */
export type MakeSounding = (track: MediaStreamTrack, paused: () => void) => Sounding;

/** Elements in a container of the page, made with the first. */
export function inPage(): MakeSounding {
  let container: HTMLElement | null = null;
  return (track, paused) => {
    if (!container) {
      container = document.createElement('div');
      container.hidden = true;
      document.body.append(container);
    }
    return new PageSounding(container, new MediaStream([track]), paused);
  };
}

class PageSounding implements Sounding {
  readonly #container: HTMLElement;
  readonly #stream: MediaStream;
  readonly #paused: () => void;
  readonly #element: HTMLAudioElement;
  #volume = 1;
  #speaker = '';
  #louder: { readonly amplifier: Amplifier; readonly element: HTMLAudioElement } | null = null;

  constructor(container: HTMLElement, stream: MediaStream, paused: () => void) {
    this.#container = container;
    this.#stream = stream;
    this.#paused = paused;
    this.#element = this.#add(stream);
  }

  get volume(): number {
    return this.#volume;
  }

  set volume(volume: number) {
    this.#volume = volume;
    if (volume > 1) this.#amplify();
    else this.#quieten();
    this.#apply();
  }

  async play(): Promise<void> {
    this.#louder?.amplifier.wake();
    // Once the amplifier works, only the louder one sounds.
    await Promise.all([this.#element.play(), this.#louder?.element.play()]);
  }

  async setSpeaker(deviceId: string): Promise<void> {
    if (!speakersCanBeChosen) return;
    await this.#element.setSinkId(deviceId);
    await this.#louder?.element.setSinkId(deviceId);
    this.#speaker = deviceId;
  }

  remove(): void {
    this.#quieten();
    drop(this.#element);
  }

  #amplify(): void {
    if (this.#louder) return;
    const amplifier = new Amplifier(this.#stream, this.#apply);
    const element = this.#add(amplifier.output);
    if (this.#speaker !== '') element.setSinkId(this.#speaker).catch(() => undefined);
    // Where it is not allowed to play yet, neither is the first, which tells.
    element.play().catch(() => undefined);
    this.#louder = { amplifier, element };
  }

  #quieten(): void {
    this.#louder?.amplifier.close();
    if (this.#louder) drop(this.#louder.element);
    this.#louder = null;
  }

  /** The first element plays on without a sound: Chromium amplifies only what is played. */
  #apply = (): void => {
    const works = this.#louder?.amplifier.works === true;
    if (this.#louder) this.#louder.amplifier.gain = this.#volume;
    this.#element.volume = works ? 0 : Math.min(1, this.#volume);
  };

  #add(stream: MediaStream): HTMLAudioElement {
    const element = document.createElement('audio');
    // Else iOS shows it full screen.
    element.setAttribute('playsinline', '');
    element.srcObject = stream;
    element.addEventListener('pause', () => {
      // Not for one that was dropped, or whose voice has ended.
      if (element.isConnected && stream.active) this.#paused();
    });
    this.#container.append(element);
    return element;
  }
}

function drop(element: HTMLAudioElement): void {
  element.pause();
  element.srcObject = null;
  element.remove();
}
