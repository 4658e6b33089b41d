/** What components find around them. */
import type { User } from '@veche/protocol';
import { createContext } from 'svelte';
import type { Session, Voice, Watchable } from '../session/index.ts';
import type { Announcer } from './announcer.svelte.ts';
import type { Door } from './door.svelte.ts';
import type { Router } from './router.svelte.ts';
import type { Theme } from './theme.svelte.ts';
import type { Followed } from './watch.ts';

/** Where voices are played. */
interface Sound {
  /** The browser waits for a tap before it plays anything. */
  readonly blocked: Watchable<boolean>;
  /** Call from a tap. */
  enable(): Promise<void>;
  /** Exactly these. */
  play(voices: readonly Voice[]): void;
}

/** There from the first moment. */
export interface Page {
  readonly router: Router;
  readonly theme: Theme;
  readonly announcer: Announcer;
  readonly door: Door;
  readonly sound: Sound;
}

export const [usePage, providePage] = createContext<Page>();

/** There once somebody is signed in. */
export interface SignedIn {
  readonly session: Session;
  readonly me: Followed<User>;
}

export const [useSignedIn, provideSignedIn] = createContext<SignedIn>();
