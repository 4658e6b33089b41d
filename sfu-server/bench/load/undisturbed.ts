/**
 * Turns in which every packet is heard: one that something else on the machine disturbed says nothing
 * of the server, is taken again, and in the end stops the benchmark.
 */
import { progress } from '../report/report.ts';
import type { Delivered } from './delivery.ts';
import { BenchError } from './refusals.ts';

/** More than this share of the packets, 0 … 1, makes a turn worthless. */
const MOST_LOSS = 0.005;
/** How often one turn is taken again. */
const AGAIN = 2;

export class UndisturbedTurns {
  #repeated = 0;

  /** How many turns were taken again, for the report. */
  get repeated(): number {
    return this.#repeated;
  }

  /**
   * @param what which turn, for people
   * @throws BenchError where none of its tries is whole
   */
  async take<T extends Pick<Delivered, 'heard' | 'loss'>>(
    what: string,
    measure: () => Promise<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      const turn = await measure();
      if (isWhole(turn)) return turn;
      const trouble = `${what}: ${lossOf(turn)} of the packets were lost`;
      if (tries > AGAIN) {
        throw new BenchError(
          `${trouble}, and no fewer than too many in the ${AGAIN} tries before. Only turns that lose at most ` +
            `${percent(MOST_LOSS)} count, so there are no figures: try again on a quiet machine, ` +
            'or with fewer listeners.',
        );
      }
      this.#repeated++;
      progress(`${trouble}; it is taken again`);
    }
  }
}

/** More than was sent is as wrong as less. */
const isWhole = ({ heard, loss }: Pick<Delivered, 'heard' | 'loss'>): boolean =>
  heard > 0 && Math.abs(loss) <= MOST_LOSS;

const lossOf = ({ heard, loss }: Pick<Delivered, 'heard' | 'loss'>): string =>
  heard === 0 ? 'all' : percent(loss);

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
