import { expect, it } from 'vitest';
import { cleaningChart, cleaningTable } from '../../lib/experiments/cleaning-figures';
import { checkChart } from '../../lib/figures/chart';
import type { CleaningReport } from '../../lib/preprocessing/cleaning/report';

const report: CleaningReport = {
  rowsIn: 10,
  rowsOut: 7,
  dropped: [
    { reason: 'no time', rows: 2, firstRow: 3 },
    { reason: 'exact duplicate', rows: 1, firstRow: 9 },
  ],
  usersIn: 3,
  usersOut: 3,
  itemsIn: 4,
  itemsOut: 4,
  limits: [],
  notes: [],
};

it('shows the account of a cleaning, a line a reason, so that it balances', () => {
  expect(cleaningTable(report).rows).toEqual([
    ['rows in', 10, 1, null],
    ['- no time', 2, 0.2, 3],
    ['- exact duplicate', 1, 0.1, 9],
    ['rows out', 7, 0.7, null],
  ]);
});

it('draws a bar a reason, and nothing where nothing was dropped', () => {
  const chart = cleaningChart(report, 'toy')!;
  checkChart(chart);
  expect(chart.names).toEqual(['no time', 'exact duplicate']);
  expect(chart.series[0]!.y).toEqual([2, 1]);
  expect(chart.note).toBe('10 rows in, 7 out; toy');
  expect(cleaningChart({ ...report, dropped: [] }, 'toy')).toBeNull();
});
