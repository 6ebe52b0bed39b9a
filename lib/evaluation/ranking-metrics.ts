import { clusteredMeanInterval } from './clustered-mean';
import { hitRate } from './hit-rate';
import { mrr } from './mrr';
import { discountedGain, ndcg } from './ndcg';
import type { Interval } from './proportion-interval';
import type { MetricValue, Protocol } from './protocol';

/**
 * HR@k and NDCG@k for each `k`, and MRR, each with its interval and its protocol.
 *
 * Intervals are those of `clusteredMeanInterval`, 95 % over users, cut off at 0 and 1, where no mean of these can lie beyond.
 *
 * @param ranks 1-based places of the targets, one a predicted event (`nn/rank`)
 * @param ks    lengths of list: `[5, 10, 20]`
 * @param users whose event each is; default: each is another user's
 * @returns in the order HR@k..., NDCG@k..., MRR
 * @throws RangeError when there are no ranks, one is not a finite number from 1, or there is not one user a rank
 */
export function rankingMetrics(
  ranks: ArrayLike<number>,
  ks: readonly number[],
  protocol: Protocol,
  users?: ArrayLike<number>,
): MetricValue[] {
  const value = (metric: string, number: number, ofRank: (rank: number) => number): MetricValue => ({
    metric,
    value: number,
    interval: within(clusteredMeanInterval(Float64Array.from(ranks, ofRank), users)),
    users: ranks.length,
    protocol,
  });
  return [
    ...ks.map((k) => value(`HR@${k}`, hitRate(ranks, k), (rank) => Number(rank <= k))),
    ...ks.map((k) => value(`NDCG@${k}`, ndcg(ranks, k), (rank) => discountedGain(rank, k))),
    value('MRR', mrr(ranks), (rank) => 1 / rank),
  ];
}

const within = (interval: Interval | null): Interval | null =>
  interval && { low: Math.max(0, interval.low), high: Math.min(1, interval.high) };
