import { topItems, type TopItems } from '../nn/rank';
import type { HistoryContext } from '../preprocessing/side/side-columns';
import type { Scorer } from './scorer';
import { topByFactors } from './top-by-factors';

/** How a list of recommendations is made. */
export interface RecommendOptions {
  /** Items a user. */
  readonly n: number;
  /** Leave out what the user already used. */
  readonly excludeSeen: boolean;
  /** Users scored at once: only memory and speed depend on it. Default 256. */
  readonly batchSize?: number;
  /** What else is known of each history, for a scorer that reads it. */
  readonly contexts?: readonly HistoryContext[];
}

/**
 * The `n` best items for each user, best first.
 *
 * Equal scores are ordered by item index, smaller first. A list is shorter than `n` only when the user has used
 * almost everything.
 *
 * @param histories item indices of each user's past events, oldest first
 * @throws Error naming row and item when the scorer gives a candidate a score that is not finite
 */
export function recommend(
  scorer: Scorer,
  histories: readonly Int32Array[],
  { n, excludeSeen, batchSize = 256, contexts }: RecommendOptions,
): TopItems {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`recommend: batchSize must be a whole number from 1, got ${batchSize}`);
  }
  const none = new Int32Array(0);
  const excluded = excludeSeen ? histories : histories.map(() => none);
  const quick =
    Number.isInteger(n) && n >= 1
      ? topByFactors(scorer, { histories, contexts, batchSize }, excluded, n)
      : null;
  if (quick) return quick;
  const lists: TopItems = { items: [], scores: [] };
  for (let start = 0; start < histories.length; start += batchSize) {
    const batch = histories.slice(start, start + batchSize);
    const scores_NV = scorer.score(batch, contexts?.slice(start, start + batchSize));
    try {
      const top = topItems(scores_NV, n, excluded.slice(start, start + batchSize));
      lists.items.push(...top.items);
      lists.scores.push(...top.scores);
    } finally {
      scores_NV.dispose();
    }
  }
  return lists;
}
