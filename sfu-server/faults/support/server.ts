/** The server as a process of its own, for one scenario. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { spawnServer, urlOf } from '../../test/support/process.ts';
import type { ServerProcess } from '../../test/support/process.ts';
import { TestClient } from '../../test/support/testClient.ts';
import type { ClientOptions } from '../../test/support/testClient.ts';
import { until } from '../../test/support/wait.ts';
import type { Context } from '../scenario.ts';
import type { Fault } from './faultApi.ts';

const WITH_FAULTS = fileURLToPath(new URL('./withFaults.ts', import.meta.url));

export interface ServerUnderFault {
  readonly process: ServerProcess;
  readonly url: string;
  /** Disconnected when the scenario is over. */
  readonly connect: (name: string, options?: Partial<ClientOptions>) => Promise<TestClient>;
}

interface ServerWithFaults extends ServerUnderFault {
  readonly faultUrl: string;
  /** Through the fault API; what it tells of the fault. */
  readonly inject: (fault: Fault) => Promise<number>;
}

const start = async (
  { after }: Context,
  environment: NodeJS.ProcessEnv,
  program?: readonly string[],
): Promise<ServerUnderFault> => {
  const server = spawnServer({ DATA_DIR: ':memory:', LOG_LEVEL: 'warn', ...environment }, program);
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

/** As `npm start` runs it. Killed with its workers when the scenario is over. */
export const startServer = (
  context: Context,
  environment: NodeJS.ProcessEnv = {},
): Promise<ServerUnderFault> => start(context, environment);

const FaultAnswer = z.object({ answer: z.number() });

/** The same with the fault API beside it. */
export const startWithFaults = async (
  context: Context,
  environment: NodeJS.ProcessEnv = {},
): Promise<ServerWithFaults> => {
  const server = await start(context, environment, ['--expose-gc', WITH_FAULTS]);
  const faultUrl = await until(
    () => /Faults\s+(http:\S+)/.exec(server.process.output())?.[1],
    'the fault API is up',
  );
  return {
    ...server,
    faultUrl,
    inject: async (fault) => {
      const response = await fetch(faultUrl, { method: 'POST', body: JSON.stringify(fault) });
      const body: unknown = await response.json();
      if (!response.ok) throw new Error(`no such fault: ${JSON.stringify(body)}`);
      return FaultAnswer.parse(body).answer;
    },
  };
};
