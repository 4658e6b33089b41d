/** The people of this server, looked through by name. */
import type { Person } from '@veche/protocol';
import type { Session } from '../session/index.ts';
import { Paged, type LoadPage } from './paged.ts';

/** Long enough not to ask for every letter, short enough to feel at once. */
const TYPING_MS = 250;

export class People {
  readonly list: Paged<Person>;
  readonly #session: Pick<Session, 'listPeople' | 'user'>;
  readonly #after: (ms: number, run: () => void) => () => void;
  #query = '';
  #stopTimer: (() => void) | null = null;

  constructor(
    session: Pick<Session, 'listPeople' | 'user'>,
    after: (ms: number, run: () => void) => () => void,
  ) {
    this.#session = session;
    this.#after = after;
    this.list = new Paged(this.#load(''), ({ id }) => id);
  }

  /** Looks for part of a name, once the typing pauses. */
  search = (text: string): void => {
    const query = text.trim();
    this.#stopTimer?.();
    if (query === this.#query) return;
    this.#stopTimer = this.#after(TYPING_MS, () => {
      this.#query = query;
      void this.list.restart(this.#load(query));
    });
  };

  #load(query: string): LoadPage<Person> {
    return async (cursor) => {
      const { people, next } = await this.#session.listPeople({
        ...(query === '' ? {} : { query }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      // Nobody calls themselves.
      return { items: people.filter(({ id }) => id !== this.#session.user.id), next };
    };
  }
}
