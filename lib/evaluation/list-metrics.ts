import { expectCutoff } from './ranks';

/** What each user was recommended, and what was held out. */
export interface RecommendedLists {
  /** Best first. */
  readonly lists: readonly ArrayLike<number>[];
  /** The right items of each user, at least one. */
  readonly relevant: readonly Int32Array[];
}

/**
 * Recall@k of each user: the share of the right items that are among the first `k`.
 *
 * @throws RangeError when there are not as many lists as users, or a user has no right item
 * @source Herlocker, Konstan, Terveen & Riedl, "Evaluating Collaborative Filtering Recommender Systems", ACM TOIS 22(1), 2004,
 *   section 4.1.2.
 */
export function recallOfLists(lists: RecommendedLists, k: number): Float64Array {
  return ofEachUser('recallOfLists', lists, k, (hits, relevant) => hits.length / relevant);
}

/**
 * NDCG@k of each user, where several items are right: a hit at place r counts 1 / log2(r + 1), divided by the best that could be had.
 *
 * @throws RangeError when there are not as many lists as users, or a user has no right item
 * @source Järvelin & Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20(4), 2002.
 * @differs The discount is log2(r + 1) from the first place on, not the paper's max(1, log2 r).
 */
export function ndcgOfLists(lists: RecommendedLists, k: number): Float64Array {
  const discount = (place: number): number => 1 / Math.log2(place + 2);
  return ofEachUser('ndcgOfLists', lists, k, (hits, relevant) => {
    const best = Array.from({ length: Math.min(k, relevant) }, (_, place) => discount(place));
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return sum(hits.map(discount)) / sum(best);
  });
}

function ofEachUser(
  metric: string,
  { lists, relevant }: RecommendedLists,
  k: number,
  value: (hitPlaces: number[], relevant: number) => number,
): Float64Array {
  expectCutoff(metric, k);
  if (lists.length !== relevant.length || lists.length === 0) {
    throw new RangeError(`${metric}: ${lists.length} lists for ${relevant.length} users`);
  }
  return Float64Array.from(lists, (list, user) => {
    const right = new Set(relevant[user]);
    if (right.size === 0) throw new RangeError(`${metric}: user ${user} has no right item`);
    const places = Array.from({ length: Math.min(k, list.length) }, (_, place) => place);
    return value(
      places.filter((place) => right.has(list[place]!)),
      right.size,
    );
  });
}
