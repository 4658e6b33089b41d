/** Puts the page together. */
import { mount } from 'svelte';
import App from './App.svelte';
import { startLanguage } from './i18n/i18n.ts';
import { PluggedDevices } from './platform/mediaDevices.ts';
import { Notifications } from './platform/notifications.ts';
import { Playback } from './platform/playback.ts';
import { Ringer } from './platform/ringing.ts';
import { Observable } from './session/index.ts';
import { Announcer } from './state/announcer.svelte.ts';
import { NotifyCalls } from './state/call/notifyCalls.svelte.ts';
import { Door } from './state/door.svelte.ts';
import { browserEntrance } from './state/entrance.ts';
import { Router } from './state/router.svelte.ts';
import { Theme } from './state/theme.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';

const target = document.querySelector('#app');
if (!target) throw new Error('the page has no #app');

const devices = new PluggedDevices();
const page = {
  router: new Router(),
  theme: new Theme(),
  announcer: new Announcer(),
  door: new Door(browserEntrance),
  sound: new Playback(devices),
  bell: new Ringer(),
  devices,
  notifyCalls: new NotifyCalls(new Notifications()),
  headline: new Observable<string | null>(null),
};
await Promise.all([startLanguage(), page.door.open()]);
mount(App, { target, props: { page } });
