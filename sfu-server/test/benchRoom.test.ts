/** The benchmark that whoever runs a server can put on it: what it says, and how it ends. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnServer, urlOf } from './support/process.ts';
import type { ServerProcess } from './support/process.ts';

const BENCH = fileURLToPath(new URL('../bench/room.ts', import.meta.url));
/** Six sign in and connect; then the server has had enough of this address. */
const CONNECTIONS = 12;
const WITHIN_MS = 60_000;

let server: ServerProcess;
let url: string;

beforeAll(async () => {
  server = spawnServer({
    VECHE_LIMITS_CONNECTION_BURST: String(CONNECTIONS),
    VECHE_LIMITS_CONNECTIONS_PER_MINUTE: '1',
    VECHE_VOICE_DIRECT_PEOPLE: '3',
    VECHE_VOICE_BACK_PEOPLE: '2',
  });
  url = await urlOf(server);
});
afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.ended();
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const bench = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [BENCH, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? NaN, stdout, stderr });
    });
  });

describe('the benchmark of a room on a server', () => {
  it(
    'has all of them hear through the slots, tells where, and prints nothing but JSON',
    async () => {
      const size = ['--room', '6', '--speakers', '2', '--seconds', '1'];
      const { code, stdout, stderr } = await bench(...size, '--url', url, '--json');
      expect(stderr).toMatch(/^bench: the room is http:\S+\/r\/\S+\n$/);
      expect(JSON.parse(stdout)).toMatchObject({
        scenario: 'room',
        parameters: { room: 6, speakers: 2, voice: 'slots' },
      });
      expect(JSON.parse(stdout)).toHaveProperty(
        'figures',
        expect.arrayContaining([
          expect.objectContaining({ what: 'people who joined', values: { value: 6 } }),
          expect.objectContaining({
            what: 'listeners who heard nothing at all',
            values: { value: 0 },
          }),
          expect.objectContaining({ what: 'share of a core that the server took' }),
        ]),
      );
      expect(code).toBe(0);
    },
    WITHIN_MS,
  );

  it(
    'names the setting where the server lets no more in',
    async () => {
      const { code, stdout, stderr } = await bench('--room', '20', '--url', url);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toContain('VECHE_LIMITS_CONNECTION_BURST=40');
    },
    WITHIN_MS,
  );

  it(
    'says where there is no server',
    async () => {
      const { code, stderr } = await bench('--url', 'http://127.0.0.1:9');
      expect(code).toBe(1);
      expect(stderr).toContain('Nothing answers at http://127.0.0.1:9');
    },
    WITHIN_MS,
  );
});
