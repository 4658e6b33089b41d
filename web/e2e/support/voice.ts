/** A microphone in a page under test whose tone is as loud, and as steady, as the test wants it. */
import type { ToneOptions } from './ears.ts';

interface Voice {
  /**
   * A tone from now on, `db` louder than a common voice, in syllables; without a pause if `steady`.
   * @returns epoch ms
   */
  sound(db: number, steady: boolean): number;
  /** Silent, with the microphone open. Returns epoch ms. */
  hush(): number;
}

declare global {
  interface Window {
    voice: Voice;
  }
}

/** Replaces the microphone, also the one of the ears; silent until `window.voice.sound`. */
export const installVoice = ({ bin }: ToneOptions): void => {
  const RATE = 48_000;
  const FFT_SIZE = 2048;
  const COMMON = 0.3;
  // So long, and the rest of it silent, as nobody speaks without a pause: a steady tone is noise.
  const SYLLABLE_S = 0.4;
  const SILENT_S = 0.08;
  // What begins or ends at once clicks, and a click is in all tones.
  const EDGE_S = 0.02;

  let loudness = 0;
  let syllables = true;
  let adjust: () => void = () => undefined;

  const open = (): MediaStream => {
    const context = new AudioContext({ sampleRate: RATE });
    const tone = new OscillatorNode(context, { frequency: (bin * RATE) / FFT_SIZE });
    const beat = new GainNode(context, { gain: 0 });
    const volume = new GainNode(context, { gain: 0 });
    const out = context.createMediaStreamDestination();
    tone.connect(beat).connect(volume).connect(out);
    const rhythm = new AudioBufferSourceNode(context, { loop: true });
    const bar = new AudioBuffer({ length: SYLLABLE_S * RATE, sampleRate: RATE });
    const samples = bar.getChannelData(0);
    const loud = (SYLLABLE_S - SILENT_S) * RATE;
    for (let at = 0; at < loud; at++) {
      const edge = Math.min(1, Math.min(at, loud - at) / (EDGE_S * RATE));
      samples[at] = 0.5 - 0.5 * Math.cos(Math.PI * edge);
    }
    rhythm.buffer = bar;
    tone.start();
    rhythm.start();
    const beating = new GainNode(context);
    rhythm.connect(beating).connect(beat.gain);
    adjust = () => {
      beat.gain.value = syllables ? 0 : 1;
      beating.gain.value = syllables ? 1 : 0;
      volume.gain.setTargetAtTime(loudness, context.currentTime, EDGE_S / 4);
    };
    adjust();
    for (const track of out.stream.getTracks()) {
      track.stop = () => {
        MediaStreamTrack.prototype.stop.call(track);
        // A page has only so many contexts.
        if (context.state !== 'closed') void context.close();
      };
    }
    return out.stream;
  };
  navigator.mediaDevices.getUserMedia = () => Promise.resolve(open());

  const set = (to: number, inSyllables: boolean): number => {
    loudness = to;
    syllables = inSyllables;
    adjust();
    return performance.timeOrigin + performance.now();
  };
  window.voice = {
    sound: (db, steady) => set(COMMON * 10 ** (db / 20), !steady),
    hush: () => set(0, syllables),
  };
};
