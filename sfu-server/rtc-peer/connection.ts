// One ICE + DTLS + SRTP connection to a server's transport, and its tracks by mid.
import { cleanup, PeerConnection, type Track } from 'node-datachannel';
import { buildOffer, fingerprintOf, type MediaSection } from './sdp.ts';
import type { LocalDtlsParameters, TransportParameters } from './wire.ts';

export interface ConnectionOptions {
  /** Local address to use; loopback by itself where the server offers nothing else. */
  readonly bindAddress?: string | undefined;
  /** How long ICE and DTLS may take, counted from the creation of the peer. */
  readonly connectTimeoutMs?: number | undefined;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
/** Descriptions and tracks are local work, a few milliseconds; longer means that something is wrong. */
const LOCAL_TIMEOUT_MS = 5_000;
/** Some native changes have no reliable event, so they are looked at. */
const POLL_MS = 2;

/** Connections not closed yet; the native library's threads live as long as there are any. */
const open = new Set<Connection>();
/**
 * Tracks whose native side has not forgotten them yet. It does so only after it has told that they are
 * closed, and touches all that it remembers in `cleanup`, also those that were collected as garbage.
 */
const remembered = new Set<Track>();
let lastNumber = 0;

const remember = (track: Track): void => {
  remembered.add(track);
  track.onClosed(() => remembered.delete(track));
};

export class Connection {
  /** Settles once: media can flow, or the reason why it cannot. */
  readonly connected: Promise<void>;
  readonly #transport: TransportParameters;
  readonly #native: PeerConnection;
  /** A track that JavaScript forgets is closed by the garbage collector: all are kept here. */
  readonly #tracks = new Map<string, Track>();
  readonly #connectTimeoutMs: number;
  #sections: readonly MediaSection[] = [];
  #negotiations: Promise<void> = Promise.resolve();
  #version = 0;
  #fingerprint = '';
  #closed = false;
  #abandon: () => void = () => undefined;

  private constructor(transport: TransportParameters, options: ConnectionOptions) {
    const bindAddress = options.bindAddress ?? loopbackOf(transport);
    lastNumber += 1;
    this.#transport = transport;
    this.#connectTimeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
    this.#native = new PeerConnection(`peer-${lastNumber}`, {
      iceServers: [],
      ...(bindAddress !== undefined && { bindAddress }),
    });
    this.#native.onTrack((track) => {
      remember(track);
      this.#tracks.set(track.mid(), track);
    });
    this.connected = this.#whenOpen();
    // Whoever cares awaits it; one that nobody heard must not end the process.
    this.connected.catch(() => undefined);
    open.add(this);
  }

  static async create(
    transport: TransportParameters,
    sections: readonly MediaSection[],
    options: ConnectionOptions,
  ): Promise<Connection> {
    const connection = new Connection(transport, options);
    try {
      await connection.negotiate(sections);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** To be given to `transport:connect`. */
  get dtlsParameters(): LocalDtlsParameters {
    return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: this.#fingerprint }] };
  }

  /** Adds media sections to those it has; several calls at once go one after the other. */
  negotiate(sections: readonly MediaSection[]): Promise<void> {
    const done = this.#negotiations.then(() => this.#negotiate(sections));
    this.#negotiations = done.catch(() => undefined);
    return done;
  }

  track(mid: string): Track {
    const track = this.#tracks.get(mid);
    if (track === undefined) throw new Error(`there is no track with mid ${mid}`);
    return track;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#abandon();
    for (const track of this.#tracks.values()) track.close();
    this.#native.close();
    open.delete(this);
    // Without this the native threads keep the process alive. Later, so that peers which are
    // closed and made in one go do not pay for a restart of those threads.
    setImmediate(() => {
      if (open.size > 0) return;
      cleanup();
      // What they had still to tell is lost, and they are forgotten.
      remembered.clear();
    });
  }

  #watchState(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      const reached = this.#native.iceState();
      reject(
        new Error(`ICE or DTLS not done after ${this.#connectTimeoutMs} ms (ICE is ${reached})`),
      );
    }, this.#connectTimeoutMs);
    this.#native.onStateChange((state) => {
      if (state === 'connected') resolve();
      else if (state === 'failed') reject(new Error('ICE or DTLS failed'));
    });
    this.#abandon = () => reject(new Error('the peer was closed'));
    return promise.finally(() => clearTimeout(timer));
  }

  /** The tracks open a moment after the connection does; what is sent before is lost. */
  async #whenOpen(): Promise<void> {
    await this.#watchState();
    await this.#until(
      () => [...this.#tracks.values()].every((track) => track.isOpen()),
      'open tracks',
    );
  }

  async #negotiate(added: readonly MediaSection[]): Promise<void> {
    if (this.#closed) throw new Error('the peer is closed');
    const sections = [...this.#sections, ...added];
    this.#version += 1;
    const described = this.#nextLocalDescription();
    // Not awaited when the offer is refused at once.
    described.catch(() => undefined);
    this.#native.setRemoteDescription(
      buildOffer(this.#transport, sections, this.#version),
      'offer',
    );
    this.#fingerprint = fingerprintOf(await described);
    await this.#until(() => sections.every(({ mid }) => this.#tracks.has(mid)), 'its tracks');
    this.#sections = sections;
  }

  #nextLocalDescription(): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no local description')), LOCAL_TIMEOUT_MS);
      this.#native.onLocalDescription((sdp) => {
        clearTimeout(timer);
        resolve(sdp);
      });
    });
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + LOCAL_TIMEOUT_MS;
    while (!holds()) {
      if (this.#closed) throw new Error('the peer was closed');
      if (performance.now() > deadline)
        throw new Error(`the peer did not get ${what} in ${LOCAL_TIMEOUT_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** The system's own choice of address does not reach a server that only listens on loopback. */
function loopbackOf(transport: TransportParameters): string | undefined {
  const addresses = transport.iceCandidates.map(({ address }) => address);
  if (addresses.length > 0 && addresses.every((address) => address.startsWith('127.')))
    return addresses[0];
  if (addresses.length > 0 && addresses.every((address) => address === '::1')) return '::1';
  return undefined;
}
