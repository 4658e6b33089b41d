/** Why a server did not let the benchmark go on, in a sentence for whoever runs both. Pure. */

/** Something that whoever runs the benchmark can mend; the message says how. */
export class BenchError extends Error {}

/** The word on the wire: of a refused request, a refused connection, or an HTTP answer. */
export const codeOf = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  if ('data' in error && isObject(error.data)) return textOf(error.data['code']);
  return 'code' in error ? textOf(error.code) : null;
};

/** @param people how many the room should have */
export const explain = (error: unknown, joined: number, people: number): string => {
  if (error instanceof BenchError) return error.message;
  const after = `after ${joined} of ${people} had joined`;
  switch (codeOf(error) ?? '') {
    case 'RATE_LIMITED':
      return (
        `The server refused more sign-ins and connections from this address ${after}. ` +
        `Each person needs two: start it with VECHE_LIMITS_CONNECTION_BURST=${2 * people} or more ` +
        '(limits.connectionBurst), or wait until the limit has recovered.'
      );
    case 'ROOM_FULL':
      return `The room was full ${after}.`;
    case 'UNAVAILABLE':
      return (
        `The server let nobody more in ${after}: its workers are as loaded as media.maxLoad ` +
        '(VECHE_MEDIA_MAX_LOAD) allows, or it is going down.'
      );
    default:
      return `It failed ${after}: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
