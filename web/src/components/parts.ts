/** The parts of the page that the first screen does without. */
import type CallsPage from './calls/CallsPage.svelte';
import type CallStage from './call/CallStage.svelte';
import type CreateRoomDialog from './home/CreateRoomDialog.svelte';
import { loadOnce } from './loadOnce.ts';
import type PeoplePage from './people/PeoplePage.svelte';
import type Chat from './room/Chat.svelte';
import type Crowd from './room/Crowd.svelte';
import type PersonDialog from './room/PersonDialog.svelte';
import type RoomDialog from './room/RoomDialog.svelte';
import type ShortcutsDialog from './room/ShortcutsDialog.svelte';
import type SettingsDialog from './settings/SettingsDialog.svelte';

interface Part<Component> {
  readonly default: Component;
}

export const loadPeople = loadOnce(
  (): Promise<Part<typeof PeoplePage>> => import('./people/PeoplePage.svelte'),
);
export const loadCalls = loadOnce(
  (): Promise<Part<typeof CallsPage>> => import('./calls/CallsPage.svelte'),
);
export const loadStage = loadOnce(
  (): Promise<Part<typeof CallStage>> => import('./call/CallStage.svelte'),
);
export const loadSettings = loadOnce(
  (): Promise<Part<typeof SettingsDialog>> => import('./settings/SettingsDialog.svelte'),
);
export const loadCreateRoom = loadOnce(
  (): Promise<Part<typeof CreateRoomDialog>> => import('./home/CreateRoomDialog.svelte'),
);
export const loadShortcuts = loadOnce(
  (): Promise<Part<typeof ShortcutsDialog>> => import('./room/ShortcutsDialog.svelte'),
);

export const loadPerson = loadOnce(
  (): Promise<Part<typeof PersonDialog>> => import('./room/PersonDialog.svelte'),
);
export const loadRoomMenu = loadOnce(
  (): Promise<Part<typeof RoomDialog>> => import('./room/RoomDialog.svelte'),
);
export const loadCrowd = loadOnce((): Promise<Part<typeof Crowd>> => import('./room/Crowd.svelte'));
export const loadChat = loadOnce((): Promise<Part<typeof Chat>> => import('./room/Chat.svelte'));

const PARTS = [
  loadStage,
  loadPeople,
  loadCalls,
  loadSettings,
  loadCreateRoom,
  loadPerson,
  loadRoomMenu,
  loadCrowd,
  loadChat,
  loadShortcuts,
];

/** All of them, one after another; what does not come is asked for again when it is wanted. */
export async function preloadParts(): Promise<void> {
  for (const load of PARTS) await load().catch(() => undefined);
}
