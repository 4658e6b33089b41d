/** Guests: a name is all it takes; the token then stands for the person. */
import type { GuestAnswer, User } from '@veche/protocol';
import type { Clock, Ids, PeopleStore, Tokens } from './ports.ts';

export interface PeopleServiceParts {
  readonly people: PeopleStore;
  readonly tokens: Tokens;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Somebody who may be connected has another name now. */
  readonly renamed: (user: User) => void;
}

export class PeopleService {
  readonly #parts: PeopleServiceParts;

  constructor(parts: PeopleServiceParts) {
    this.#parts = parts;
  }

  /** A new person. */
  async signIn(name: string): Promise<GuestAnswer> {
    const user: User = { id: this.#parts.ids.userId(), name };
    return this.#answer(user);
  }

  /**
   * Another name, or the same, for the person of the token; and a fresh token.
   * @throws Refusal UNAUTHENTICATED
   */
  async rename(token: string, name: string): Promise<GuestAnswer> {
    const before = await this.identify(token);
    const user: User = { id: before.id, name };
    const answer = await this.#answer(user);
    if (before.name !== name) this.#parts.renamed(user);
    return answer;
  }

  /** The person of a token, under the present name. @throws Refusal UNAUTHENTICATED */
  async identify(token: string): Promise<User> {
    const user = await this.#parts.tokens.verify(token);
    const known = this.#parts.people.get(user.id);
    if (known) return known;
    // A valid token outlives lost data.
    this.#parts.people.save(user, this.#parts.clock.now());
    return user;
  }

  async #answer(user: User): Promise<GuestAnswer> {
    const token = await this.#parts.tokens.issue(user);
    this.#parts.people.save(user, this.#parts.clock.now());
    return { token, user };
  }
}
