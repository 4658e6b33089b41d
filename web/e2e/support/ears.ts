/**
 * What runs inside a page under test: a microphone that is a pure tone, and ears that tell which
 * tones come out of the page's <audio> elements. Serialised into the page, so it stands alone.
 */
export interface ToneOptions {
  /** FFT bin of the tone, of 48,000 / 2,048 Hz each. */
  readonly bin: number;
  /** Of a second microphone, which is asked for by its device id `other`; none unless given. */
  readonly otherBin?: number;
}

interface Ears {
  /** dB of each asked bin above the bins around it, as the page plays it now; the loudest element. */
  levels(bins: readonly number[]): number[];
  /** Starts noting when the tone of this bin is missing, on the audio clock. */
  watch(bin: number): Promise<void>;
  /** The longest time without the tone since `watch`, ms, and how long it was watched. */
  longestGap(): { gapMs: number; watchedMs: number };
  /** For each 10 ms since `watch`: whether the tone was there. */
  presence(): boolean[];
  /** When each of these was played, epoch ms: a page that is short of time plays fewer of them. */
  playedAt(): number[];
  /** Epoch time at which the tone of this bin is first audible, ms; rejects after 15 s. */
  firstHeard(bin: number): Promise<number>;
}

declare global {
  interface Window {
    ears: Ears;
  }
}

/** Replaces the microphone by a tone and installs `window.ears`. */
export const installEars = ({ bin, otherBin }: ToneOptions): void => {
  const rate = 48_000;
  const size = 2048;
  let context: AudioContext | null = null;
  const audio = (): AudioContext => (context ??= new AudioContext({ sampleRate: rate }));

  // An insecure page has no mediaDevices; then there is nothing to replace.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices) {
    if (otherBin !== undefined) {
      const plugged = devices.enumerateDevices.bind(devices);
      devices.enumerateDevices = async () => {
        const other = { deviceId: 'other', groupId: '', label: 'Other microphone' };
        const device = { ...other, kind: 'audioinput' as const, toJSON: () => other };
        return [...(await plugged()), device];
      };
    }
    devices.getUserMedia = (constraints) => {
      const microphone = new AudioContext({ sampleRate: rate });
      const other = JSON.stringify(constraints?.audio ?? null).includes('"exact":"other"');
      const played = other ? (otherBin ?? bin) : bin;
      const tone = new OscillatorNode(microphone, { frequency: (played * rate) / size });
      const volume = new GainNode(microphone, { gain: 0.3 });
      const out = microphone.createMediaStreamDestination();
      tone.connect(volume).connect(out);
      tone.start();
      // A page has only so many contexts.
      for (const track of out.stream.getTracks()) {
        track.stop = () => {
          MediaStreamTrack.prototype.stop.call(track);
          if (microphone.state !== 'closed') void microphone.close();
        };
      }
      return Promise.resolve(out.stream);
    };
  }

  const analysers = new Map<MediaStream, AnalyserNode>();
  /** Streams of those elements that really play. */
  const playing = (): MediaStream[] =>
    [...document.querySelectorAll('audio')]
      .filter((element) => !element.paused && !element.muted && element.volume > 0)
      .map((element) => element.srcObject)
      .filter((source) => source instanceof MediaStream);

  const analyserOf = (stream: MediaStream): AnalyserNode => {
    const known = analysers.get(stream);
    if (known) return known;
    const analyser = new AnalyserNode(audio(), { fftSize: size, smoothingTimeConstant: 0 });
    audio().createMediaStreamSource(stream).connect(analyser);
    analysers.set(stream, analyser);
    return analyser;
  };

  const levels = (bins: readonly number[]): number[] => {
    const spectra = playing().map((stream) => {
      const spectrum = new Float32Array(size / 2);
      analyserOf(stream).getFloatFrequencyData(spectrum);
      return spectrum;
    });
    return bins.map((asked) => {
      const above = spectra.map((spectrum) => {
        const at = (index: number): number => Math.max(spectrum[index] ?? -200, -200);
        // Past the skirt of the window, before the next tone's.
        const around = [-3, 3].map((step) => at(asked + step));
        return at(asked) - Math.max(...around);
      });
      return Math.max(-200, ...above);
    });
  };

  let watched: {
    missing: number;
    longest: number;
    present: boolean[];
    at: number[];
  } | null = null;
  const BLOCK_MS = 10;
  /** At once: each message costs the page time. */
  const BLOCKS_TOLD = 5;
  /** Elements that play while it is watched. */
  const MOST_ELEMENTS = 16;
  const HEARD_WITHIN_MS = 15_000;

  const watch = async (asked: number): Promise<void> => {
    // Each element on an input of its own: the same voice from two of them may cancel itself out.
    const source = `registerProcessor('gap', class extends AudioWorkletProcessor {
      constructor({ processorOptions }) {
        super(); this.k = processorOptions.hz; this.n = 0; this.told = [];
        this.sums = Array.from({ length: ${MOST_ELEMENTS} }, () => ({ re: 0, im: 0 }));
      }
      process(inputs) {
        const block = sampleRate * ${BLOCK_MS} / 1000;
        for (let i = 0; i < 128; i++) {
          const phase = 2 * Math.PI * this.k * this.n / sampleRate;
          const cos = Math.cos(phase), sin = Math.sin(phase);
          inputs.forEach(([samples], index) => {
            if (!samples) return;
            this.sums[index].re += samples[i] * cos; this.sums[index].im += samples[i] * sin;
          });
          if (++this.n === block) {
            const loudest = Math.max(...this.sums.map(({ re, im }) => Math.hypot(re, im)));
            this.told.push([Date.now(), 2 * loudest / block]);
            if (this.told.length === ${BLOCKS_TOLD}) { this.port.postMessage(this.told); this.told = []; }
            this.n = 0;
            for (const sum of this.sums) { sum.re = 0; sum.im = 0; }
          }
        }
        return true;
      }
    });`;
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    await audio().audioWorklet.addModule(url);
    const hz = (asked * rate) / size;
    const node = new AudioWorkletNode(audio(), 'gap', {
      numberOfInputs: MOST_ELEMENTS,
      processorOptions: { hz },
    });
    const connected = new Set<MediaStream>();
    const connect = (): void => {
      for (const stream of playing()) {
        if (connected.has(stream)) continue;
        audio().createMediaStreamSource(stream).connect(node, 0, connected.size);
        connected.add(stream);
      }
    };
    connect();
    // A voice may move to another element.
    setInterval(connect, BLOCK_MS);
    const state = { missing: 0, longest: 0, present: Array<boolean>(), at: Array<number>() };
    watched = state;
    node.port.onmessage = ({ data }: MessageEvent<[number, number][]>) => {
      for (const [at, amplitude] of data) {
        // A tenth of the tone's own amplitude.
        const present = amplitude > 0.03;
        state.present.push(present);
        state.at.push(at);
        state.missing = present ? 0 : state.missing + 1;
        state.longest = Math.max(state.longest, state.missing);
      }
    };
  };

  window.ears = {
    levels,
    watch,
    longestGap: () => ({
      gapMs: (watched?.longest ?? Infinity) * BLOCK_MS,
      watchedMs: (watched?.present.length ?? 0) * BLOCK_MS,
    }),
    presence: () => watched?.present ?? [],
    playedAt: () => watched?.at ?? [],
    firstHeard: async (asked) => {
      const deadline = performance.now() + HEARD_WITHIN_MS;
      while ((levels([asked])[0] ?? 0) < 20) {
        if (performance.now() > deadline) throw new Error(`not heard within ${HEARD_WITHIN_MS} ms`);
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
      return performance.timeOrigin + performance.now();
    },
  };
};
