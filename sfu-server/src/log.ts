/** The server's log: JSON lines, or readable ones on a terminal. */
import pino from 'pino';
import type { Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Settings } from './config/settings.ts';

/** Fields that hold secrets, should an object with them ever be logged. */
const REDACTED = ['token', 'password', '*.token', '*.password', 'auth', 'headers.authorization'];

export const createLog = ({ level, format }: Settings['log']): Logger => {
  const options = { level, base: null, redact: REDACTED };
  const readable = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  if (!readable) return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime });
  return pino(options, pretty({ colorize: process.stdout.isTTY, translateTime: 'HH:MM:ss' }));
};
