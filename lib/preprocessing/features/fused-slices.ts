import { matrix, rowOf, type Matrix } from '../../base/matrix';
import type { Slices } from '../slicing/slices';

/** Fused features, one row for each run of neighbouring slices of a user. */
export interface FusedSlices {
  /** Shape `[runs, (m + 2) D]`: m + 1 slices oldest first, then their mean. */
  readonly features: Matrix;
  /** Whose slices a row is made of. */
  readonly users: Int32Array;
  /** The first slice of a row. It is known once the last event of slice `first + m` has come. */
  readonly firstSlices: Int32Array;
  /** Users with some slices, but fewer than m + 1: they have no row. */
  readonly usersTooShort: number;
}

/**
 * Describe each slice of a history by the mean of its events' features.
 *
 * @param features `[events, D]`, for example `tableMatrix` of a feature table; a missing value (NaN) makes the slice's mean missing
 * @returns `[slices, D]`
 * @throws RangeError when the slices are of other events
 */
export function sliceMeans({ starts }: Slices, features: Matrix): Matrix {
  const numEvents = starts.at(-1) ?? 0;
  if (numEvents !== features.rows) {
    throw new RangeError(`sliceMeans: slices of ${numEvents} events for ${features.rows} rows of features`);
  }
  const width = features.columns;
  const means = new Float32Array((starts.length - 1) * width);
  for (let slice = 0; slice + 1 < starts.length; slice++) {
    const [start, end] = [starts[slice]!, starts[slice + 1]!];
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let event = start; event < end; event++) sum += features.values[event * width + column]!;
      means[slice * width + column] = sum / (end - start);
    }
  }
  return matrix(starts.length - 1, width, means);
}

/**
 * Lay m + 1 neighbouring slices and their mean side by side: `F = [f_i, ..., f_(i+m), mean(f_i ... f_(i+m))]`.
 *
 * This is the fused feature of article L, whose slices have 10 events (`cutByCount`). It runs over every i at which all m + 1
 * slices are of one user. The mean is a linear combination of the parts beside it: to a linear model it adds nothing, and any
 * model can form it itself. It may help one that is regularised, or a tree, which sees a column at a time.
 *
 * @param sliceFeatures `[slices, D]`, for example of `sliceMeans`
 * @param m             how many slices follow the first one, from 0
 * @throws RangeError when `m` is no whole number from 0, or there is not one row a slice
 * @differs Article L prints F over "m" slices; its formula has m + 1.
 */
export function fuseSlices(
  { userOffsets, starts }: Slices,
  sliceFeatures: Matrix,
  { m }: { readonly m: number },
): FusedSlices {
  if (!(Number.isInteger(m) && m >= 0)) {
    throw new RangeError(`fuseSlices: m must be a whole number from 0, got ${m}`);
  }
  if (sliceFeatures.rows !== starts.length - 1) {
    throw new RangeError(`fuseSlices: ${sliceFeatures.rows} rows for ${starts.length - 1} slices`);
  }
  const [users, firstSlices]: [number[], number[]] = [[], []];
  let usersTooShort = 0;
  for (let user = 0; user + 1 < userOffsets.length; user++) {
    const [first, end] = [userOffsets[user]!, userOffsets[user + 1]!];
    if (end > first && end - first < m + 1) usersTooShort += 1;
    for (let slice = first; slice + m < end; slice++) {
      users.push(user);
      firstSlices.push(slice);
    }
  }
  const width = sliceFeatures.columns;
  const fused = matrix(users.length, (m + 2) * width, new Float32Array(users.length * (m + 2) * width));
  for (const [row, first] of firstSlices.entries()) {
    const out = rowOf(fused, row);
    out.set(sliceFeatures.values.subarray(first * width, (first + m + 1) * width));
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let part = 0; part <= m; part++) sum += out[part * width + column]!;
      out[(m + 1) * width + column] = sum / (m + 1);
    }
  }
  return {
    features: fused,
    users: Int32Array.from(users),
    firstSlices: Int32Array.from(firstSlices),
    usersTooShort,
  };
}
