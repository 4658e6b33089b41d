// Vitest's JSON report in three numbers, of which none may look better than it was. Pure.
import { remarkOf } from './retaken.mjs';

/** @typedef {{ status: string, fullName?: string, failureMessages?: string[] }} Assertion */

/**
 * @typedef {object} Report the part of vitest's JSON report that is read here
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ name: string, status: string, assertionResults: Assertion[] }[]} testResults one per file
 */

/** @typedef {{ passed: number, failed: number, skipped: number, remarks: string[] }} Counts */

/**
 * @param {Report | undefined} report undefined when vitest left none
 * @param {boolean} exitedWell
 * @returns {Counts}
 */
export function countTests(report, exitedWell) {
  if (report === undefined) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      remarks: ['vitest left no report; counted as 1 failed'],
    };
  }
  /** @type {string[]} */
  const remarks = [];
  let failed = report.numFailedTests;
  // A file that cannot be loaded, or whose hooks fail, has no failed test to be counted.
  for (const file of report.testResults) {
    const ownFailures = file.assertionResults.filter(({ status }) => status === 'failed').length;
    if (file.status === 'failed' && ownFailures === 0) {
      failed += 1;
      remarks.push(`${file.name} failed outside its tests; counted as 1 failed`);
    }
    // It passed, but that it did not at first must not be hidden.
    remarks.push(...file.assertionResults.flatMap((test) => remarkOf(file.name, test) ?? []));
  }
  if (!exitedWell && failed === 0) {
    failed = 1;
    remarks.push('vitest failed outside the tests; counted as 1 failed');
  }
  return {
    passed: report.numPassedTests,
    failed,
    skipped: report.numPendingTests + report.numTodoTests,
    remarks,
  };
}

/** The closing line, in a form that other programs read too. @param {Counts} counts */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
