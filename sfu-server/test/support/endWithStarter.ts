/**
 * Loaded before a server that a test, a benchmark or a fault starts: it ends with whoever started it,
 * however that one ends. The product knows nothing of this.
 */
import { isMainThread } from 'node:worker_threads';
import { childrenOf } from './process.ts';

const end = (): never => {
  // A worker that stands still would not see that its server is gone.
  for (const pid of childrenOf(process.pid)) process.kill(pid, 'SIGKILL');
  process.exit(1);
};

if (isMainThread) {
  process.once('disconnect', end);
  // Gone before anybody listened.
  if (!process.connected) end();
  // It must not keep alive a server that has ended otherwise.
  process.channel?.unref();
}
