/** The call of this device, as components read and drive it. */
import type { CallMedia, User } from '@veche/protocol';
import type { CallSession, CallView, Session } from '../../session/index.ts';
import { follow, type Followed } from '../watch.ts';
import { isLive, viewOf } from './callOnScreen.ts';

type Calls = Pick<Session, 'call' | 'placeCall' | 'dismissCall'>;

export class CallDesk {
  readonly #session: Calls;
  readonly #call: Followed<CallSession | null>;
  readonly #view: Followed<CallView | null>;
  #hungUp: CallSession | null = null;

  constructor(session: Calls) {
    this.#session = session;
    this.#call = follow(session.call);
    this.#view = follow(viewOf(session.call));
  }

  get call(): CallSession | null {
    return this.#call.current;
  }

  get view(): CallView | null {
    return this.#view.current;
  }

  /** Rings, is being placed or is talked in. */
  get live(): boolean {
    return isLive(this.view);
  }

  /** Whether this person ended the present call. */
  get hungUp(): boolean {
    const { current } = this.#session.call;
    return current !== null && this.#hungUp === current;
  }

  place = (to: User, media: CallMedia): void => {
    this.#session.placeCall(to, media);
  };

  /** The same person with the same media, after it ended. */
  again = (): void => {
    const { current } = this.#session.call;
    if (!current || isLive(current.current)) return;
    const { peer, media } = current.current;
    this.#session.dismissCall();
    this.#session.placeCall(peer, media);
  };

  dismiss = (): void => {
    this.#session.dismissCall();
  };

  answer = async (media: CallMedia): Promise<void> => {
    await this.#session.call.current?.answer(media);
  };

  decline = async (): Promise<void> => {
    await this.#end((call) => call.reject());
  };

  /** Hangs up, or gives up ringing. */
  end = async (): Promise<void> => {
    await this.#end((call) => call.end());
  };

  async #end(how: (call: CallSession) => Promise<void>): Promise<void> {
    const { current } = this.#session.call;
    if (!current) return;
    this.#hungUp = current;
    await how(current);
  }
}
