import { transpose, type SparseRows } from '../base/sparse-rows';
import { forEachRowOfCounts, isFasterDense } from './columns-in-common';

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
 * Exact. Only rows that share a column are compared, so the time grows with the squares of the columns' lengths; where all values are 1 and
 * columns are long, all rows are compared by one product of matrices. A row of zeros has no
 * neighbours and is nobody's.
 *
 * @source Sarwar, Karypis, Konstan & Riedl, "Item-based Collaborative Filtering Recommendation Algorithms", WWW 2001, section 3.1.
 */
export function cosineNeighbors(
  matrix: SparseRows,
  { most = Infinity, minSimilarity = 0 }: CosineNeighborOptions = {},
): RowNeighbors {
  const rows: Int32Array[] = [];
  const similarities: Float64Array[] = [];
  const keep = (own: SimilarRows): void => {
    const best = largest(own, most, minSimilarity);
    rows.push(best);
    similarities.push(Float64Array.from(best, (other) => Math.min(1, own.similarities[other]!)));
  };
  if (isBinary(matrix)) forEachByCounts(matrix, keep);
  else forEachBySums(matrix, keep);
  return { rows, similarities };
}

/** What a row has in common with others. */
interface SimilarRows {
  readonly row: number;
  /** Rows that may be similar, ascending; the row itself may be among them. */
  readonly others: Int32Array;
  /** By row; of no meaning for a row that is not among `others`. */
  readonly similarities: Float64Array;
}

/** Row after row, by the products of unit rows. */
function forEachBySums(matrix: SparseRows, keep: (own: SimilarRows) => void): void {
  const unit = unitRows(matrix);
  forEachMet(unit, (row, others, similarities) => keep({ row, others, similarities }));
}

/** Row after row where all values are 1: columns in common by the root of the product of both numbers of columns. */
function forEachByCounts(matrix: SparseRows, keep: (own: SimilarRows) => void): void {
  const numRows = matrix.offsets.length - 1;
  const roots = Float64Array.from({ length: numRows }, (_, row) =>
    Math.sqrt(matrix.offsets[row + 1]! - matrix.offsets[row]!),
  );
  const similarities = new Float64Array(numRows);
  const all = Int32Array.from({ length: numRows }, (_, row) => row);
  const keepCounts = (row: number, others: Int32Array, counts: ArrayLike<number>): void => {
    for (const other of others) {
      // A row without columns has none in common with anybody.
      const inCommon = counts[other]!;
      similarities[other] = inCommon === 0 ? 0 : inCommon / (roots[row]! * roots[other]!);
    }
    keep({ row, others, similarities });
  };
  if (isFasterDense(matrix)) forEachRowOfCounts(matrix, (row, counts) => keepCounts(row, all, counts));
  else forEachMet(matrix, keepCounts);
}

/** Row after row with those that share a column, ascending, and the sums of the products of their values. */
function forEachMet(
  matrix: SparseRows,
  found: (row: number, others: Int32Array, sums: Float64Array) => void,
): void {
  const numRows = matrix.offsets.length - 1;
  const byColumn = transpose(matrix);
  const sums = new Float64Array(numRows);
  const isMet = new Uint8Array(numRows);
  const met = new Int32Array(numRows);
  for (let row = 0; row < numRows; row++) {
    let numMet = 0;
    for (let entry = matrix.offsets[row]!; entry < matrix.offsets[row + 1]!; entry++) {
      const [column, value] = [matrix.columns[entry]!, matrix.values[entry]!];
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
    found(row, met.slice(0, numMet).sort(), sums);
    for (let at = 0; at < numMet; at++) isMet[met[at]!] = 0;
  }
}

const isBinary = ({ values }: SparseRows): boolean => values.every((value) => value === 1);

/** The rows of the largest similarities above 0, largest first, equal ones in ascending order. */
function largest({ row, others, similarities }: SimilarRows, most: number, least: number): Int32Array {
  const isSimilar = (other: number): boolean =>
    other !== row && similarities[other]! > 0 && similarities[other]! >= least;
  if (others.length <= most) {
    return others
      .filter(isSimilar)
      .sort((one, other) => similarities[other]! - similarities[one]! || one - other);
  }
  const best = new Int32Array(most);
  let found = 0;
  for (const other of others) {
    const similarity = similarities[other]!;
    if (found === most && similarity <= similarities[best[most - 1]!]!) continue;
    if (!isSimilar(other)) continue;
    let place = found < most ? found++ : most - 1;
    for (; place > 0 && similarities[best[place - 1]!]! < similarity; place--) best[place] = best[place - 1]!;
    best[place] = other;
  }
  return best.slice(0, found);
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
