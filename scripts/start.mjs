#!/usr/bin/env node
// npm start: sets up what is missing, then runs the server.
import { exitWith } from './lib/failure.mjs';
import { interruptOnSignals, throwIfInterrupted } from './lib/interrupt.mjs';
import { parseStart } from './lib/options.mjs';
import { serve } from './lib/server.mjs';
import { setUpServer } from './lib/setup.mjs';

await exitWith(async () => {
  const options = parseStart(process.argv.slice(2));
  if (options.help !== undefined) {
    process.stdout.write(`${options.help}\n`);
    return 0;
  }
  const release = interruptOnSignals();
  const { node, worker } = await setUpServer();
  throwIfInterrupted();
  release();
  return await serve(node.path, {
    MEDIASOUP_WORKER_BIN: worker,
    ...(options.port !== undefined && { PORT: String(options.port) }),
    ...(options.lan && { LAN: '1' }),
  });
});
