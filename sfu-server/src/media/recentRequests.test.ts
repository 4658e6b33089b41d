import { expect, it } from 'vitest';
import { RecentRequests } from './recentRequests.ts';

it('keeps the last fifty, oldest first, each cut to a length', () => {
  const recent = new RecentRequests();
  for (let count = 0; count < 60; count++) recent.note('transport:connect', { count });
  recent.note('producer:create', { long: 'x'.repeat(10_000) });
  expect(recent.list).toHaveLength(50);
  expect(recent.list[0]).toMatchObject({ request: 'transport:connect', payload: '{"count":11}' });
  expect(recent.list.at(-1)?.payload).toHaveLength(2000);
});
