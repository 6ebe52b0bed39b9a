import { expectCutoff, expectRanks } from './ranks';

/**
 * NDCG@k: like the hit rate, but a hit counts less the further down the list it stands.
 *
 * A target at place r <= k counts 1 / log2(r + 1): 1 at place 1, .63 at place 2, .29 at place 10. With one
 * relevant item the ideal gain is 1, so nothing more is divided. Always
 * HR@k / log2(k + 1) <= NDCG@k <= HR@k.
 *
 * @param ranks 1-based places of the targets, one a user (`nn/rank`)
 * @throws RangeError when there are no ranks, or one is not a finite number from 1
 * @source Järvelin & Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20(4), 2002
 * @differs The discount is log2(r + 1) from the first place on (trec_eval, RecBole), not the paper's
 *   max(1, log2 r).
 */
export function ndcg(ranks: ArrayLike<number>, k: number): number {
  expectRanks('ndcg', ranks);
  expectCutoff('ndcg', k);
  let gain = 0;
  for (let user = 0; user < ranks.length; user++) gain += discountedGain(ranks[user]!, k);
  return gain / ranks.length;
}

/**
 * What one target adds to NDCG@k: 1 at place 1, less further down, 0 behind place k.
 *
 * @param rank from 1
 * @source Järvelin & Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20(4), 2002
 */
export function discountedGain(rank: number, k: number): number {
  return rank <= k ? 1 / Math.log2(rank + 1) : 0;
}
