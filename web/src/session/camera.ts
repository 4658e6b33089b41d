/** The camera's track: opened on demand, and let go as soon as it is off. */
import type { Cameras, CameraState, MicrophoneProblem } from './api.ts';
import { MicrophoneError } from './errors.ts';
import { Observable } from './observable.ts';
import type { Log } from './ports.ts';

export class Camera {
  readonly #cameras: Cameras;
  readonly #log: Log;
  readonly #state = new Observable<CameraState>({ phase: 'off' });
  readonly #track = new Observable<MediaStreamTrack | null>(null);
  /** Grows with each change of mind: an older opening is of no use. */
  #turns = 0;
  /** The last one that worked; it is taken again. */
  #deviceId: string | undefined;
  #closed = false;

  constructor(cameras: Cameras, log: Log) {
    this.#cameras = cameras;
    this.#log = log;
  }

  readonly state = this.#state;
  /** The live track, or null. */
  readonly track = this.#track;

  /** Never rejects: what went wrong is in `state`. Another device takes the place of the present. */
  async turnOn(deviceId = this.#deviceId): Promise<void> {
    if (this.#closed) return;
    const turn = (this.#turns += 1);
    if (!this.#track.current) this.#state.set({ phase: 'opening' });
    try {
      const track = await this.#open(deviceId, turn);
      if (turn === this.#turns) this.#use(track, deviceId);
      else track.stop();
    } catch (error) {
      if (turn !== this.#turns) return;
      this.#log.warn('no camera', error);
      this.#failed(error instanceof MicrophoneError ? error.problem : 'failed');
    }
  }

  turnOff(): void {
    this.#turns += 1;
    this.#letGo();
    this.#state.set({ phase: 'off' });
  }

  close(): void {
    this.#closed = true;
    this.turnOff();
  }

  async #open(deviceId: string | undefined, turn: number): Promise<MediaStreamTrack> {
    try {
      return await this.#cameras.open(deviceId);
    } catch (error) {
      const busy = error instanceof MicrophoneError && error.problem === 'in_use';
      if (!busy || turn !== this.#turns || !this.#track.current) throw error;
      // Phones have only one camera open at a time.
      this.#letGo();
      return await this.#cameras.open(deviceId);
    }
  }

  #use(track: MediaStreamTrack, deviceId: string | undefined): void {
    const former = this.#track.current;
    track.addEventListener('ended', () => {
      if (track === this.#track.current) this.#unplugged();
    });
    this.#deviceId = deviceId;
    this.#track.set(track);
    this.#state.set({ phase: 'on' });
    former?.stop();
  }

  #failed(problem: MicrophoneProblem): void {
    // Another device could not be opened, but the present one is still there.
    if (this.#track.current) return;
    // Whatever it was, the next try may take any.
    this.#deviceId = undefined;
    this.#state.set({ phase: 'failed', problem });
  }

  /** No other camera goes on by itself: it may look elsewhere. */
  #unplugged(): void {
    this.#log.info('the camera went away');
    this.#turns += 1;
    this.#letGo();
    this.#failed('none');
  }

  #letGo(): void {
    this.#track.current?.stop();
    this.#track.set(null);
  }
}
