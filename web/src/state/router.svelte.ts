/** Which page the address names. */
import type { RoomId } from '@veche/protocol';
import { on } from 'svelte/events';
import { createSubscriber } from 'svelte/reactivity';
import { pathOfRoom, roomOfPath } from './roomLink.ts';

export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'people' }
  | { readonly page: 'calls' }
  | { readonly page: 'room'; readonly roomId: RoomId }
  | { readonly page: 'unknown' };

function routeOf(path: string): Route {
  if (path === '/') return { page: 'home' };
  if (path === '/people') return { page: 'people' };
  if (path === '/calls') return { page: 'calls' };
  const roomId = roomOfPath(path);
  return roomId ? { page: 'room', roomId } : { page: 'unknown' };
}

export class Router {
  #path = $state(location.pathname);
  #route = $derived(routeOf(this.#path));

  #history = createSubscriber(() =>
    on(window, 'popstate', () => {
      this.#path = location.pathname;
    }),
  );

  get route(): Route {
    this.#history();
    return this.#route;
  }

  home = (): void => {
    this.#go('/');
  };

  room = (roomId: RoomId): void => {
    this.#go(pathOfRoom(roomId));
  };

  /** For links: goes there without loading the page again, unless a new tab is wanted. */
  follow = (event: MouseEvent & { currentTarget: HTMLAnchorElement }): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    this.#go(event.currentTarget.pathname);
  };

  #go(path: string): void {
    if (path === this.#path) return;
    history.pushState(null, '', path);
    this.#path = path;
    window.scrollTo(0, 0);
  }
}
