import { meanInterval } from './mean-interval';
import { discountedGain } from './ndcg';
import { wilsonInterval, type Interval } from './proportion-interval';
import type { MetricValue, Protocol } from './protocol';
import { rankingMetrics } from './ranking-metrics';

/** A number that carries the conditions under which it was measured, and between which values it may lie with other users. */
export type MetricWithInterval = MetricValue & Interval;

/**
 * HR@k and NDCG@k, each with its interval of 95 % over users and its protocol.
 *
 * The interval speaks of other users of the same kind; not of another seed, another cut of time or another training set.
 *
 * @param ranks 1-based places of the targets, one a user, at least 2 users
 * @throws RangeError when there are fewer than 2 ranks, or one is not a finite number from 1
 * @source Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158), 1927 (HR, a share); Sakai,
 *   "Statistical Reform in Information Retrieval?", SIGIR Forum 48(1), 2014 (NDCG, a mean).
 * @differs The interval of NDCG is that of the normal distribution, cut off at 0 and 1. Where nobody has a hit there is no spread to go
 *   by: it then ends where that of HR ends, which NDCG cannot exceed.
 */
export function rankingIntervals(
  ranks: ArrayLike<number>,
  k: number,
  protocol: Protocol,
): readonly [hitRate: MetricWithInterval, ndcg: MetricWithInterval] {
  const [hitRate, ndcg] = rankingMetrics(ranks, [k], protocol);
  const gains = Array.from(ranks, (rank) => discountedGain(rank, k));
  const hits = gains.filter((gain) => gain > 0).length;
  const { low, high } = meanInterval(gains);
  const ofHits = wilsonInterval({ successes: hits, cases: ranks.length });
  return [
    { ...hitRate!, ...ofHits },
    { ...ndcg!, low: Math.max(0, low), high: hits === 0 ? ofHits.high : Math.min(1, high) },
  ];
}
