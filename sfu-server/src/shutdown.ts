/** How the process ends: people are told, rooms and calls go on for a while, workers end last, exit code 0. */
import type { Logger } from 'pino';
import type { RunningServer } from './server.ts';

/** npm and the terminal both deliver one Ctrl-C: what comes this soon after it is the same one. */
const SAME_SIGNAL_MS = 1000;
/** How often we look whether everyone has left. */
const LOOK_EVERY_MS = 100;

const until = async (done: () => boolean, atMostMs: number): Promise<void> => {
  const end = performance.now() + atMostMs;
  while (!done() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
};

/** Ends the server on SIGINT, SIGTERM and SIGHUP, and after an error that nobody handled. */
export const endInOrder = (server: RunningServer, drainMs: number, log: Logger): void => {
  let askedAt: number | null = null;
  let hurry = false;

  const end = async (reason: string, exitCode: number): Promise<void> => {
    log.info({ reason }, 'Going down');
    server.drain();
    const inUse = (): boolean => {
      const { ringing, active } = server.calls.counts;
      return server.rooms.rooms.length > 0 || ringing + active > 0;
    };
    await until(() => hurry || !inUse(), drainMs);
    await server.close();
    log.info({ reason }, 'Down');
    process.exit(exitCode);
  };

  const ask = (reason: string, exitCode: number): void => {
    const now = performance.now();
    if (askedAt !== null) {
      hurry ||= now - askedAt > SAME_SIGNAL_MS;
      return;
    }
    askedAt = now;
    end(reason, exitCode).catch((error: unknown) => {
      log.fatal({ err: error }, 'Could not end in order');
      process.exit(1);
    });
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      ask(signal, 0);
    });
  }
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'Unhandled error');
    ask('unhandled_error', 1);
  });
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'Unhandled rejection');
    ask('unhandled_error', 1);
  });
};
