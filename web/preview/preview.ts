/** Shows one scene with the real components: `/preview/?home-empty`; `/preview/` lists them all. */
import { mount } from 'svelte';
import App from '../src/App.svelte';
import { startLanguage } from '../src/i18n/i18n.ts';
import { PluggedDevices } from '../src/platform/mediaDevices.ts';
import { Notifications } from '../src/platform/notifications.ts';
import { Ringer } from '../src/platform/ringing.ts';
import { Observable } from '../src/session/observable.ts';
import { Announcer } from '../src/state/announcer.svelte.ts';
import { NotifyCalls } from '../src/state/call/notifyCalls.svelte.ts';
import { Door, type Entrance } from '../src/state/door.svelte.ts';
import { Router } from '../src/state/router.svelte.ts';
import { Theme } from '../src/state/theme.svelte.ts';
import '../src/styles/tokens.css';
import '../src/styles/base.css';
import '../src/styles/controls.css';
import { FakeSession } from './fakeSession.ts';
import { scenes, type Scene } from './scenes.ts';

const name = location.search.slice(1);
const scene = scenes[name];
const target = document.querySelector('#app');

if (target && scene) void show(target, scene);
else if (target) list(target);

function list(target: Element): void {
  for (const name of Object.keys(scenes)) {
    const link = document.createElement('a');
    link.href = `?${name}`;
    link.textContent = name;
    target.append(link);
  }
}

async function show(target: Element, scene: Scene): Promise<void> {
  history.replaceState(null, '', scene.path ?? '/');
  await startLanguage();
  const blocked = new Observable(scene.soundBlocked ?? false);
  const page = {
    router: new Router(),
    theme: new Theme(),
    announcer: new Announcer(),
    door: new Door(entranceOf(scene)),
    sound: {
      blocked,
      enable: () => {
        blocked.set(false);
        return Promise.resolve();
      },
      play: () => undefined,
      setVolumes: () => undefined,
      speaker: new Observable(''),
      setSpeaker: () => Promise.resolve(),
    },
    bell: new Ringer(),
    devices: new PluggedDevices(),
    notifyCalls: new NotifyCalls(new Notifications()),
    headline: new Observable<string | null>(null),
  };
  await page.door.open();
  mount(App, { target, props: { page } });
}

function entranceOf(scene: Scene): Entrance {
  const session = new FakeSession(scene.name ?? 'Ana', scene);
  return {
    resume: () => Promise.resolve(scene.signedIn === false ? null : session),
    signIn: (name) => Promise.resolve(new FakeSession(name.trim(), scene)),
  };
}
