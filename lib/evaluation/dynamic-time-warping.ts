import type { Matrix } from '../base/matrix';

/** How two series are laid on each other. */
export interface WarpedSeries {
  /** Square root of the smallest sum of squared distances along a path. */
  readonly distance: number;
  /** Such a path: pairs of row in the first and row in the second, from the first pair to the last. */
  readonly path: readonly (readonly [number, number])[];
}

export interface WarpingOptions {
  /**
   * Rows laid on each other may be so many places apart (the band of Sakoe & Chiba), at least the difference of the lengths. Default: any
   * number.
   */
  readonly window?: number;
}

/**
 * Dynamic time warping: how far two series of vectors are apart when either may pause, so that the same course at another pace is near.
 *
 * Steps go on by one row in the first series, in the second, or in both. 0 for equal series, symmetric; no metric: by way of a third
 * series it may be shorter. Packages of npm for it are no longer kept up. Time and memory grow with the product of the lengths.
 *
 * @param a `[T, D]`, oldest first: interests by week, or `[T, 1]` for one number
 * @param b `[U, D]`
 * @throws RangeError when a series is empty, the two differ in D, or the window is narrower than the difference of the lengths
 * @source Sakoe & Chiba, "Dynamic Programming Algorithm Optimization for Spoken Word Recognition", IEEE Transactions on Acoustics, Speech,
 *   and Signal Processing 26(1), 1978.
 * @differs All three steps weigh the same and nothing is divided by the length of the path, as in tslearn and dtaidistance.
 */
export function dynamicTimeWarping(
  a: Matrix,
  b: Matrix,
  { window = Infinity }: WarpingOptions = {},
): WarpedSeries {
  const [T, U, D] = [a.rows, b.rows, a.columns];
  if (T === 0 || U === 0 || D !== b.columns) {
    throw new RangeError(
      `dynamicTimeWarping: series are ${T} x ${D} and ${U} x ${b.columns}; both need rows, and as many columns`,
    );
  }
  if (!(window >= Math.abs(T - U))) {
    throw new RangeError(
      `dynamicTimeWarping: a window of ${window} does not lead from series of ${T} to one of ${U} rows`,
    );
  }
  // sums[t * (U + 1) + u]: the best sum for the first t rows and the first u rows.
  const sums = new Float64Array((T + 1) * (U + 1)).fill(Infinity);
  const width = U + 1;
  sums[0] = 0;
  for (let t = 1; t <= T; t++) {
    for (let u = Math.max(1, t - window); u <= Math.min(U, t + window); u++) {
      const before = Math.min(
        sums[(t - 1) * width + u - 1]!,
        sums[(t - 1) * width + u]!,
        sums[t * width + u - 1]!,
      );
      sums[t * width + u] = before + squaredGap(a, t - 1, b, u - 1);
    }
  }
  const path: [number, number][] = [];
  for (let [t, u] = [T, U]; t > 0;) {
    path.push([t - 1, u - 1]);
    const [both, first, second] = [
      sums[(t - 1) * width + u - 1]!,
      sums[(t - 1) * width + u]!,
      sums[t * width + u - 1]!,
    ];
    if (both <= first && both <= second) [t, u] = [t - 1, u - 1];
    else if (first <= second) t -= 1;
    else u -= 1;
  }
  return { distance: Math.sqrt(sums[T * width + U]!), path: path.reverse() };
}

function squaredGap(a: Matrix, t: number, b: Matrix, u: number): number {
  let sum = 0;
  for (let axis = 0; axis < a.columns; axis++) {
    const gap = a.values[t * a.columns + axis]! - b.values[u * a.columns + axis]!;
    sum += gap * gap;
  }
  return sum;
}
