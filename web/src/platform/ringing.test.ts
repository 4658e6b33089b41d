import { beforeEach, describe, expect, it } from 'vitest';
import { Ringer } from './ringing.ts';

class FakeSource {
  buffer: unknown = null;
  loop = false;
  onended: (() => void) | null = null;
  started = false;
  stoppedAt: number | null = null;
  connect = <T>(to: T): T => to;
  start(): void {
    this.started = true;
  }
  stop(at = 0): void {
    this.stoppedAt = at;
  }
}

class FakeGain {
  disconnected = false;
  readonly gain = { setTargetAtTime: () => undefined };
  connect = <T>(to: T): T => to;
  disconnect(): void {
    this.disconnected = true;
  }
}

/** Like the browser's: `resume` waits until there was a gesture. */
class FakeContext {
  state: 'suspended' | 'running' = 'suspended';
  readonly currentTime = 10;
  readonly sampleRate = 1000;
  readonly destination = {};
  readonly sources: FakeSource[] = [];
  readonly gains: FakeGain[] = [];
  readonly #waiting: (() => void)[] = [];
  #gesture: boolean;

  constructor(gesture: boolean) {
    this.#gesture = gesture;
  }

  gesture(): void {
    this.#gesture = true;
  }

  resume(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#gesture) return;
      this.state = 'running';
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  suspend(): Promise<void> {
    this.state = 'suspended';
    return Promise.resolve();
  }

  createBuffer = () => ({ copyToChannel: () => undefined });
  createBufferSource(): FakeSource {
    const source = new FakeSource();
    this.sources.push(source);
    return source;
  }
  createGain(): FakeGain {
    const gain = new FakeGain();
    this.gains.push(gain);
    return gain;
  }

  /** Sources that were started and not told to stop. */
  get ringing(): number {
    return this.sources.filter(({ started, stoppedAt }) => started && stoppedAt === null).length;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

let context: FakeContext;
let made: number;
const ringerWith = (gesture: boolean): Ringer => {
  context = new FakeContext(gesture);
  return new Ringer(() => {
    made += 1;
    return context as unknown as AudioContext;
  });
};

beforeEach(() => {
  made = 0;
});

describe('after a gesture', () => {
  it('rings in a circle and is silent when the call is over', async () => {
    const ringer = ringerWith(true);
    ringer.ring('ringtone');
    await settled();
    expect(context.sources.map(({ started, loop }) => [started, loop])).toEqual([[true, true]]);
    expect(context.state).toBe('running');
    ringer.ring(null);
    expect(context.ringing).toBe(0);
    expect(context.sources[0]?.stoppedAt).toBeCloseTo(10.06);
    context.sources[0]?.onended?.();
    await settled();
    expect(context.gains[0]?.disconnected).toBe(true);
    expect(context.state).toBe('suspended');
  });

  it('has never more than one sound, and starts none twice', async () => {
    const ringer = ringerWith(true);
    ringer.ring('ringback');
    ringer.ring('ringback');
    expect(context.sources).toHaveLength(1);
    ringer.ring('ringtone');
    expect(context.ringing).toBe(1);
    ringer.ring(null);
    ringer.ring(null);
    await settled();
    expect(context.ringing).toBe(0);
    expect(made).toBe(1);
  });

  it('does not fall asleep under a call that came while the last one faded', async () => {
    const ringer = ringerWith(true);
    ringer.ring('ringtone');
    await settled();
    ringer.ring(null);
    ringer.ring('ringtone');
    context.sources[0]?.onended?.();
    await settled();
    expect(context.state).toBe('running');
    expect(context.ringing).toBe(1);
  });
});

describe('before any gesture', () => {
  it('starts with the gesture, if it still rings', async () => {
    const ringer = ringerWith(false);
    ringer.ring('ringtone');
    await settled();
    expect(context.state).toBe('suspended');
    context.gesture();
    ringer.unlock();
    await settled();
    expect(context.state).toBe('running');
    expect(context.ringing).toBe(1);
  });

  it('stays silent if the call was over by then', async () => {
    const ringer = ringerWith(false);
    ringer.ring('ringtone');
    ringer.ring(null);
    expect(context.ringing).toBe(0);
    expect(context.gains[0]?.disconnected).toBe(true);
    context.gesture();
    ringer.unlock();
    await settled();
    expect(context.state).toBe('suspended');
    expect(context.ringing).toBe(0);
  });

  it('asks once only', async () => {
    const ringer = ringerWith(true);
    ringer.unlock();
    await settled();
    ringer.unlock();
    expect(made).toBe(1);
    expect(context.state).toBe('suspended');
  });
});

it('breaks nothing where there is no sound at all', () => {
  const ringer = new Ringer(() => {
    throw new Error('no audio device');
  });
  expect(() => {
    ringer.unlock();
    ringer.ring('ringtone');
    ringer.ring(null);
  }).not.toThrow();
});
