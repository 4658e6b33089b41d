/** Runs the server as this process: starts it, prints where it is, and ends it in order. */
import type { Logger } from 'pino';
import { ConfigError, loadSettings } from './config/load.ts';
import type { Settings } from './config/settings.ts';
import { SecretError } from './identity/secret.ts';
import { createLog } from './log.ts';
import { startServer } from './server.ts';
import type { RunningServer } from './server.ts';
import { StartError } from './startError.ts';
import { endInOrder } from './shutdown.ts';

const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

const settingsOrFail = (): Settings => {
  try {
    return loadSettings(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return fail(error.message);
    throw error;
  }
};

const startOrFail = async (settings: Settings, log: Logger): Promise<RunningServer> => {
  try {
    return await startServer(settings, log);
  } catch (error) {
    if (error instanceof StartError || error instanceof SecretError) return fail(error.message);
    throw error;
  }
};

/** Ends the process with a sentence where something makes no sense. */
export const run = async (): Promise<RunningServer> => {
  const settings = settingsOrFail();
  const log = createLog(settings.log);
  const server = await startOrFail(settings, log);
  endInOrder(server, settings.signalling.drainMs, log);

  const [local = '', ...lan] = server.urls;
  process.stdout.write(`\n  Veche is up\n\n  On this machine   ${local}\n`);
  for (const url of lan)
    process.stdout.write(`  On the network    ${url}  (accept the certificate once)\n`);
  process.stdout.write('\n  Ctrl-C ends it.\n\n');
  return server;
};
