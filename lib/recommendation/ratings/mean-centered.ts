import type { SparseRows } from '../../base/sparse-rows';

/** Rows less their mean, and the means. */
export interface MeanCentered {
  readonly matrix: SparseRows;
  /** Of the entries that are there; 0 for an empty row. */
  readonly means: Float64Array;
}

/** Take the mean of each row's entries from them; absent entries stay absent. */
export function meanCentered(rows: SparseRows): MeanCentered {
  const { offsets } = rows;
  const values = rows.values.slice();
  const means = new Float64Array(offsets.length - 1);
  for (const row of means.keys()) {
    const own = values.subarray(offsets[row], offsets[row + 1]);
    if (own.length === 0) continue;
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    means[row] = mean;
    for (const [at, value] of own.entries()) own[at] = value - mean;
  }
  return { matrix: { ...rows, values }, means };
}
