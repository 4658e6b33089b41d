import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { beforeEach, expect, it } from 'vitest';
import { MicrophoneError } from './errors.ts';
import { Microphone } from './microphone.ts';
import { silentLog } from './ports.ts';
import { FakeBrowser } from './testing/fakeBrowser.ts';
import { settle, SteppedTimers } from './testing/steppedTimers.ts';

let browser: FakeBrowser;
let timers: SteppedTimers;
let microphone: Microphone;

beforeEach(() => {
  browser = new FakeBrowser();
  timers = new SteppedTimers();
  microphone = new Microphone(browser, silentLog, timers);
});

it('opens', async () => {
  expect(microphone.state.current).toEqual({ phase: 'opening' });
  await microphone.open();
  expect(microphone.state.current).toEqual({ phase: 'live' });
  expect(microphone.track.current).toBe(browser.track);
});

it('says what is wrong and can be asked again', async () => {
  browser.problem = new MicrophoneError('denied', '');
  await microphone.open();
  expect(microphone.state.current).toEqual({ phase: 'listen_only', problem: 'denied' });
  browser.problem = null;
  await microphone.open();
  expect(microphone.state.current).toEqual({ phase: 'live' });
});

it('changes over to another device and lets the former one go', async () => {
  await microphone.open();
  const former = browser.track;
  await microphone.open('other');
  expect(microphone.track.current).toBe(browser.track);
  expect(former.readyState).toBe('ended');
});

it('keeps the present device when the other one cannot be had', async () => {
  await microphone.open();
  browser.problem = new MicrophoneError('in_use', '');
  await microphone.open('other');
  expect(microphone.state.current).toEqual({ phase: 'live' });
  expect(microphone.track.current?.readyState).toBe('live');
});

it('says when the system silences it, and when it does so no more', async () => {
  await microphone.open();
  browser.track.remoteMute();
  expect(microphone.state.current).toEqual({ phase: 'silenced' });
  browser.track.remoteUnmute();
  expect(microphone.state.current).toEqual({ phase: 'live' });
});

it('is opened again by who comes back to the page and finds it silenced', async () => {
  await microphone.open();
  const former = browser.track;
  browser.comeBack();
  await settle();
  expect(browser.track).toBe(former);
  former.remoteMute();
  browser.comeBack();
  await settle();
  expect(browser.track).not.toBe(former);
  expect(former.readyState).toBe('ended');
  expect(microphone.state.current).toEqual({ phase: 'live' });
  former.remoteMute();
  expect(microphone.state.current).toEqual({ phase: 'live' });
  microphone.close();
  browser.comeBack();
  await settle();
  expect(browser.tracks).toHaveLength(2);
});

it('opens another one when it is pulled out', async () => {
  await microphone.open();
  const former = browser.track;
  await timers.advance(5000);
  former.remoteStop();
  await settle();
  expect(browser.track).not.toBe(former);
  expect(microphone.state.current).toEqual({ phase: 'live' });
});

it('only listens when it was the only one', async () => {
  await microphone.open();
  await timers.advance(5000);
  browser.problem = new MicrophoneError('none', '');
  browser.track.remoteStop();
  await settle();
  expect(microphone.state.current).toEqual({ phase: 'listen_only', problem: 'none' });
  expect(microphone.track.current).toBeNull();
});

it('does not open for ever what ends at once', async () => {
  await microphone.open();
  browser.track.remoteStop();
  await settle();
  expect(browser.tracks).toHaveLength(1);
  expect(microphone.state.current).toEqual({ phase: 'listen_only', problem: 'none' });
});

it('stops a track that comes after the end', async () => {
  const late = new FakeMediaStreamTrack({ kind: 'audio' });
  let give: (track: MediaStreamTrack) => void = () => undefined;
  microphone = new Microphone(
    {
      open: () => new Promise((resolve) => (give = resolve)),
      onReturn: () => () => undefined,
    },
    silentLog,
    timers,
  );
  const opening = microphone.open();
  microphone.close();
  give(late);
  await opening;
  expect(late.readyState).toBe('ended');
  expect(microphone.track.current).toBeNull();
});

it('is free while it is released, and takes the chosen device again', async () => {
  const asked: (string | undefined)[] = [];
  const open = browser.open.bind(browser);
  browser.open = (deviceId?: string) => {
    asked.push(deviceId);
    return open();
  };
  await microphone.open('usb');
  microphone.release();
  expect(microphone.track.current).toBeNull();
  expect(browser.track.readyState).toBe('ended');
  await microphone.open();
  expect(microphone.track.current?.readyState).toBe('live');
  await timers.advance(5000);
  browser.track.remoteStop();
  await settle();
  expect(asked).toEqual(['usb', 'usb', undefined]);
  // The choice is given back to the system.
  await microphone.open('usb');
  await microphone.open('');
  await microphone.open();
  expect(asked.slice(3)).toEqual(['usb', '', '']);
});

it('begins only once, and not again after a release', async () => {
  microphone.begin();
  microphone.begin();
  await settle();
  expect(browser.tracks).toHaveLength(1);
  microphone.release();
  microphone.begin();
  await settle();
  expect(microphone.track.current).toBeNull();
});
