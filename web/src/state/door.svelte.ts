/** The way in: from nobody to a signed-in session. */
import type { Session } from '../session/index.ts';

/** How a session is got; the real one talks to the server. */
export interface Entrance {
  /** The session of whoever signed in here before, or null. */
  resume(): Promise<Session | null>;
  /** Rejects with a `RequestError`. */
  signIn(name: string): Promise<Session>;
}

export type Stage =
  | { readonly phase: 'opening' }
  | { readonly phase: 'signed_out'; readonly lastName: string }
  | { readonly phase: 'signed_in'; readonly session: Session };

export class Door {
  readonly #entrance: Entrance;
  #stage = $state.raw<Stage>({ phase: 'opening' });

  constructor(entrance: Entrance) {
    this.#entrance = entrance;
  }

  get stage(): Stage {
    return this.#stage;
  }

  open = async (): Promise<void> => {
    const session = await this.#entrance.resume();
    this.#stage = session ? { phase: 'signed_in', session } : { phase: 'signed_out', lastName: '' };
  };

  signIn = async (name: string): Promise<void> => {
    this.#stage = { phase: 'signed_in', session: await this.#entrance.signIn(name) };
  };

  /** After the sign-in stopped being valid, to sign in anew. */
  signOut = (): void => {
    if (this.#stage.phase !== 'signed_in') return;
    const { session } = this.#stage;
    session.close();
    this.#stage = { phase: 'signed_out', lastName: session.user.name };
  };

  /** The page goes away. */
  close = (): void => {
    if (this.#stage.phase === 'signed_in') this.#stage.session.close();
  };
}
