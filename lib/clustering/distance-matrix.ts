import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';

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
    const from = one * D;
    for (let other = one + 1; other < N; other++) {
      const to = other * D;
      // Four sums side by side: a single one would wait for each addition, 3 times as long.
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      let axis = 0;
      for (; axis + 3 < D; axis += 4) {
        const gap0 = values[from + axis]! - values[to + axis]!;
        const gap1 = values[from + axis + 1]! - values[to + axis + 1]!;
        const gap2 = values[from + axis + 2]! - values[to + axis + 2]!;
        const gap3 = values[from + axis + 3]! - values[to + axis + 3]!;
        sum0 += gap0 * gap0;
        sum1 += gap1 * gap1;
        sum2 += gap2 * gap2;
        sum3 += gap3 * gap3;
      }
      for (; axis < D; axis++) {
        const gap = values[from + axis]! - values[to + axis]!;
        sum0 += gap * gap;
      }
      squared[pair++] = sum0 + sum1 + (sum2 + sum3);
    }
  }
  return squared;
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
