import { contingency } from './contingency';

/**
 * Purity: the share of things that belong to the most frequent true class of their cluster, above 0 to 1.
 *
 * Easy to read and easy to please: more clusters never lower it when old ones are split, and one cluster for each thing
 * scores 1. Report the number of clusters beside it, or the adjusted Rand index instead.
 *
 * @param truth the class of each thing
 * @param found its cluster
 * @throws RangeError when the groupings differ in length or are empty
 * @source Manning, Raghavan & Schütze, "Introduction to Information Retrieval", 2008, §16.3, eq. 182
 */
export function purity(truth: ArrayLike<number>, found: ArrayLike<number>): number {
  const { total, columnSums, cells } = contingency('purity', truth, found);
  const largest = columnSums.map(() => 0);
  for (const { column, count } of cells) largest[column] = Math.max(largest[column]!, count);
  return largest.reduce((sum, count) => sum + count, 0) / total;
}
