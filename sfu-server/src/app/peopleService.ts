/** Guests: a name is all it takes; the token then stands for the person. */
import type { GuestAnswer, User } from '@veche/protocol';
import { Refusal } from '../domain/refusal.ts';
import type { Clock, Identity, Ids, PeopleStore, RevocationStore, Tokens } from './ports.ts';

export interface PeopleServiceParts {
  readonly people: PeopleStore;
  readonly tokens: Tokens;
  readonly revocations: RevocationStore;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Somebody who may be connected has another name now. */
  readonly renamed: (user: User) => void;
  /** Whoever is connected with the former token goes on with this one. */
  readonly renewed: (former: Identity, identity: Identity) => void;
  /** Whoever is connected with this token is so no more. */
  readonly revoked: () => void;
}

export class PeopleService {
  readonly #parts: PeopleServiceParts;

  constructor(parts: PeopleServiceParts) {
    this.#parts = parts;
  }

  /** A new person. */
  async signIn(name: string): Promise<GuestAnswer> {
    const user: User = { id: this.#parts.ids.userId(), name };
    return (await this.#issue(user)).answer;
  }

  /**
   * Another name, or the same, for the person of the token; and a fresh token.
   * @throws Refusal UNAUTHENTICATED
   */
  async rename(token: string, name: string): Promise<GuestAnswer> {
    const former = await this.identify(token);
    const user: User = { id: former.user.id, name };
    const { identity, answer } = await this.#issue(user);
    // It may have been revoked while the new one was made.
    this.#refuseRevoked(former);
    this.#parts.renewed(former, identity);
    if (former.user.name !== name) this.#parts.renamed(user);
    return answer;
  }

  /** The token holds no more, here or anywhere. @throws Refusal UNAUTHENTICATED */
  async signOut(token: string): Promise<void> {
    const identity = await this.identify(token);
    this.#parts.revocations.revokeToken(identity, this.#parts.clock.now());
    this.#parts.revoked();
  }

  /** The person of a token, under the present name. @throws Refusal UNAUTHENTICATED */
  async identify(token: string): Promise<Identity> {
    const { people, tokens, clock } = this.#parts;
    const identity = await tokens.verify(token, clock.now());
    this.#refuseRevoked(identity);
    const known = people.get(identity.user.id);
    if (known) return { ...identity, user: known };
    // A valid token outlives lost data.
    people.save(identity.user, clock.now(), identity.expiresAt);
    return identity;
  }

  /** Whether the token of somebody who was let in is still one. */
  holds(identity: Identity): boolean {
    return !this.#parts.revocations.isRevoked(identity);
  }

  #refuseRevoked(identity: Identity): void {
    if (this.holds(identity)) return;
    throw new Refusal('UNAUTHENTICATED', 'token: revoked; sign in again', 'token_revoked');
  }

  async #issue(user: User): Promise<{ identity: Identity; answer: GuestAnswer }> {
    const { people, tokens, clock } = this.#parts;
    const { token, ...identity } = await tokens.issue(user, clock.now());
    people.save(user, clock.now(), identity.expiresAt);
    return { identity, answer: { token, user, expiresAt: identity.expiresAt } };
  }
}
