import { contingency, type Contingency } from './contingency';

/** Entropy of the sizes of groups, in nats. */
export function entropy(sizes: readonly number[]): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return -sizes.reduce((sum, size) => sum + (size > 0 ? (size / total) * Math.log(size / total) : 0), 0);
}

/** What one grouping says of the other, in nats: from 0 to the smaller of their entropies. */
export function mutualInformation({ total, rowSums, columnSums, cells }: Contingency): number {
  const sum = cells.reduce(
    (soFar, { row, column, count }) =>
      soFar + (count / total) * Math.log((count * total) / (rowSums[row]! * columnSums[column]!)),
    0,
  );
  return Math.max(0, sum); // rounding may leave it slightly below
}

/**
 * Normalised mutual information: how much two groupings of the same things say of each other, 0 to 1.
 *
 * The mutual information divided by the mean of both entropies. 1 when they are the same up to the names of the groups,
 * 0 when knowing one says nothing of the other. It is not corrected for chance: many small groups that mean nothing
 * still score well above 0 (the adjusted Rand index does not).
 *
 * @throws RangeError when the groupings differ in length or are empty
 * @source Vinh, Epps & Bailey, "Information Theoretic Measures for Clusterings Comparison", J. Machine Learning Research
 *   11, 2010, table 2, NMI_sum
 * @differs Two groupings of one group each count 1, as in scikit-learn.
 */
export function normalizedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const table = contingency('normalizedMutualInformation', a, b);
  const mean = (entropy(table.rowSums) + entropy(table.columnSums)) / 2;
  return mean === 0 ? 1 : Math.min(1, mutualInformation(table) / mean);
}
