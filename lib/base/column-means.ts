import type { Matrix } from './matrix';

/** The mean of each column, summed in double precision. */
export function columnMeans({ rows: N, columns: D, values }: Matrix): Float64Array {
  const sums = new Float64Array(D);
  for (let row = 0; row < N; row++) {
    for (let axis = 0; axis < D; axis++) sums[axis]! += values[row * D + axis]!;
  }
  return sums.map((sum) => sum / N);
}

/** The points less a mean, as a copy. */
export function centred({ rows: N, columns: D, values }: Matrix, mean_D: ArrayLike<number>): Float32Array {
  const result = new Float32Array(N * D);
  for (let row = 0; row < N; row++) {
    for (let axis = 0; axis < D; axis++) result[row * D + axis] = values[row * D + axis]! - mean_D[axis]!;
  }
  return result;
}
