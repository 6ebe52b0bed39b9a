import type { Matrix } from '../base/matrix';

/** Whether the columns of a group vary together (`full`, D x D numbers) or each for itself (`diagonal`, D numbers). */
export type CovarianceKind = 'full' | 'diagonal';

/** A normal distribution in D columns. */
export interface NormalDistribution {
  readonly mean: Float64Array;
  /** `[D, D]` row after row, or the `[D]` variances. */
  readonly covariance: Float64Array;
}

/**
 * Write the natural logarithm of the density at each point.
 *
 * Through the Cholesky factor of the covariance, never its inverse; in double precision.
 *
 * @param into one number a point
 * @returns false, and `into` is not to be used, when the covariance is not positive definite
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, eq. 2.43
 */
export function logDensities(
  kind: CovarianceKind,
  { mean, covariance }: NormalDistribution,
  { rows: N, columns: D, values }: Matrix,
  into: Float64Array,
): boolean {
  const factor = kind === 'full' ? cholesky(covariance, D) : diagonalRoot(covariance);
  if (factor === null) return false;
  let constant = -0.5 * D * Math.log(2 * Math.PI);
  for (let axis = 0; axis < D; axis++)
    constant -= Math.log(factor[kind === 'full' ? axis * D + axis : axis]!);
  const white = new Float64Array(D); // the point in units of the distribution: L^-1 (x - mean)
  for (let point = 0; point < N; point++) {
    const from = point * D;
    let squared = 0;
    for (let axis = 0; axis < D; axis++) {
      let value = values[from + axis]! - mean[axis]!;
      if (kind === 'full') {
        const row = axis * D;
        for (let before = 0; before < axis; before++) value -= factor[row + before]! * white[before]!;
        value /= factor[row + axis]!;
        white[axis] = value;
      } else value /= factor[axis]!;
      squared += value * value;
    }
    into[point] = constant - 0.5 * squared;
  }
  return true;
}

/** Lower triangle L with L L^T = covariance; null when there is none. */
function cholesky(covariance: Float64Array, D: number): Float64Array | null {
  const factor = new Float64Array(D * D);
  for (let row = 0; row < D; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = covariance[row * D + column]!;
      for (let before = 0; before < column; before++) {
        sum -= factor[row * D + before]! * factor[column * D + before]!;
      }
      if (row !== column) factor[row * D + column] = sum / factor[column * D + column]!;
      else if (sum > 0) factor[row * D + row] = Math.sqrt(sum);
      else return null;
    }
  }
  return factor;
}

const diagonalRoot = (variances: Float64Array): Float64Array | null =>
  variances.every((variance) => variance > 0) ? variances.map(Math.sqrt) : null;
