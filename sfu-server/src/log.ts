/** The server's log: JSON lines, or readable ones on a terminal. */
import pino from 'pino';
import type { DestinationStream, Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Settings } from './config/settings.ts';

const SECRETS = ['token', 'password', 'secret', 'auth', 'authorization', 'cookie'];

/** Fields that hold secrets, should an object with them ever be logged, also inside of others. */
const REDACTED = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export const createLog = (
  { level, format }: Settings['log'],
  destination?: DestinationStream,
): Logger => {
  const options = { level, base: null, redact: REDACTED };
  const readable = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  if (!readable || destination) {
    const json = { ...options, timestamp: pino.stdTimeFunctions.isoTime };
    return destination ? pino(json, destination) : pino(json);
  }
  return pino(options, pretty({ colorize: process.stdout.isTTY, translateTime: 'HH:MM:ss' }));
};
