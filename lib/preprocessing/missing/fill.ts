import { quantile, sortedNumbers } from '../../base/quantile';

/** A column without its gaps, and what was done. */
export interface Filled<Values extends Float32Array | Float64Array = Float32Array | Float64Array> {
  /** A copy; values that were there are unchanged. */
  readonly values: Values;
  /** Missing values (NaN) that got a number. */
  readonly filled: number;
  /** Missing values that could not be filled and are still NaN. */
  readonly left: number;
}

/**
 * Find the number that stands for missing ones: the mean or the median of training values.
 *
 * The mean moves with wild values, the median does not. Either makes the filled values look more alike than the real ones are.
 *
 * @param training values of training rows; NaN takes no part
 * @throws RangeError when no training value is a number
 * @source Little & Rubin, "Statistical Analysis with Missing Data", 2nd ed., Wiley 2002, section 4.2.1 (unconditional mean imputation).
 */
export function fitFill(how: 'mean' | 'median', training: ArrayLike<number>): number {
  const sorted = sortedNumbers(training);
  if (sorted.length === 0) throw new RangeError('fitFill: no training value is a number');
  if (how === 'median') return quantile(sorted, 0.5);
  return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
}

/**
 * Put one number in the place of every missing value: a constant that means "unknown", or what `fitFill` found.
 *
 * @throws RangeError when the number is NaN
 */
export function fillWith<Values extends Float32Array | Float64Array>(
  values: Values,
  number: number,
): Filled<Values> {
  if (Number.isNaN(number)) throw new RangeError('fillWith: NaN fills nothing');
  return fillFrom(values, () => number);
}

/** Fill each missing value with the number for its place; a number that is NaN leaves it missing. */
export function fillFrom<Values extends Float32Array | Float64Array>(
  values: Values,
  numberFor: (place: number) => number,
): Filled<Values> {
  const copy = values.slice() as Values;
  let [filled, left] = [0, 0];
  for (let place = 0; place < copy.length; place++) {
    if (!Number.isNaN(values[place]!)) continue;
    const number = numberFor(place);
    copy[place] = number;
    if (Number.isNaN(number)) left += 1;
    else filled += 1;
  }
  return { values: copy, filled, left };
}
