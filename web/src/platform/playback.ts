/** Plays voices: one hidden `<audio>` element per track, for Chromium plays none without. */
import type { Voice, Watchable } from '../session/api.ts';
import { Observable } from '../session/observable.ts';
import type { DeviceLists } from './mediaDevices.ts';
import { inPage, type MakeSounding, type Sounding } from './sounding.ts';

interface Playing {
  readonly voice: Voice;
  readonly sounding: Sounding;
}

/** What is stopped again so soon is not to be played against. */
const STOPPED_AGAIN_MS = 1000;

/** What could play. */
type Plugged = Watchable<Pick<DeviceLists, 'speakers'>>;

export class Playback {
  readonly #plugged: Plugged;
  readonly #make: MakeSounding;
  readonly #now: () => number;
  readonly #blocked = new Observable(false);
  readonly #speaker = new Observable('');
  readonly #playing = new Map<string, Playing>();
  #volumeOf: (voice: Voice) => number = () => 1;
  #unwatch: () => void = () => undefined;

  constructor(plugged: Plugged, make: MakeSounding = inPage(), now = () => performance.now()) {
    this.#plugged = plugged;
    this.#make = make;
    this.#now = now;
  }

  /** The browser wants a click first: call `enable` from it. */
  get blocked(): Watchable<boolean> {
    return this.#blocked;
  }

  /** Plays exactly these. */
  play(voices: readonly Voice[]): void {
    const wanted = new Map(voices.map((voice) => [voice.track.id, voice]));
    for (const [id, { voice, sounding }] of this.#playing) {
      if (wanted.get(id)?.track === voice.track) continue;
      this.#playing.delete(id);
      sounding.remove();
    }
    for (const [id, voice] of wanted) if (!this.#playing.has(id)) this.#start(id, voice);
    if (this.#playing.size === 0) this.#blocked.set(false);
  }

  /** In a click: plays what the browser held back. */
  async enable(): Promise<void> {
    this.#blocked.set(false);
    await Promise.all([...this.#playing.values()].map(({ sounding }) => this.#tryPlay(sounding)));
  }

  /** How loud each voice is, 0 … 2, now and later; call again when the answers are others. */
  setVolumes = (volumeOf: (voice: Voice) => number): void => {
    this.#volumeOf = volumeOf;
    for (const playing of this.#playing.values()) this.#applyVolume(playing);
  };

  /** The device that plays; empty: the system's choice. */
  get speaker(): Watchable<string> {
    return this.#speaker;
  }

  /** Plays everything by this device, also what comes later; rejects if that cannot be. */
  async setSpeaker(deviceId: string): Promise<void> {
    const soundings = [...this.#playing.values()].map(({ sounding }) => sounding);
    await Promise.all(soundings.map((sounding) => sounding.setSpeaker(deviceId)));
    this.#speaker.set(deviceId);
    this.#unwatch();
    this.#unwatch =
      deviceId === '' ? () => undefined : this.#plugged.subscribe(this.#lookForSpeaker);
  }

  /** Browsers go on playing by a speaker that was unplugged, and nobody hears it. */
  #lookForSpeaker = (): void => {
    const there = this.#plugged.current.speakers.map(({ deviceId }) => deviceId);
    if (!there.includes(this.#speaker.current)) this.setSpeaker('').catch(() => undefined);
  };

  close(): void {
    this.play([]);
  }

  #start(id: string, voice: Voice): void {
    let resumedAt = -Infinity;
    const paused = (): void => {
      const again = this.#now() - resumedAt < STOPPED_AGAIN_MS;
      resumedAt = this.#now();
      if (again) this.#blocked.set(true);
      else void this.#tryPlay(playing.sounding);
    };
    const playing = { voice, sounding: this.#make(voice.track, paused) };
    this.#playing.set(id, playing);
    this.#applyVolume(playing);
    if (this.#speaker.current !== '') void this.#trySpeaker(playing.sounding);
    void this.#tryPlay(playing.sounding);
  }

  #applyVolume({ voice, sounding }: Playing): void {
    const volume = this.#volumeOf(voice);
    if (sounding.volume !== volume) sounding.volume = volume;
  }

  async #trySpeaker(sounding: Sounding): Promise<void> {
    try {
      await sounding.setSpeaker(this.#speaker.current);
    } catch {
      // It was unplugged: rather the system's choice than silence.
      this.#speaker.set('');
    }
  }

  async #tryPlay(sounding: Sounding): Promise<void> {
    try {
      await sounding.play();
    } catch (error) {
      // Anything else is a voice that went away before it began.
      const refused = error instanceof Error && error.name === 'NotAllowedError';
      const there = [...this.#playing.values()].some((playing) => playing.sounding === sounding);
      if (refused && there) this.#blocked.set(true);
    }
  }
}
