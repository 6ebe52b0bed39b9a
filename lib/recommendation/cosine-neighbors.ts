import { transpose, type SparseRows } from '../base/sparse-rows';

/** Which neighbours are kept. */
export interface CosineNeighborOptions {
  /** Of each row so many at most; default all. */
  readonly most?: number;
  /** A row less similar than this is no neighbour; default: any similarity above 0. */
  readonly minSimilarity?: number;
}

/** The most similar other rows of each row. */
export interface RowNeighbors {
  /** By row: other rows, most similar first; equal ones in ascending order. */
  readonly rows: readonly Int32Array[];
  /** By row: their cosine, above 0 and up to 1. */
  readonly similarities: readonly Float64Array[];
}

/**
 * Find the most similar rows of a sparse matrix by the cosine of their angle.
 *
 * Exact. Only rows that share a column are compared, so the time grows with the squares of the columns' lengths. A row of zeros has no
 * neighbours and is nobody's.
 *
 * @source Sarwar, Karypis, Konstan & Riedl, "Item-based Collaborative Filtering Recommendation Algorithms", WWW 2001, section 3.1.
 */
export function cosineNeighbors(
  matrix: SparseRows,
  { most = Infinity, minSimilarity = 0 }: CosineNeighborOptions = {},
): RowNeighbors {
  const numRows = matrix.offsets.length - 1;
  const unit = unitRows(matrix);
  const byColumn = transpose(unit);
  const sums = new Float64Array(numRows);
  const isMet = new Uint8Array(numRows);
  const met = new Int32Array(numRows);
  const rows: Int32Array[] = [];
  const similarities: Float64Array[] = [];
  for (let row = 0; row < numRows; row++) {
    let numMet = 0;
    for (let entry = unit.offsets[row]!; entry < unit.offsets[row + 1]!; entry++) {
      const [column, value] = [unit.columns[entry]!, unit.values[entry]!];
      for (let at = byColumn.offsets[column]!; at < byColumn.offsets[column + 1]!; at++) {
        const other = byColumn.columns[at]!;
        if (isMet[other] === 0) {
          isMet[other] = 1;
          met[numMet++] = other;
          sums[other] = 0;
        }
        sums[other]! += value * byColumn.values[at]!;
      }
    }
    const similar = met
      .slice(0, numMet)
      .filter((other) => other !== row && sums[other]! > 0 && sums[other]! >= minSimilarity);
    for (let at = 0; at < numMet; at++) isMet[met[at]!] = 0;
    const best = largest(similar, sums, most);
    rows.push(best);
    similarities.push(Float64Array.from(best, (other) => Math.min(1, sums[other]!)));
  }
  return { rows, similarities };
}

/** The rows of the largest sums, largest first, equal ones in ascending order. */
function largest(rows: Int32Array, sums: Float64Array, most: number): Int32Array {
  const before = (one: number, other: number): number => sums[other]! - sums[one]! || one - other;
  if (rows.length <= most) return rows.sort(before);
  // Sorting numbers alone is several times as fast as sorting rows by them: so the smallest sum that stays is found first.
  const least = Float64Array.from(rows, (row) => sums[row]!).sort()[rows.length - most]!;
  return rows
    .filter((row) => sums[row]! >= least)
    .sort(before)
    .slice(0, most);
}

/** Each row divided by its length; a row of zeros stays. */
function unitRows(matrix: SparseRows): SparseRows {
  const values = matrix.values.slice();
  for (let row = 0; row + 1 < matrix.offsets.length; row++) {
    const own = values.subarray(matrix.offsets[row], matrix.offsets[row + 1]);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (const [at, value] of own.entries()) own[at] = value / length;
  }
  return { ...matrix, values };
}
