import { describe, expect, it } from 'vitest';
import type { Report } from './report.ts';
import {
  figuresSources,
  figuresTable,
  formatNumber,
  measured,
  reach,
  reportText,
} from './table.ts';

const REPORT: Report = {
  scenario: 'noise',
  at: '2031-02-03T04:05:06.000Z',
  commit: 'abc1234',
  machine: { model: 'Some CPU', cpus: 2, memoryGb: 8 },
  stolenPercent: null,
  versions: { node: '24.1.0', mediasoup: '3.27.1' },
  parameters: { people: 100 },
  figures: [
    {
      code: 'V1',
      what: 'slots against native',
      unit: '×',
      values: { median: 1.034, min: 1.0101, max: 1.06 },
      reach: { of: 'median', most: 1.2 },
    },
    { what: 'join', unit: 'ms', values: { p50: 341.4, p95: 1468 } },
  ],
  details: null,
};

describe('a figure', () => {
  it('is written with as many digits as matter', () => {
    expect([0.0123456, 1.5, 12.34, 123.4, 1234.5].map(formatNumber)).toEqual([
      '0.0123',
      '1.5',
      '12.3',
      '123',
      '1,235',
    ]);
  });

  it('names its values, and puts the range behind a median', () => {
    expect(REPORT.figures.map(measured)).toEqual([
      '1.03 × (1.01–1.06)',
      'p50 341 ms, p95 1,468 ms',
    ]);
    expect(measured({ what: 'leaks', unit: '', values: { value: 0 } })).toBe('0');
  });

  it('says what it should be, and when it is not', () => {
    const join = { what: 'join', unit: 'ms', values: { p95: 500 } } as const;
    expect(reach({ ...join, reach: { of: 'p95', most: 500 } })).toBe('p95 ≤ 500 ms');
    expect(reach({ ...join, reach: { of: 'p95', most: 499 } })).toBe('p95 ≤ 499 ms (missed)');
    expect(reach({ ...join, reach: { of: 'p95', least: 501 } })).toBe('p95 ≥ 501 ms (missed)');
    // What was not measured is not reached.
    expect(reach({ ...join, reach: { of: 'p50', most: 500 } })).toBe('p50 ≤ 500 ms (missed)');
    expect(reach(join)).toBe('');
  });
});

describe('a report', () => {
  it('is a table in the terminal', () => {
    expect(reportText(REPORT).split('\n').slice(-4)).toEqual([
      'figure                    measured                  to reach',
      'V1: slots against native  1.03 × (1.01–1.06)        ≤ 1.2 ×',
      'join                      p50 341 ms, p95 1,468 ms',
      '',
    ]);
  });

  it('says how much of its time the host took of the machine', () => {
    const calm = { ...REPORT, stolenPercent: 0 };
    const busy = { ...REPORT, scenario: 'busy', stolenPercent: 4.125 };
    expect(reportText(busy).split('\n')[1]).toMatch(/8 GB; its host took 4\.13 % of its time/);
    expect(figuresSources([calm, busy, { ...REPORT, scenario: 'unknown' }])).toMatch(
      /^- `noise`, `busy`, `unknown`: .*; its host took 0–4\.13 % of its time meanwhile$/,
    );
    expect(figuresSources([calm])).toMatch(/; its host took 0 % of its time meanwhile$/);
  });

  it('is rows in the README, and a line that says where they come from', () => {
    expect(figuresTable([REPORT]).split('\n').slice(2)).toEqual([
      '| `noise` | V1: slots against native | 1.03 × (1.01–1.06) | ≤ 1.2 × |',
      '| `noise` | join | p50 341 ms, p95 1,468 ms |  |',
    ]);
    const other = { ...REPORT, scenario: 'calm' };
    const later = { ...REPORT, scenario: 'late', commit: 'def5678' };
    expect(figuresSources([REPORT, other, later]).split('\n')).toEqual([
      '- `noise`, `calm`: 2 × Some CPU, 8 GB; Node 24.1.0, mediasoup 3.27.1; commit abc1234, 2031-02-03',
      '- `late`: 2 × Some CPU, 8 GB; Node 24.1.0, mediasoup 3.27.1; commit def5678, 2031-02-03',
    ]);
  });
});
