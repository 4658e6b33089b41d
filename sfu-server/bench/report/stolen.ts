/** How much of the machine's time its host took meanwhile, by the system's own count (Linux). */
import { readFileSync } from 'node:fs';

export interface MachineTime {
  /** In ticks: what the machine had, and what of it the host took. */
  readonly all: number;
  readonly stolen: number;
}

/** The place of each among the numbers of /proc/stat; guests are counted in the first ones. */
const STOLEN = 7;
const COUNTED = 8;

/** @param stat as /proc/stat; null where it does not say */
export const machineTimeIn = (stat: string): MachineTime | null => {
  const [, line = ''] = /^cpu +(.*)$/m.exec(stat) ?? [];
  const ticks = line.split(' ').slice(0, COUNTED).map(Number);
  const stolen = ticks[STOLEN];
  if (stolen === undefined) return null;
  return { all: ticks.reduce((sum, count) => sum + count, 0), stolen };
};

const machineTime = (): MachineTime | null => {
  try {
    return machineTimeIn(readFileSync('/proc/stat', 'utf8'));
  } catch {
    // No /proc.
    return null;
  }
};

/** To two digits behind the point; null where it cannot be had. */
export const stolenBetween = (
  before: MachineTime | null,
  after: MachineTime | null,
): number | null => {
  if (before === null || after === null || after.all <= before.all) return null;
  const share = (after.stolen - before.stolen) / (after.all - before.all);
  return Math.round(share * 10_000) / 100;
};

/** From now on. @returns tells how much of the machine's time was taken since, in percent */
export const watchStolen = (): (() => number | null) => {
  const before = machineTime();
  return () => stolenBetween(before, machineTime());
};
