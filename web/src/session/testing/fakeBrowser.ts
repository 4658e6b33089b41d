/** mediasoup-client without a browser, and a microphone that a test can pull out. */
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { Device, FakeHandler, testFakeParameters, type types } from 'mediasoup-client';
import type { Cameras, Microphones } from '../api.ts';
import type { MicrophoneError } from '../errors.ts';
import type { CreateDevice } from '../ports.ts';

export class FakeBrowser implements Microphones {
  readonly transports: types.Transport[] = [];
  /** How many tracks each negotiation of receivers had. */
  readonly negotiations: number[] = [];
  /** Thrown by the next negotiation that has a track for which this is true. */
  breaks: (options: types.HandlerReceiveOptions) => boolean = () => false;
  devicesMade = 0;
  readonly #backs = new Set<() => void>();
  /** What the microphone says; null: it works. */
  problem: MicrophoneError | null = null;
  readonly tracks: FakeMediaStreamTrack[] = [];
  readonly pictures: FakeMediaStreamTrack[] = [];
  /** What the camera says; null: it works. */
  cameraProblem: MicrophoneError | null = null;

  createDevice: CreateDevice = () => {
    this.devicesMade += 1;
    const factory = FakeHandler.createFactory(testFakeParameters);
    const device = new Device({
      handlerFactory: {
        ...factory,
        factory: (options) => this.#watch(factory.factory(options)),
      },
    });
    device.observer.on('newtransport', (transport) => {
      this.transports.push(transport);
      // As ICE and DTLS would: a moment after the server was told.
      transport.on('connectionstatechange', (state) => {
        if (state === 'connecting') setTimeout(() => this.setState(transport, 'connected'), 1);
      });
    });
    return Promise.resolve(device);
  };

  setState(transport: types.Transport, state: types.ConnectionState): void {
    if (transport.handler instanceof FakeHandler) transport.handler.setConnectionState(state);
  }

  live(direction: 'send' | 'recv'): types.Transport {
    const found = this.transports.filter((one) => !one.closed && one.direction === direction);
    const [transport, ...others] = found;
    if (!transport || others.length > 0) throw new Error(`${found.length} live ${direction}`);
    return transport;
  }

  /** The person comes back to the page. */
  comeBack(): void {
    for (const back of [...this.#backs]) back();
  }

  onReturn(back: () => void): () => void {
    this.#backs.add(back);
    return () => {
      this.#backs.delete(back);
    };
  }

  async open(): Promise<MediaStreamTrack> {
    await Promise.resolve();
    if (this.problem) throw this.problem;
    const track = new FakeMediaStreamTrack({ kind: 'audio' });
    this.tracks.push(track);
    return track;
  }

  readonly cameras: Cameras = {
    open: async () => {
      await Promise.resolve();
      if (this.cameraProblem) throw this.cameraProblem;
      const track = new FakeMediaStreamTrack({ kind: 'video' });
      this.pictures.push(track);
      return track;
    },
  };

  get track(): FakeMediaStreamTrack {
    const track = this.tracks.at(-1);
    if (!track) throw new Error('no track was opened');
    return track;
  }

  #watch(handler: types.HandlerInterface): types.HandlerInterface {
    const receive = handler.receive.bind(handler);
    handler.receive = async (list) => {
      this.negotiations.push(list.length);
      if (list.some(this.breaks)) throw new Error('broken by the test');
      return receive(list);
    };
    return handler;
  }
}
