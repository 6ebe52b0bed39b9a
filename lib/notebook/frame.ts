import type { DataFrame } from 'danfojs-node';

/**
 * Records as a danfojs DataFrame: describe, group, sort and merge small tables. For 100,000 rows and more use typed
 * arrays: at a million rows danfojs needs minutes.
 *
 * The library is loaded at the first call (a second), not with this file.
 *
 * @example
 * const table = await frame(rows);
 * showTable(table.groupby(['cluster']).col(['events']).mean());
 */
export async function frame<Row extends object>(rows: readonly Row[]): Promise<DataFrame> {
  const danfo = await import('danfojs-node');
  return new danfo.DataFrame(rows.map((row) => ({ ...row })));
}
