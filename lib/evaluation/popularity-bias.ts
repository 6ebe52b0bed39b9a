import { meanOfFirst } from './mean-of-first';

/**
 * Average recommendation popularity of each user: how often the first `k` items were used in training, on average.
 *
 * Put the mean popularity of what the user has used beside it: a person who likes hits is not served badly by hits.
 *
 * @param lists  one a user, best first; shorter ones are judged by what they hold
 * @param counts by item index, from training alone
 * @throws RangeError when a list is empty or names an item twice, or an item has no count
 * @source Yin, Cui, Li, Yao & Chen, "Challenging the Long Tail Recommendation", VLDB 2012.
 */
export function meanPopularityOfLists(
  lists: readonly ArrayLike<number>[],
  k: number,
  counts: ArrayLike<number>,
): Float64Array {
  return meanOfFirst('meanPopularityOfLists', lists, k, (item) => {
    const count = counts[item];
    if (count === undefined || !(count >= 0 && count < Infinity)) {
      throw new RangeError(`meanPopularityOfLists: item ${item} has the count ${count}`);
    }
    return count;
  });
}

/**
 * Part items into a short head and a long tail: the head are the fewest items that together have a given share of all events.
 *
 * The most used come first, equally used ones by item index. Padding (index 0) is neither.
 *
 * @param counts    by item index, from training alone
 * @param headShare above 0, below 1; default .8
 * @returns by item index, 1 for an item of the long tail
 * @throws RangeError when the share is not between 0 and 1, a count is negative or not finite, or all are 0
 * @source Abdollahpouri, Burke & Mobasher, "Managing Popularity Bias in Recommender Systems with Personalized Re-ranking", FLAIRS 2019.
 * @differs Others call a fixed fifth of the items the head, or a tenth the tail: say which.
 */
export function longTail(counts: ArrayLike<number>, headShare = 0.8): Uint8Array {
  if (!(headShare > 0 && headShare < 1)) {
    throw new RangeError(`longTail: the share of the head must be between 0 and 1, got ${headShare}`);
  }
  const items = Array.from({ length: Math.max(0, counts.length - 1) }, (_, at) => at + 1);
  for (const item of items) {
    if (!(counts[item]! >= 0 && counts[item]! < Infinity)) {
      throw new RangeError(`longTail: item ${item} has the count ${counts[item]}`);
    }
  }
  const total = items.reduce((sum, item) => sum + counts[item]!, 0);
  if (total === 0) throw new RangeError('longTail: no item was used');
  const isTail = new Uint8Array(counts.length);
  let held = 0;
  for (const item of items.sort((a, b) => counts[b]! - counts[a]! || a - b)) {
    if (held >= headShare * total) isTail[item] = 1;
    held += counts[item]!;
  }
  return isTail;
}

/**
 * The share of each user's first `k` items that are of the long tail (APLT).
 *
 * @param isTail by item index, from `longTail`
 * @throws RangeError when a list is empty or names an item twice, or an item is not known
 * @source Abdollahpouri, Burke & Mobasher, "Managing Popularity Bias in Recommender Systems with Personalized Re-ranking", FLAIRS 2019.
 */
export function longTailShareOfLists(
  lists: readonly ArrayLike<number>[],
  k: number,
  isTail: Uint8Array,
): Float64Array {
  return meanOfFirst('longTailShareOfLists', lists, k, (item) => {
    const own = isTail[item];
    if (own === undefined) throw new RangeError(`longTailShareOfLists: item ${item} is not known`);
    return own;
  });
}
