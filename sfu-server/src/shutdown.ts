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
  let exitCode = 0;

  const end = async (reason: string): Promise<void> => {
    log.info({ reason }, 'Going down');
    server.drain();
    const inUse = (): boolean => {
      const { ringing, active } = server.calls.counts;
      return server.rooms.rooms.length > 0 || ringing + active > 0;
    };
    await until(() => hurry || !inUse(), drainMs);
    await server.close();
    log.info({ reason, exitCode }, 'Down');
    process.exit(exitCode);
  };

  const ask = (reason: string): void => {
    if (askedAt !== null) return;
    askedAt = performance.now();
    end(reason).catch((error: unknown) => {
      log.fatal({ err: error }, 'Could not end in order');
      process.exit(1);
    });
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Whoever asks again does not want to wait.
      if (askedAt !== null) hurry ||= performance.now() - askedAt > SAME_SIGNAL_MS;
      ask(signal);
    });
  }
  const fail = (error: unknown, what: string): void => {
    log.fatal({ err: error }, what);
    // Also on the way down: whoever started us must learn of it.
    exitCode = 1;
    ask('unhandled_error');
  };
  process.on('uncaughtException', (error) => {
    fail(error, 'Unhandled error');
  });
  process.on('unhandledRejection', (error) => {
    fail(error, 'Unhandled rejection');
  });
};
