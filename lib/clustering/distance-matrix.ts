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
  let pair = 0;
  for (let one = 0; one < N; one++) {
    for (let other = one + 1; other < N; other++) {
      squared[pair++] = squaredDistance(values, one * D, other * D, D);
    }
  }
  return squared;
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
