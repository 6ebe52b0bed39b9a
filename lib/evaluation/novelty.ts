import { meanOfFirst } from './mean-of-first';

/** How widely items are known. */
export interface ItemUse {
  /** How often, or by how many users, each item was used in training; by item index. */
  readonly counts: ArrayLike<number>;
  /** All events, or all users; as the counts. At least the largest count. */
  readonly total: number;
}

/**
 * Novelty of each user's list: the mean self-information of its first `k` items, -log2 of the share of people (or events) that used
 * them, in bits.
 *
 * 0 for what everybody uses, log2(total) for what one used. Each step of 1 is half as well known. An item that nobody used counts as
 * used once: its information would be infinite.
 *
 * @param lists one a user, best first; shorter ones are judged by what they hold
 * @throws RangeError when a list is empty or names an item twice, an item has no count, or a count is above the total
 * @source Zhou, Kuscsik, Liu, Medo, Wakeling & Zhang, "Solving the Apparent Diversity-Accuracy Dilemma of Recommender Systems", PNAS
 *   107(10), 2010 (surprisal).
 */
export function noveltyOfLists(
  lists: readonly ArrayLike<number>[],
  k: number,
  { counts, total }: ItemUse,
): Float64Array {
  if (!(total >= 1 && total < Infinity)) throw new RangeError(`noveltyOfLists: the total is ${total}`);
  return meanOfFirst('noveltyOfLists', lists, k, (item) => {
    const count = counts[item];
    if (count === undefined || !(count >= 0 && count <= total)) {
      throw new RangeError(`noveltyOfLists: item ${item} was used ${count} of ${total} times`);
    }
    return Math.log2(total / Math.max(1, count));
  });
}
