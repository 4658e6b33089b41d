/** The microphone's track: opened once, watched, and opened again when the device goes away. */
import type { MicrophoneProblem, Microphones, MicrophoneState } from './api.ts';
import { MicrophoneError } from './errors.ts';
import { Observable } from './observable.ts';
import type { Log, Timers } from './ports.ts';

/** A track that ends sooner than this would end again: no use in opening it over and over. */
const LIVES_AT_LEAST_MS = 2000;

export class Microphone {
  readonly #microphones: Microphones;
  readonly #log: Log;
  readonly #timers: Timers;
  readonly #state = new Observable<MicrophoneState>({ phase: 'opening' });
  readonly #track = new Observable<MediaStreamTrack | null>(null);
  /** The last one that worked; it is taken again. Empty: any, by choice. */
  #deviceId: string | undefined;
  /** Grows with each opening: only the newest counts. */
  #openings = 0;
  #closed = false;
  readonly #stopWatching: () => void;

  constructor(microphones: Microphones, log: Log, timers: Timers) {
    this.#microphones = microphones;
    this.#log = log;
    this.#timers = timers;
    this.#stopWatching = microphones.onReturn(this.#returned);
  }

  readonly state = this.#state;
  /** The live track, or null. */
  readonly track = this.#track;

  /** Opens it, unless that has been asked for already. */
  begin(): void {
    if (this.#openings === 0) void this.open();
  }

  /** Never rejects: what went wrong is in `state`. A live track goes on until the new one is there. */
  async open(deviceId = this.#deviceId): Promise<void> {
    if (this.#isClosed()) return;
    const opening = (this.#openings += 1);
    if (!this.#track.current) this.#state.set({ phase: 'opening' });
    try {
      const track = await this.#microphones.open(deviceId);
      if (this.#isClosed() || opening !== this.#openings) {
        track.stop();
        return;
      }
      this.#deviceId = deviceId;
      this.#use(track);
    } catch (error) {
      if (this.#isClosed() || opening !== this.#openings) return;
      this.#log.warn('no microphone', error);
      this.#failed(error instanceof MicrophoneError ? error.problem : 'failed');
    }
  }

  /** Lets the device go for a while, for somebody else on this page; `open` takes it again. */
  release(): void {
    this.#openings += 1;
    this.#track.current?.stop();
    this.#track.set(null);
  }

  close(): void {
    this.#closed = true;
    this.#stopWatching();
    this.#track.current?.stop();
    this.#track.set(null);
  }

  /** Asked again after each wait: it may have happened meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #use(track: MediaStreamTrack): void {
    const former = this.#track.current;
    const since = this.#timers.now();
    track.addEventListener('ended', () => {
      if (!this.#isClosed() && track === this.#track.current) this.#unplugged(since);
    });
    const follow = (): void => {
      if (!this.#isClosed() && track === this.#track.current) this.#followSystem(track);
    };
    track.addEventListener('mute', follow);
    track.addEventListener('unmute', follow);
    this.#track.set(track);
    this.#followSystem(track);
    // After the change: iOS is upset by a moment without any microphone.
    if (former !== track) former?.stop();
  }

  #followSystem({ muted }: MediaStreamTrack): void {
    if (muted) this.#log.info('the system silences the microphone');
    this.#state.set({ phase: muted ? 'silenced' : 'live' });
  }

  /** iOS leaves it silenced after a phone call, until it is opened again. */
  #returned = (): void => {
    if (this.#track.current && this.#state.current.phase === 'silenced') void this.open();
  };

  #failed(problem: MicrophoneProblem): void {
    // Another device could not be opened, but the present one is still there.
    if (this.#track.current) return;
    // Whatever it was, the next try may take any.
    this.#deviceId = undefined;
    this.#state.set({ phase: 'listen_only', problem });
  }

  #unplugged(since: number): void {
    this.#log.info('the microphone went away');
    this.#deviceId = undefined;
    this.#track.set(null);
    if (this.#timers.now() - since < LIVES_AT_LEAST_MS) this.#failed('none');
    else void this.open();
  }
}
