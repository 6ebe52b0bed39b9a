import type { BarChart } from '../figures/chart';
import type { Table } from '../figures/table';
import type { CleaningReport } from '../preprocessing/cleaning/report';

/** The account of a cleaning as a table that balances: rows in, minus each reason, rows out. */
export function cleaningTable({ rowsIn, rowsOut, dropped }: CleaningReport): Table {
  const share = (rows: number): number | null => (rowsIn === 0 ? null : rows / rowsIn);
  return {
    columns: ['step', 'rows', 'share of rows in', 'first row'],
    rows: [
      ['rows in', rowsIn, share(rowsIn), null],
      ...dropped.map(({ reason, rows, firstRow }) => [`- ${reason}`, rows, share(rows), firstRow]),
      ['rows out', rowsOut, share(rowsOut), null],
    ],
  };
}

/**
 * What a cleaning dropped, a bar a reason.
 *
 * @returns null when it dropped nothing, so that there is nothing to draw
 */
export function cleaningChart(
  { rowsIn, rowsOut, dropped }: CleaningReport,
  dataName: string,
): BarChart | null {
  if (dropped.length === 0) return null;
  const count = (rows: number): string => rows.toLocaleString('en');
  return {
    kind: 'bar',
    horizontal: true,
    title: 'What cleaning drops, and why',
    note: `${count(rowsIn)} rows in, ${count(rowsOut)} out; ${dataName}`,
    x: { title: '' },
    y: { title: 'rows dropped' },
    names: dropped.map(({ reason }) => reason),
    series: [{ name: 'rows', y: dropped.map(({ rows }) => rows) }],
  };
}
