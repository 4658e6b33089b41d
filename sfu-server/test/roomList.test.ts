/** The list of rooms, when somebody makes more than it shows. */
import { expect, it } from 'vitest';
import { startTestServer } from './support/testServer.ts';

it('shows where people are, and one’s own, however many others were made since', async () => {
  const server = await startTestServer({ rooms: { maxRoomsPerUser: 1000 } });
  try {
    const ana = await server.connect('Ana');
    const square = (await ana.request('room:create', { name: 'Square' })).room.id;
    await ana.request('room:join', { roomId: square });
    const hidden = { name: 'Hidden', visibility: 'unlisted' } as const;
    const secret = (await ana.request('room:create', hidden)).room.id;
    const bo = await server.connect('Bo');
    const own = (await bo.request('room:create', { name: 'Own' })).room.id;
    const mallory = await server.connect('Mallory');
    for (let made = 0; made < 201; made++) {
      await mallory.request('room:create', { name: `Spam ${made}` });
    }
    const listOf = async (client: typeof ana) =>
      (await client.request('room:list', {})).rooms.map(({ id }) => id);
    const cyd = await server.connect('Cyd');
    const seen = await listOf(cyd);
    expect(seen).toContain(square);
    expect(seen).not.toContain(own);
    expect(seen).not.toContain(secret);
    expect(seen).toHaveLength(201);
    // Newest first.
    expect(seen.at(-1)).toBe(square);
    expect(await listOf(bo)).toEqual(expect.arrayContaining([square, own]));
    expect(await listOf(ana)).toEqual(expect.arrayContaining([square, secret]));
  } finally {
    await server.stop();
  }
});
