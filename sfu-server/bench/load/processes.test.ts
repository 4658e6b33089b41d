import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { cpuMs, listeningInode, processListeningOn, residentKb } from './processes.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 71234 1
   1: 0100007F:0BB9 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 71235 1
`;

it('finds the socket that listens on a port, and no other', () => {
  expect(listeningInode(TABLE, 3000)).toBe('71234');
  expect(listeningInode(TABLE, 3001)).toBeNull();
  expect(listeningInode('', 3000)).toBeNull();
});

it('finds the process behind a port of this machine', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(processListeningOn(port)).toBe(process.pid);
  await new Promise((resolve) => server.close(resolve));
  expect(processListeningOn(port)).toBeNull();
});

it('weighs and times a process', () => {
  expect(residentKb(process.pid)).toBeGreaterThan(10_000);
  const { user, system } = process.cpuUsage();
  expect(cpuMs(process.pid)).toBeGreaterThan((user + system) / 1000 / 2);
});
