/** The values that are numbers, ascending. NaN, a missing value, is left out. */
export function sortedNumbers(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

/**
 * The value below which a share of the values lies, with straight lines between neighbours.
 *
 * @param ascending at least one value, sorted
 * @param share     0 to 1; .5 is the median
 * @throws RangeError when there is no value, or the share is outside [0, 1]
 * @source Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996, definition 7:
 *   the default of R, NumPy and SQL's percentile_cont.
 */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  if (ascending.length === 0) throw new RangeError('quantile: there are no values');
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`quantile: the share must be in [0, 1], got ${share}`);
  const place = share * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (place - below) * (high - low);
}
