/** What components find around them. */
import type { User } from '@veche/protocol';
import { createContext } from 'svelte';
import type { DeviceLists } from '../platform/mediaDevices.ts';
import type { Ring } from '../platform/tones.ts';
import type { Observable, Session, Voice, Watchable } from '../session/index.ts';
import type { Announcer } from './announcer.svelte.ts';
import type { CallDesk } from './call/callDesk.ts';
import type { NotifyCalls } from './call/notifyCalls.svelte.ts';
import type { Door } from './door.svelte.ts';
import type { Volumes } from './room/volumes.ts';
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
  /** How loud each is, 0 … 2, now and later; call again when the answers are others. */
  setVolumes(volumeOf: (voice: Voice) => number): void;
  /** By its id; empty: the system's choice. */
  readonly speaker: Watchable<string>;
  /** Rejects if that one cannot be had. */
  setSpeaker(deviceId: string): Promise<void>;
}

/** Where calls ring. */
interface Bell {
  ring(what: Ring | null): void;
  /** Call from a gesture. */
  readonly unlock: () => void;
}

/** What is plugged in. */
interface Devices extends Watchable<DeviceLists> {
  refresh(): void;
}

/** There from the first moment. */
export interface Page {
  readonly router: Router;
  readonly theme: Theme;
  readonly announcer: Announcer;
  readonly door: Door;
  readonly sound: Sound;
  readonly bell: Bell;
  readonly devices: Devices;
  readonly notifyCalls: NotifyCalls;
  /** Stands in the tab's title instead of the page's name; null: nothing does. */
  readonly headline: Observable<string | null>;
}

export const [usePage, providePage] = createContext<Page>();

/** There once somebody is signed in. */
export interface SignedIn {
  readonly session: Session;
  readonly me: Followed<User>;
  readonly desk: CallDesk;
  readonly volumes: Volumes;
}

export const [useSignedIn, provideSignedIn] = createContext<SignedIn>();
