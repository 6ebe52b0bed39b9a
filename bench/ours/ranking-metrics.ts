import * as tf from '@tensorflow/tfjs';
import { createRng } from 'behavior-lab/base/random';
import type { Protocol } from 'behavior-lab/evaluation/protocol';
import { rankingMetrics } from 'behavior-lab/evaluation/ranking-metrics';
import { peakMemoryMB } from 'behavior-lab/experiments/report/response-times';
import { dotProductScorer } from 'behavior-lab/recommendation/by-encoder';
import { rankWithScorer } from 'behavior-lab/recommendation/rank-with-scorer';
import { asFloats, type OurWork } from './our-work';
import { seenPairs } from './ranking';

export interface RankingMetricsSettings {
  readonly users: number;
  readonly items: number;
  readonly width: number;
  readonly seen: number;
  /** Which figure a sample is: its time, or the most memory that the whole process has held. */
  readonly figure: 'time' | 'memory';
}

/** How much of the target's vector is in a user's: a few in ten targets come among the first ten. */
const pull = 0.35;
const cutoffs = [5, 10, 20];

/** Of no data: the metrics' values do not depend on it. */
const protocol: Protocol = {
  data: { name: 'drawn', sha256: '', users: 0, items: 0, events: 0 },
  ...{ cut: 'none', split: 'none', target: 'test', candidates: 'full', seenItems: 'excluded', ties: 'index' },
  ...{ loss: null, seed: 1 },
};

/** All users against all items as an evaluation does it: seen items out, the rank of each target, and every metric with its interval. */
export function openRankingMetrics(settings: RankingMetricsSettings): OurWork {
  const { users, items, width, seen, figure } = settings;
  const rng = createRng(1);
  const itemVectors = Float32Array.from({ length: items * width }, () => rng.normal());
  const pick = (): number => 1 + rng.integer(items - 1);
  const targets = Int32Array.from({ length: users }, pick);
  const userVectors = Float32Array.from(
    { length: users * width },
    (_, place) =>
      rng.normal() + pull * itemVectors[targets[Math.floor(place / width)]! * width + (place % width)]!,
  );
  // About `seen` a user, at least one; the target is never among them.
  const histories = Array.from(targets, (target) => {
    const own = new Set(Array.from({ length: 1 + rng.integer(2 * seen - 1) }, pick));
    own.delete(target);
    return Int32Array.from(own).sort();
  });
  const rowOf = new Map(histories.map((history, user) => [history, user]));
  const items_VD = tf.tensor2d(itemVectors, [items, width]);
  const scorer = dotProductScorer({
    name: 'given vectors',
    // Batches are users in order.
    encode: (batch) => {
      const start = rowOf.get(batch[0]!)! * width;
      return tf.tensor2d(userVectors.subarray(start, start + batch.length * width), [batch.length, width]);
    },
    itemVectors_VD: items_VD,
  });
  const compute = (): number[] => {
    const { ranks } = rankWithScorer(scorer, { histories, targets }, { seenItems: 'excluded' });
    return rankingMetrics(ranks, cutoffs, protocol).flatMap(({ value, interval }) => [
      value,
      interval!.low,
      interval!.high,
    ]);
  };
  return {
    way: 'rankWithScorer and rankingMetrics, encoded in batches of 256, ranked by one graph of 1,024 users',
    sample: () => {
      const values = compute();
      return figure === 'memory' ? peakMemoryMB() : values;
    },
    givesFigure: figure === 'memory',
    values: compute,
    shared: () => ({
      tensors: new Map([
        ['users', { shape: [users, width], values: userVectors }],
        ['items', { shape: [items, width], values: itemVectors }],
        ['targets', asFloats(targets, [users])],
        ...seenPairs(histories),
      ]),
      integers: ['targets', 'seenUser', 'seenItem'],
    }),
  };
}
