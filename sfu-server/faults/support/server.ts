/** The server as a process of its own, for one scenario. */
import { spawnServer, urlOf } from '../../test/support/process.ts';
import type { ServerProcess } from '../../test/support/process.ts';
import { TestClient } from '../../test/support/testClient.ts';
import type { ClientOptions } from '../../test/support/testClient.ts';
import type { Context } from '../scenario.ts';

export interface ServerUnderFault {
  readonly process: ServerProcess;
  readonly url: string;
  /** Disconnected when the scenario is over. */
  readonly connect: (name: string, options?: Partial<ClientOptions>) => Promise<TestClient>;
}

/** Killed with its workers when the scenario is over. */
export const startServer = async (
  { after }: Context,
  environment: NodeJS.ProcessEnv = {},
): Promise<ServerUnderFault> => {
  const server = spawnServer({ DATA_DIR: ':memory:', LOG_LEVEL: 'warn', ...environment });
  after(async () => {
    server.child.kill('SIGKILL');
    await server.ended();
  });
  const url = await urlOf(server);
  return {
    process: server,
    url,
    connect: async (name, options = {}) => {
      const client = await TestClient.connect(url, { name, ...options });
      after(() => {
        client.disconnect();
      });
      return client;
    },
  };
};
