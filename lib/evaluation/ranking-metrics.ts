import { clusteredMeanInterval } from './clustered-mean';
import { clusteredProportion } from './clustered-proportion';
import { hitRate } from './hit-rate';
import { mrr } from './mrr';
import { discountedGain, ndcg } from './ndcg';
import type { Interval } from './proportion-interval';
import type { MetricValue, Protocol } from './protocol';

/**
 * HR@k and NDCG@k for each `k`, and MRR, each with its interval and its protocol.
 *
 * Intervals are of 95 % over users: they speak of other users of the same kind, not of another seed, another cut of time or another
 * training set. Where nobody has a hit, HR's ends above 0, and NDCG's where HR's ends, which it cannot exceed.
 *
 * @param ranks 1-based places of the targets, one a predicted event (`nn/rank`)
 * @param ks    lengths of list: `[5, 10, 20]`
 * @param users whose event each is; default: each is another user's
 * @returns in the order HR@k..., NDCG@k..., MRR; intervals are null for one user, and for NDCG and MRR where all have the same hit
 * @throws RangeError when there are no ranks, one is not a finite number from 1, or there is not one user a rank
 * @source Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158), 1927 (HR, a share); Sakai,
 *   "Statistical Reform in Information Retrieval?", SIGIR Forum 48(1), 2014 (NDCG and MRR, means).
 * @differs Events of one user are taken together (`clusteredProportion`, `clusteredMeanInterval`). Intervals of means are cut off at 0 and 1.
 */
export function rankingMetrics(
  ranks: ArrayLike<number>,
  ks: readonly number[],
  protocol: Protocol,
  users?: ArrayLike<number>,
): MetricValue[] {
  const value = (metric: string, number: number, interval: Interval | null): MetricValue => ({
    metric,
    value: number,
    interval,
    users: ranks.length,
    protocol,
  });
  const ofMean = (ofRank: (rank: number) => number): Interval | null => {
    const values = new Float64Array(ranks.length);
    for (let place = 0; place < values.length; place++) values[place] = ofRank(ranks[place]!);
    return within(clusteredMeanInterval(values, users));
  };
  const hits = ks.map((k) => value(`HR@${k}`, hitRate(ranks, k), hitInterval(ranks, k, users)));
  const gains = ks.map((k, place) => {
    const { value: share, interval } = hits[place]!;
    const ofGain = share === 0 ? interval : ofMean((rank) => discountedGain(rank, k));
    return value(`NDCG@${k}`, ndcg(ranks, k), ofGain);
  });
  return [
    ...hits,
    ...gains,
    value(
      'MRR',
      mrr(ranks),
      ofMean((rank) => 1 / rank),
    ),
  ];
}

/** Of the share of hits; null for one user. */
function hitInterval(
  ranks: ArrayLike<number>,
  k: number,
  users: ArrayLike<number> | undefined,
): Interval | null {
  if (users && users.length !== ranks.length)
    throw new RangeError(`rankingMetrics: ${users.length} users for ${ranks.length} ranks`);
  const { hits, cases } = users ? countByUser(ranks, k, users) : countEach(ranks, k);
  if (cases.length < 2) return null;
  return within(clusteredProportion(hits, cases));
}

interface HitCounts {
  readonly hits: ArrayLike<number>;
  readonly cases: ArrayLike<number>;
}

/** Every rank is another user's. */
function countEach(ranks: ArrayLike<number>, k: number): HitCounts {
  const hits = new Uint8Array(ranks.length);
  for (let place = 0; place < hits.length; place++) hits[place] = Number(ranks[place]! <= k);
  return { hits, cases: new Uint8Array(ranks.length).fill(1) };
}

function countByUser(ranks: ArrayLike<number>, k: number, users: ArrayLike<number>): HitCounts {
  const hits = new Map<number, number>();
  const cases = new Map<number, number>();
  for (let place = 0; place < ranks.length; place++) {
    const user = users[place]!;
    hits.set(user, (hits.get(user) ?? 0) + Number(ranks[place]! <= k));
    cases.set(user, (cases.get(user) ?? 0) + 1);
  }
  return { hits: [...hits.values()], cases: [...cases.values()] };
}

const within = (interval: Interval | null): Interval | null =>
  interval && { low: Math.max(0, interval.low), high: Math.min(1, interval.high) };
