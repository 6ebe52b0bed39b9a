import type * as tf from '@tensorflow/tfjs';
import { ndcgOfLists, recallOfLists } from '../../evaluation/list-metrics';
import { rankBatch } from '../../nn/rank-batch';
import type { SocialData } from './social-data';

/** How well lists name the held-out items; one number a user in each. */
export interface ListEvaluation {
  /** Rows of the users with held-out items. */
  readonly users: Int32Array;
  /** Recall@10. */
  readonly recall: Float64Array;
  /** NDCG@10. */
  readonly ndcg: Float64Array;
}

/** Scores of all items for some users, `[N, V]`; disposed by who asked. */
export type ScoreUsers = (users: Int32Array) => tf.Tensor2D;

/**
 * Rank all items that a user is not known to use, and compare the best ten with the held-out ones.
 *
 * Full ranking, no sampling; equal scores by item index. No candidates: training items, and for the test those of validation.
 *
 * @throws RangeError when nothing is held out
 * @throws Error when a score is not finite
 * @source Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020: why the ranking is full.
 */
export function evaluateLists(
  score: ScoreUsers,
  data: SocialData,
  which: 'validation' | 'test',
  { batchSize = 256 }: { readonly batchSize?: number } = {},
): ListEvaluation {
  const relevant = data[which];
  const users = Int32Array.from(relevant.keys()).filter((user) => relevant[user]!.length > 0);
  if (users.length === 0) throw new RangeError(`evaluateLists: no user has a ${which} item`);
  const lists: Int32Array[] = [];
  for (let start = 0; start < users.length; start += batchSize) {
    const own = users.slice(start, start + batchSize);
    const known = Array.from(own, (user) =>
      Int32Array.from([...data.training[user]!, ...(which === 'test' ? data.validation[user]! : [])]),
    );
    const scores = score(own);
    try {
      // A target is asked for but not looked at; one that is held out changes nothing.
      const targets = Int32Array.from(own, (user) => relevant[user]![0]!);
      lists.push(...rankBatch(scores, targets, known, 10).lists);
    } finally {
      scores.dispose();
    }
  }
  const recommended = { lists, relevant: Array.from(users, (user) => relevant[user]!) };
  return { users, recall: recallOfLists(recommended, 10), ndcg: ndcgOfLists(recommended, 10) };
}

/** Mean over users. */
export const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
