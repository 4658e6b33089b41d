/**
 * What runs inside a page under test: writes down how loud each of some tones comes out of the
 * page's <audio> elements, all the time, on the clock that all pages of the machine share.
 */
interface Recorder {
  /** From now on, a line every `everyMs`. */
  record(bins: readonly number[], everyMs?: number): Promise<void>;
  /** Up to now, those from this epoch ms on. */
  lines(from?: number): Line[];
}

/** What was heard in the 20 ms before a time. */
export interface Line {
  /** Epoch ms. */
  readonly at: number;
  /** Of each tone, in the order asked for; 1 is full scale. */
  readonly amplitudes: readonly number[];
}

declare global {
  interface Window {
    recorder: Recorder;
  }
}

/** Installs `window.recorder`; the page's policy must be bypassed, for the worklet is not its own. */
export const installRecorder = (): void => {
  const RATE = 48_000;
  const FFT_SIZE = 2048;
  /** Elements that play while it records. */
  const MOST_ELEMENTS = 16;
  const LOOK_EVERY_MS = 10;

  const source = `registerProcessor('recorder', class extends AudioWorkletProcessor {
    constructor({ processorOptions: { tones, step } }) {
      super();
      this.step = step; this.size = 960; this.n = 0;
      // A Hann window: tones three bins apart do not disturb one another.
      let sum = 0;
      const hann = Array.from({ length: this.size }, (_, i) => {
        const value = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 0.5) / this.size);
        sum += value;
        return value;
      });
      this.tables = tones.map((hz) => ['cos', 'sin'].map((f) =>
        Float32Array.from(hann, (w, i) => 2 * w / sum * Math[f](2 * Math.PI * hz * i / sampleRate))));
      this.heard = [];
    }
    amplitude(past, [cos, sin]) {
      let re = 0, im = 0;
      for (let i = 0, at = this.n; i < this.size; i++, at = at + 1 === this.size ? 0 : at + 1) {
        re += past[at] * cos[i]; im += past[at] * sin[i];
      }
      return Math.hypot(re, im);
    }
    process(inputs) {
      for (let i = 0; i < 128; i++) {
        inputs.forEach(([samples], index) => {
          if (!samples) { delete this.heard[index]; return; }
          (this.heard[index] ??= new Float32Array(this.size))[this.n] = samples[i];
        });
        this.n = (this.n + 1) % this.size;
        if ((currentFrame + i) % this.step === 0) {
          const voices = Object.values(this.heard);
          const amplitudes = this.tables.map((table) =>
            Math.max(0, ...voices.map((past) => this.amplitude(past, table))));
          this.port.postMessage({ at: (currentFrame + i) / sampleRate * 1000, amplitudes });
        }
      }
      return true;
    }
  });`;

  const written: Line[] = [];
  /** Between the clock of the sound and that of the machine: the least delay of a message. */
  let offset = Infinity;

  const record = async (bins: readonly number[], everyMs = 10): Promise<void> => {
    const context = new AudioContext({ sampleRate: RATE });
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    await context.audioWorklet.addModule(url);
    const tones = bins.map((bin) => (bin * RATE) / FFT_SIZE);
    const step = (everyMs * RATE) / 1000;
    const node = new AudioWorkletNode(context, 'recorder', {
      numberOfInputs: MOST_ELEMENTS,
      processorOptions: { tones, step },
    });
    node.port.onmessage = ({ data }: MessageEvent<Line>) => {
      offset = Math.min(offset, performance.timeOrigin + performance.now() - data.at);
      written.push(data);
    };

    const volumes = new Map<MediaStream, GainNode>();
    const volumeOf = (stream: MediaStream): GainNode => {
      const known = volumes.get(stream);
      if (known) return known;
      // Each on an input of its own: the same voice from two elements may cancel itself out.
      const volume = new GainNode(context, { gain: 0 });
      context.createMediaStreamSource(stream).connect(volume).connect(node, 0, volumes.size);
      volumes.set(stream, volume);
      return volume;
    };
    const follow = (): void => {
      const loud = new Map<MediaStream, number>();
      for (const element of document.querySelectorAll('audio')) {
        if (!(element.srcObject instanceof MediaStream)) continue;
        loud.set(element.srcObject, element.paused || element.muted ? 0 : element.volume);
      }
      for (const stream of loud.keys()) volumeOf(stream);
      for (const [stream, volume] of volumes) volume.gain.value = loud.get(stream) ?? 0;
    };
    follow();
    setInterval(follow, LOOK_EVERY_MS);
  };

  window.recorder = {
    record,
    lines: (from = 0) => {
      const first = written.findIndex(({ at }) => at + offset >= from);
      if (first < 0) return [];
      return written.slice(first).map((line) => ({ ...line, at: line.at + offset }));
    },
  };
};
