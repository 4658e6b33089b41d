/** Starts the server, prints where it is, and ends it in order. */
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

const settings = settingsOrFail();
const log = createLog(settings.log);

const startOrFail = async (): Promise<RunningServer> => {
  try {
    return await startServer(settings, log);
  } catch (error) {
    if (error instanceof StartError || error instanceof SecretError) return fail(error.message);
    throw error;
  }
};

const server = await startOrFail();
endInOrder(server, settings.signalling.drainMs, log);

const [local = '', ...lan] = server.urls;
process.stdout.write(`\n  Veche is up\n\n  On this machine   ${local}\n`);
for (const url of lan)
  process.stdout.write(`  On the network    ${url}  (accept the certificate once)\n`);
process.stdout.write('\n  Ctrl-C ends it.\n\n');
