import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { networkAddress, networkOf } from './origin.ts';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::', '2001:db8:1:2'],
  ['2001:0db8:0001:0002:ffff::1', '2001:db8:1:2'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['unknown', 'unknown'],
  ['', ''],
])('counts %j as %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('believes of a forwarded list only what the proxy put last, and nothing without one', () => {
  const asked = (forwarded: string | string[], trustProxy: boolean): string =>
    networkAddress(
      {
        headers: { 'x-forwarded-for': forwarded },
        socket: Object.defineProperty(new Socket(), 'remoteAddress', { value: '192.0.2.1' }),
      },
      trustProxy,
    );
  expect(asked('203.0.113.9, 198.51.100.2', true)).toBe('198.51.100.2');
  expect(asked(['203.0.113.9', '198.51.100.2'], true)).toBe('198.51.100.2');
  expect(asked('203.0.113.9', false)).toBe('192.0.2.1');
});
