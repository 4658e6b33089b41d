import { describe, expect, it } from 'vitest';
import { countTests, formatCounts } from './counts.mjs';

/** @param {Partial<import('./counts.mjs').Report>} [fields] */
function report(fields) {
  return {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [
      { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
    ],
    ...fields,
  };
}

describe('the counts of a run', () => {
  it('are the report’s own when all is well', () => {
    expect(countTests(report({ numPendingTests: 2, numTodoTests: 1 }), true)).toEqual({
      passed: 3,
      failed: 0,
      skipped: 3,
      remarks: [],
    });
  });

  it('take a failed test once', () => {
    const testResults = [
      {
        name: 'a.test.ts',
        status: 'failed',
        assertionResults: [{ status: 'failed' }, { status: 'passed' }],
      },
    ];
    const counts = countTests(report({ numFailedTests: 1, testResults }), false);
    expect(counts).toMatchObject({ failed: 1, remarks: [] });
  });

  it('make a file that did not load one failure', () => {
    const testResults = [{ name: 'broken.test.ts', status: 'failed', assertionResults: [] }];
    const counts = countTests(report({ testResults }), false);
    expect(counts.failed).toBe(1);
    expect(counts.remarks).toEqual([
      'broken.test.ts failed outside its tests; counted as 1 failed',
    ]);
  });

  it('make an error outside of every test one failure', () => {
    expect(countTests(report(), false).failed).toBe(1);
  });

  it('are never green without a report', () => {
    expect(countTests(undefined, true)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('close with one plain line', () => {
    expect(formatCounts({ passed: 12, failed: 1, skipped: 2, remarks: [] })).toBe(
      '12 passed, 1 failed, 2 skipped',
    );
  });
});
