/** Whose presence is followed: of those whose rows are on the screen, and of nobody else. */
import { MAX_IDS_PER_REQUEST, type UserId } from '@veche/protocol';
import type { Attachment } from 'svelte/attachments';
import type { Session } from '../session/index.ts';

/** While a list is scrolled, rows come and go faster than anybody reads them. */
const SETTLE_MS = 150;
/** Rows this far out of sight count as seen: they are next. */
const MARGIN = '160px';

type After = (ms: number, run: () => void) => () => void;

export class Sightings {
  readonly #session: Pick<Session, 'watchPeople'>;
  readonly #after: After;
  readonly #seen = new Map<UserId, number>();
  #watched = '';
  #stopTimer: (() => void) | null = null;

  constructor(session: Pick<Session, 'watchPeople'>, after: After) {
    this.#session = session;
    this.#after = after;
  }

  enter(userId: UserId): void {
    this.#seen.set(userId, (this.#seen.get(userId) ?? 0) + 1);
    this.#soon();
  }

  leave(userId: UserId): void {
    const rows = (this.#seen.get(userId) ?? 0) - 1;
    if (rows > 0) this.#seen.set(userId, rows);
    else this.#seen.delete(userId);
    this.#soon();
  }

  /** For the row of somebody: tells when it comes into sight and when it goes. */
  row(userId: UserId): Attachment<HTMLElement> {
    return (element) => {
      let inSight = false;
      const note = (now: boolean): void => {
        if (now === inSight) return;
        inSight = now;
        if (now) this.enter(userId);
        else this.leave(userId);
      };
      const observer = new IntersectionObserver(
        (entries) => {
          note(entries.at(-1)?.isIntersecting ?? false);
        },
        { rootMargin: MARGIN },
      );
      observer.observe(element);
      return () => {
        observer.disconnect();
        note(false);
      };
    };
  }

  /** Nobody is looked at any more. */
  close = (): void => {
    this.#seen.clear();
    this.#stopTimer?.();
    this.#stopTimer = null;
    this.#tell();
  };

  #soon(): void {
    this.#stopTimer ??= this.#after(SETTLE_MS, () => {
      this.#stopTimer = null;
      this.#tell();
    });
  }

  #tell(): void {
    const wanted = [...this.#seen.keys()].slice(0, MAX_IDS_PER_REQUEST);
    const key = wanted.toSorted().join(' ');
    if (key === this.#watched) return;
    this.#watched = key;
    this.#session.watchPeople(wanted);
  }
}

/** For what stands below a list: runs when it comes near. */
export function whenNear(run: () => void): Attachment<HTMLElement> {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) run();
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  };
}
