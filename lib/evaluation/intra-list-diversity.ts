import type { ItemSimilarity } from './item-similarity';
import { expectCutoff } from './ranks';
import { firstOf } from './recommended-lists';

/**
 * Intra-list diversity of each user: how different the first `k` items are from one another, the mean of 1 - similarity over all pairs.
 *
 * 0 where all are alike. Order plays no part. It says nothing of whether anybody wants these items: random lists are the most diverse.
 *
 * @param similarity 1 for the same, as `similarityByVectors`
 * @throws RangeError when `k` is below 2, a list has fewer than 2 items or names one twice, or a similarity is not a number
 * @source Smyth & McClave, "Similarity vs. Diversity", ICCBR 2001; Ziegler, McNee, Konstan & Lausen, "Improving
 *   Recommendation Lists Through Topic Diversification", WWW 2005 (the sum of similarities instead).
 */
export function intraListDiversity(
  lists: readonly ArrayLike<number>[],
  k: number,
  similarity: ItemSimilarity,
): Float64Array {
  expectCutoff('intraListDiversity', k);
  return Float64Array.from(lists, (list, user) => {
    const items = firstOf('intraListDiversity', list, user, k);
    if (items.length < 2) {
      throw new RangeError(
        `intraListDiversity: of user ${user} there is ${items.length} item at k = ${k}; a pair needs two`,
      );
    }
    let sum = 0;
    for (const [place, item] of items.entries()) {
      for (const other of items.slice(place + 1)) sum += 1 - similarity(item, other);
    }
    const mean = sum / ((items.length * (items.length - 1)) / 2);
    if (Number.isNaN(mean)) throw new RangeError(`intraListDiversity: a similarity of user ${user} is NaN`);
    return mean;
  });
}
