import { beforeEach, expect, it, vi } from 'vitest';
import { Notifications, type NotificationPort, type NotificationRight } from './notifications.ts';

class Shown {
  onclick: ((event: Event) => unknown) | null = null;
  readonly close = vi.fn();
}

let right: NotificationRight;
let shown: Shown[];
const focus = vi.fn();
const port: NotificationPort = {
  right: () => right,
  ask: () => {
    right = 'granted';
    return Promise.resolve();
  },
  show: () => {
    const one = new Shown();
    shown.push(one);
    return one;
  },
  focus,
};
const ana = { title: 'Ana calls', body: 'Video call' };

beforeEach(() => {
  right = 'granted';
  shown = [];
});

it('shows one at a time and takes it away', () => {
  const notifications = new Notifications(port);
  notifications.show(ana);
  notifications.show({ ...ana, title: 'Bo calls' });
  expect(shown.map(({ close }) => close.mock.calls.length)).toEqual([1, 0]);
  notifications.show(null);
  expect(shown.map(({ close }) => close.mock.calls.length)).toEqual([1, 1]);
});

it.each<NotificationRight>(['default', 'denied', 'unsupported'])('shows none while %s', (now) => {
  right = now;
  new Notifications(port).show(ana);
  expect(shown).toEqual([]);
});

it('brings the page to the front when it is pressed', () => {
  new Notifications(port).show(ana);
  shown[0]?.onclick?.(new Event('click'));
  expect(focus).toHaveBeenCalledOnce();
  expect(shown[0]?.close).toHaveBeenCalledOnce();
});

it('asks, and tells what was decided', async () => {
  right = 'default';
  await expect(new Notifications(port).ask()).resolves.toBe('granted');
});

it('goes without where the browser lets pages show none', () => {
  const throws = {
    ...port,
    show: () => {
      throw new TypeError('Illegal constructor');
    },
  };
  expect(() => {
    new Notifications(throws).show(ana);
  }).not.toThrow();
});
