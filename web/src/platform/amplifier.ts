/** Makes a voice louder than an element can; elements stop at as loud as it came. */

let context: AudioContext | undefined;

export class Amplifier {
  readonly #context: AudioContext;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #gain: GainNode;
  readonly #ready: () => void;
  /** The louder voice, to be played by an element: it knows the speaker that was chosen. */
  readonly output: MediaStream;

  /** @param ready called when `works` has changed */
  constructor(stream: MediaStream, ready: () => void) {
    // One for all voices: browsers allow only a few.
    context ??= new AudioContext();
    this.#context = context;
    this.#source = context.createMediaStreamSource(stream);
    this.#gain = context.createGain();
    const output = context.createMediaStreamDestination();
    this.#source.connect(this.#gain).connect(output);
    this.output = output.stream;
    this.#ready = ready;
    context.addEventListener('statechange', ready);
    this.wake();
  }

  /** False until the page has been touched: rather too quiet than silent. */
  get works(): boolean {
    return this.#context.state === 'running';
  }

  set gain(gain: number) {
    this.#gain.gain.value = gain;
  }

  /** In a click it does; else it may be refused. */
  wake(): void {
    if (!this.works) this.#context.resume().catch(() => undefined);
  }

  close(): void {
    this.#context.removeEventListener('statechange', this.#ready);
    this.#source.disconnect();
    this.#gain.disconnect();
  }
}
