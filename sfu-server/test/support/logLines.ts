/** A log whose lines a test can look at. */
import pino from 'pino';
import type { Logger } from 'pino';

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

const isLine = (value: unknown): value is LogLine =>
  typeof value === 'object' && value !== null && 'msg' in value && typeof value.msg === 'string';

/** @param level the least that is kept */
export const collectLog = (level: 'debug' | 'info'): { log: Logger; lines: LogLine[] } => {
  const lines: LogLine[] = [];
  const write = (text: string): void => {
    const line: unknown = JSON.parse(text);
    if (isLine(line)) lines.push(line);
  };
  return { log: pino({ level, base: null }, { write }), lines };
};
