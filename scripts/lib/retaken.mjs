// What is said of a test that was taken again, and found in a report. Pure.

const SAID = /the host took \d+ % of the machine/;

/** The `retry` of a project with `retakeWhenDisturbed`. */
export const RETAKE = { count: 3, condition: SAID };

/** @param {number} share 0 … 1 */
export function sayTaken(share) {
  return `the host took ${Math.round(share * 100)} % of the machine for a second of this test`;
}

/**
 * One line for a test that passed after it was taken again; undefined for any other.
 * @param {string} file
 * @param {import('./counts.mjs').Assertion} test
 */
export function remarkOf(file, { status, fullName = '', failureMessages = [] }) {
  const taken = failureMessages.map((message) => SAID.exec(message)?.[0]).filter(Boolean);
  if (status !== 'passed' || taken.length === 0) return undefined;
  const misses = failureMessages
    .filter((message) => !SAID.test(message))
    .map((message) => message.split('\n', 1)[0]);
  return `${file}: ${fullName}: passed when it was taken again, because ${taken.join('; ')}; it had missed: ${misses.join('; ')}`;
}
