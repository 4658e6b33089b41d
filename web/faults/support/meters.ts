/**
 * What runs inside a page under test: reads what its connections count. Serialised into the page, so
 * it stands alone. After `installEyes`, whose class it wraps.
 */

/** Since the page was loaded, over all connections that there were. */
export interface Readings {
  /** Samples played, and those of them that were made up for lost ones. */
  readonly samples: number;
  readonly concealed: number;
  /** Frames of pictures, and the bytes of them. */
  readonly frames: number;
  readonly pictureBytes: number;
  /** Time that sound waits to be played, s, summed over `emitted` samples. */
  readonly buffered: number;
  readonly emitted: number;
  /** Of the pairs in use now, like `udp 10.79.0.2`, each once. */
  readonly paths: readonly string[];
  /** Connections made so far. */
  readonly connections: number;
}

interface Meters {
  read(): Promise<Readings>;
}

declare global {
  interface Window {
    meters: Meters;
  }
}

export const installMeters = (): void => {
  const connections: RTCPeerConnection[] = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };

  const read = async (): Promise<Readings> => {
    const sum = { samples: 0, concealed: 0, frames: 0, pictureBytes: 0, buffered: 0, emitted: 0 };
    const paths = new Set<string>();
    for (const connection of connections) {
      // A closed one still tells what it counted.
      const report = await connection.getStats();
      const entries = new Map<string, Record<string, unknown>>();
      report.forEach((entry: Record<string, unknown>) => entries.set(String(entry['id']), entry));
      for (const entry of entries.values()) {
        const number = (key: string): number => Number(entry[key] ?? 0);
        if (entry['type'] === 'inbound-rtp' && entry['kind'] === 'audio') {
          sum.samples += number('totalSamplesReceived');
          // Silence that is filled in between words is no loss.
          sum.concealed += number('concealedSamples') - number('silentConcealedSamples');
          sum.buffered += number('jitterBufferDelay');
          sum.emitted += number('jitterBufferEmittedCount');
        } else if (entry['type'] === 'inbound-rtp') {
          sum.frames += number('framesDecoded');
          sum.pictureBytes += number('bytesReceived');
        } else if (entry['type'] === 'transport' && connection.connectionState === 'connected') {
          const pair = entries.get(String(entry['selectedCandidatePairId']));
          const local = entries.get(String(pair?.['localCandidateId']));
          if (local) paths.add(`${String(local['protocol'])} ${String(local['address'])}`);
        }
      }
    }
    return { ...sum, paths: [...paths], connections: connections.length };
  };

  window.meters = { read };
};
