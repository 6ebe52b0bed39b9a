import { contingency } from './contingency';

/**
 * Adjusted Rand index: how far two groupings of the same things agree.
 *
 * 1 when they are the same up to the names of the groups, around 0 for independent groupings, negative below
 * chance (-.5 at worst). Which group has which number plays no part.
 *
 * @throws RangeError when the groupings differ in length or are empty
 * @source Hubert & Arabie, "Comparing Partitions", Journal of Classification 2, 1985, eq. 5
 * @differs Two groupings that leave nothing to chance (both one group, or both all singletons) count 1, as in
 *   scikit-learn.
 */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { total, rowSums, columnSums, cells } = contingency('adjustedRand', a, b);
  const inBoth = pairs(cells.map(({ count }) => count));
  const inA = pairs(rowSums);
  const inB = pairs(columnSums);
  const expected = total > 1 ? (inA * inB) / ((total * (total - 1)) / 2) : 0;
  const largest = (inA + inB) / 2;
  return largest === expected ? 1 : (inBoth - expected) / (largest - expected);
}

function pairs(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
}
