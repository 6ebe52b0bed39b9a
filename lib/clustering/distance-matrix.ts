import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { squaredDistance } from '../base/squared-distance';

/** Most memory that a matrix of distances may take unless more is allowed: 1 GiB, for 16,384 points. */
export const defaultMatrixBytes = 2 ** 30;

/**
 * Squared Euclidean distances of all pairs, in double precision: those of row 0 to rows 1, 2, ..., then of row 1 to rows
 * 2, 3, ...
 *
 * @returns N (N - 1) / 2 numbers; the pair (i, j), i below j, stands at `i * (2 * N - i - 3) / 2 + j - 1`
 * @throws InputError when they would take more than `maxBytes`
 */
export function squaredDistances(
  name: string,
  { rows: N, columns: D, values }: Matrix,
  maxBytes: number,
): Float64Array {
  const numPairs = (N * (N - 1)) / 2;
  if (8 * numPairs > maxBytes) {
    throw new InputError(
      `${name}: the distances of ${N} points take ${gib(8 * numPairs)} GiB, more than the ${gib(maxBytes)} allowed.`,
      'Group a sample, or the centroids of k-means with many clusters, or allow more by maxMatrixBytes.',
    );
  }
  const squared = new Float64Array(numPairs);
  const rowStart = (row: number): number => (row * (2 * N - row - 3)) / 2 - 1;
  const single = (one: number, other: number): void => {
    squared[rowStart(one) + other] = squaredDistance(values, one * D, other * D, D);
  };
  const exact = Float64Array.from(values);
  for (let one = 0; one < N - 1; one += 2) {
    single(one, one + 1);
    // Two rows with two others at a time: each number read serves two distances, which takes half as long.
    let other = one + 2;
    for (; other < N - 1; other += 2) {
      let sum00 = 0;
      let sum01 = 0;
      let sum10 = 0;
      let sum11 = 0;
      for (let axis = 0; axis < D; axis++) {
        const one0 = exact[one * D + axis]!;
        const one1 = exact[one * D + D + axis]!;
        const other0 = exact[other * D + axis]!;
        const other1 = exact[other * D + D + axis]!;
        sum00 += (one0 - other0) * (one0 - other0);
        sum01 += (one0 - other1) * (one0 - other1);
        sum10 += (one1 - other0) * (one1 - other0);
        sum11 += (one1 - other1) * (one1 - other1);
      }
      const at0 = rowStart(one) + other;
      const at1 = rowStart(one + 1) + other;
      squared[at0] = sum00;
      squared[at0 + 1] = sum01;
      squared[at1] = sum10;
      squared[at1 + 1] = sum11;
    }
    if (other < N) {
      single(one, other);
      single(one + 1, other);
    }
  }
  return squared;
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
