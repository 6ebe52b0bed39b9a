import { gradedNdcg } from './graded-gain';
import { expectCutoff } from './ranks';
import { firstOf } from './recommended-lists';

/** What each user was recommended, and what was held out. */
export interface RecommendedLists {
  /** Best first. Shorter than `k` where there was nothing more: the places that lack count as misses. */
  readonly lists: readonly ArrayLike<number>[];
  /** The right items of each user, at least one; repeats are harmless. Leave users without any out, and say how many. */
  readonly relevant: readonly Int32Array[];
}

/**
 * Recall@k of each user: the share of the right items that are among the first `k`.
 *
 * Where a user has more right items than `k`, it cannot reach 1.
 *
 * @throws RangeError when there are not as many lists as users, a list names an item twice, or a user has no right item
 * @source Herlocker, Konstan, Terveen & Riedl, "Evaluating Collaborative Filtering Recommender Systems", ACM TOIS 22(1), 2004,
 *   section 4.1.2.
 */
export function recallOfLists(lists: RecommendedLists, k: number): Float64Array {
  return ofEachUser('recallOfLists', lists, k, (hits, relevant) => hits.length / relevant);
}

/**
 * Precision@k of each user: the share of the first `k` places that hold a right item.
 *
 * Divided by `k` also where the list is shorter. Where a user has fewer right items than `k`, it cannot reach 1.
 *
 * @throws RangeError as `recallOfLists`
 * @source Herlocker, Konstan, Terveen & Riedl, "Evaluating Collaborative Filtering Recommender Systems", ACM TOIS 22(1), 2004,
 *   section 4.1.2; divided by k as in trec_eval.
 */
export function precisionOfLists(lists: RecommendedLists, k: number): Float64Array {
  return ofEachUser('precisionOfLists', lists, k, (hits) => hits.length / k);
}

/**
 * R-precision of each user: the share of right items among the first R places, R being how many right items the user has.
 *
 * Precision and recall are the same there, and 1 can be reached by everybody whose list is long enough. A list shorter than R is judged
 * as it is: with lists cut at `k` this is what some libraries call R-precision@k.
 *
 * @throws RangeError as `recallOfLists`
 * @source Manning, Raghavan & Schütze, "Introduction to Information Retrieval", 2008, section 8.4.
 */
export function rPrecisionOfLists({ lists, relevant }: RecommendedLists): Float64Array {
  const longest = relevant.reduce((most, own) => Math.max(most, own.length), 1);
  return ofEachUser(
    'rPrecisionOfLists',
    { lists, relevant },
    longest,
    (hits, right) => hits.filter((place) => place < right).length / right,
  );
}

/**
 * Reciprocal rank of each user: 1 / the place of the first right item, 0 where none is among the first `k`.
 *
 * Its mean is MRR@k. With one right item a user and no limit it is the MRR on ranks (`mrr`).
 *
 * @throws RangeError as `recallOfLists`
 * @source Voorhees, "The TREC-8 Question Answering Track Report", TREC 1999.
 */
export function reciprocalRankOfLists(lists: RecommendedLists, k: number): Float64Array {
  return ofEachUser('reciprocalRankOfLists', lists, k, ([first]) =>
    first === undefined ? 0 : 1 / (first + 1),
  );
}

/** What the sum of precisions is divided by. */
export const averagePrecisionDenominators = ['relevant', 'reachable', 'k'] as const;

/**
 * - `relevant`: all right items; 1 cannot be reached with more than `k` of them (trec_eval's map_cut, RecTools).
 * - `reachable`: at most `k`, so that 1 can always be reached (RecBole, RePlay, Recommenders' map_at_k).
 * - `k`: also where there are fewer right items, so that 1 can seldom be reached (RecTools with divide_by_k).
 */
export type AveragePrecisionDenominator = (typeof averagePrecisionDenominators)[number];

/**
 * Average precision@k of each user: the precision at the place of every hit, summed and divided. Its mean is MAP@k.
 *
 * The field divides by three different numbers under one name, so there is no default: name yours beside the figure. With one right
 * item `relevant` and `reachable` are both the reciprocal rank.
 *
 * @throws RangeError as `recallOfLists`
 * @source Buckley & Voorhees, "Evaluating Evaluation Measure Stability", SIGIR 2000.
 */
export function averagePrecisionOfLists(
  lists: RecommendedLists,
  k: number,
  denominator: AveragePrecisionDenominator,
): Float64Array {
  return ofEachUser('averagePrecisionOfLists', lists, k, (hits, relevant) => {
    const sum = hits.reduce((total, place, before) => total + (before + 1) / (place + 1), 0);
    return sum / { relevant, reachable: Math.min(k, relevant), k }[denominator];
  });
}

/**
 * NDCG@k of each user, where several items are right: a hit at place r counts 1 / log2(r + 1), divided by the best that could be had.
 *
 * Where items are right to different degrees: `gradedNdcgOfLists`.
 *
 * @throws RangeError as `recallOfLists`
 * @source Järvelin & Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20(4), 2002.
 * @differs The discount is log2(r + 1) from the first place on, not the paper's max(1, log2 r).
 */
export function ndcgOfLists({ lists, relevant }: RecommendedLists, k: number): Float64Array {
  const grades = relevant.map((own) => new Map(Array.from(own, (item) => [item, 1])));
  return gradedNdcg('ndcgOfLists', { lists, grades }, k, 'linear');
}

/** A value from the places of the hits, 0 being the first, and the number of right items. */
function ofEachUser(
  metric: string,
  { lists, relevant }: RecommendedLists,
  k: number,
  value: (hitPlaces: readonly number[], relevant: number) => number,
): Float64Array {
  expectCutoff(metric, k);
  if (lists.length !== relevant.length || lists.length === 0) {
    throw new RangeError(`${metric}: ${lists.length} lists for ${relevant.length} users`);
  }
  return Float64Array.from(lists, (list, user) => {
    const right = new Set(relevant[user]);
    if (right.size === 0) throw new RangeError(`${metric}: user ${user} has no right item`);
    const hits = firstOf(metric, list, user, k).flatMap((item, place) => (right.has(item) ? [place] : []));
    return value(hits, right.size);
  });
}
