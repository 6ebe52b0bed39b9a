import * as tf from '@tensorflow/tfjs';
import { createRng } from 'behavior-lab/base/random';
import { dotProductScorer } from 'behavior-lab/recommendation/by-encoder';
import { recommend } from 'behavior-lab/recommendation/top-n';
import type { OurWork } from './our-work';
import { seenPairs } from './ranking';

export interface TopNSettings {
  readonly users: number;
  readonly items: number;
  readonly width: number;
  readonly seen: number;
  readonly top: number;
}

/** Every user's best items from vectors of both, in order, without those that the user has used. */
export function openTopN({ users, items, width, seen, top }: TopNSettings): OurWork {
  const rng = createRng(1);
  const userVectors = Float32Array.from({ length: users * width }, () => rng.normal());
  const itemVectors = Float32Array.from({ length: items * width }, () => rng.normal());
  const histories = Array.from({ length: users }, () => {
    const own = Array.from({ length: 1 + rng.integer(2 * seen - 1) }, () => 1 + rng.integer(items - 1));
    return Int32Array.from(new Set(own)).sort();
  });
  const rowOf = new Map(histories.map((history, user) => [history, user]));
  const scorer = dotProductScorer({
    name: 'given vectors',
    // Batches are users in order.
    encode: (batch) => {
      const start = rowOf.get(batch[0]!)! * width;
      return tf.tensor2d(userVectors.subarray(start, start + batch.length * width), [batch.length, width]);
    },
    itemVectors_VD: tf.tensor2d(itemVectors, [items, width]),
  });
  const sample = (): Int32Array[] => recommend(scorer, histories, { n: top, excludeSeen: true }).items;
  return {
    way: 'recommend, batches of 256',
    sample,
    values: () => sample().flatMap((list) => [...list]),
    shared: () => ({
      tensors: new Map([
        ['users', { shape: [users, width], values: userVectors }],
        ['items', { shape: [items, width], values: itemVectors }],
        ...seenPairs(histories),
      ]),
      integers: ['seenUser', 'seenItem'],
    }),
  };
}
