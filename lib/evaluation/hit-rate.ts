import { expectCutoff, expectRanks } from './ranks';

/**
 * HR@k: the share of users whose target is among the first `k` items of their list.
 *
 * With one relevant item a user this is also Recall@k.
 *
 * @param ranks 1-based places of the targets, one a user (`nn/rank`)
 * @throws RangeError when there are no ranks, or one is not a finite number from 1
 * @source Deshpande & Karypis, "Item-Based Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004, §5.2
 */
export function hitRate(ranks: ArrayLike<number>, k: number): number {
  expectRanks('hitRate', ranks);
  expectCutoff('hitRate', k);
  let hits = 0;
  for (let user = 0; user < ranks.length; user++) if (ranks[user]! <= k) hits++;
  return hits / ranks.length;
}
