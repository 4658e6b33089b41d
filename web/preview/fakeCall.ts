/** A call without a server: it stands where the scene puts it, and goes on when it is driven. */
import { CallId, ParticipantId, type CallMedia, type HeldReason } from '@veche/protocol';
import type { CallEnd, CallSession, CallView, Picture } from '../src/session/api.ts';
import { Observable } from '../src/session/observable.ts';
import { fakeUser, soon } from './fakePeople.ts';
import { paintedTrack } from './paintedTrack.ts';

/** How long it rings before somebody answers. */
const RINGS_MS = 4000;

/** Of the other: none, there, or withheld for this reason. */
export type PictureScene = boolean | HeldReason;

export class FakeCall extends Observable<CallView> implements CallSession {
  readonly voices = new Observable([]);
  readonly pictures: Observable<readonly Picture[]>;
  readonly ownPicture: Observable<MediaStreamTrack | null>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(change: Partial<CallView>, own = false, picture: PictureScene = false) {
    super({
      callId: CallId.parse('call-now'),
      direction: 'placed',
      peer: fakeUser(3),
      media: picture || own ? 'video' : 'audio',
      status: { phase: 'placing' },
      peerLost: null,
      signalLostSince: null,
      path: 'connected',
      microphone: { phase: 'live' },
      camera: { phase: own ? 'on' : 'off' },
      muted: false,
      peerState: { muted: false, camera: picture !== false },
      poorNetwork: false,
      ...change,
    });
    this.ownPicture = new Observable(own ? paintedTrack(40) : null);
    this.pictures = new Observable<readonly Picture[]>(picture ? [fakePicture(picture)] : []);
  }

  /** As if there were somebody at the other end. */
  play(): void {
    void soon().then(() => {
      this.#be({ phase: 'ringing', expiresAt: Date.now() + 45_000 });
      this.#timer = setTimeout(() => {
        this.#be({ phase: 'active', since: Date.now() });
      }, RINGS_MS);
    });
  }

  async answer(media: CallMedia): Promise<void> {
    this.#be({ phase: 'answering' });
    if (media === 'video') await this.setCamera(true);
    await soon();
    this.#be({ phase: 'active', since: Date.now() });
  }

  reject(): Promise<void> {
    return this.#over('rejected');
  }

  end(): Promise<void> {
    return this.#over(this.current.status.phase === 'active' ? 'hangup' : 'cancelled');
  }

  async setMuted(muted: boolean): Promise<void> {
    await soon();
    this.#change({ muted });
  }

  async setCamera(on: boolean): Promise<void> {
    this.#change({ camera: { phase: on ? 'opening' : 'off' } });
    await soon();
    this.ownPicture.set(on ? paintedTrack(40) : null);
    this.#change({ camera: { phase: on ? 'on' : 'off' } });
  }

  async openMicrophone(): Promise<void> {
    this.#change({ microphone: { phase: 'opening' } });
    await soon();
    this.#change({ microphone: { phase: 'live' } });
  }

  openCamera(): Promise<void> {
    return this.setCamera(true);
  }

  level(): number {
    return 0.5 + 0.45 * Math.sin(performance.now() / 170);
  }

  #over(reason: CallEnd): Promise<void> {
    clearTimeout(this.#timer);
    const { status } = this.current;
    const durationMs = status.phase === 'active' ? Date.now() - status.since : 0;
    this.#be({ phase: 'ended', reason, durationMs });
    return soon();
  }

  #be(status: CallView['status']): void {
    this.#change({ status });
  }

  #change(change: Partial<CallView>): void {
    this.set({ ...this.current, ...change });
  }
}

const fakePicture = (picture: true | HeldReason): Picture => ({
  participantId: ParticipantId.parse('p1'),
  producerId: 'camera-of-p1',
  source: 'camera',
  track: paintedTrack(250),
  paused: false,
  held: picture === true ? null : picture,
});
