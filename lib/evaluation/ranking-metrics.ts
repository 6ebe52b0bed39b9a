import { hitRate } from './hit-rate';
import { mrr } from './mrr';
import { ndcg } from './ndcg';
import type { MetricValue, Protocol } from './protocol';

/**
 * HR@k and NDCG@k for each `k`, and MRR, each with its protocol attached.
 *
 * @param ranks 1-based places of the targets, one a user (`nn/rank`)
 * @param ks    lengths of list: `[5, 10, 20]`
 * @returns in the order HR@k..., NDCG@k..., MRR
 * @throws RangeError when there are no ranks, or one is not a finite number from 1
 */
export function rankingMetrics(
  ranks: ArrayLike<number>,
  ks: readonly number[],
  protocol: Protocol,
): MetricValue[] {
  const value = (metric: string, number: number): MetricValue => ({
    metric,
    value: number,
    users: ranks.length,
    protocol,
  });
  return [
    ...ks.map((k) => value(`HR@${k}`, hitRate(ranks, k))),
    ...ks.map((k) => value(`NDCG@${k}`, ndcg(ranks, k))),
    value('MRR', mrr(ranks)),
  ];
}
