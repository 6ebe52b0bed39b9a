import * as tf from '@tensorflow/tfjs';
import { transpose } from '../base/sparse-rows';
import type { Scorer } from './scorer';
import { expectCounts, usedItems } from './used-items';

/** Who speaks, and how many. */
export interface UserKnnOptions {
  /** V: item indices are below it, 0 is padding. */
  readonly numItems: number;
  /** k: so many of the most similar users speak; default 100. */
  readonly neighbors?: number;
  /** Of the history that is asked with so many of the latest items are compared; default all. */
  readonly latest?: number;
}

/**
 * Recommend what the users did whose items are most like the user's own.
 *
 * Two users are as similar as the cosine of the sets of their items. An item's score is the sum of the similarities of those of the k most
 * similar users that used it; equally similar ones are taken in their order. A user who was learned from is among the neighbours, and speaks
 * for what was known of them.
 *
 * @param histories item indices of each user, 1 to V-1, repeats allowed
 * @throws RangeError when `neighbors` or `latest` is no whole number from 1, or an item is out of range
 * @source Herlocker, Konstan, Borchers & Riedl, "An Algorithmic Framework for Performing Collaborative Filtering", SIGIR 1999; Jannach &
 *   Ludewig, "When Recurrent Neural Networks Meet the Neighborhood for Session-Based Recommendation", RecSys 2017 (sets of items instead of
 *   ratings).
 */
export function userKnn(
  histories: readonly Int32Array[],
  { numItems, neighbors = 100, latest = Infinity }: UserKnnOptions,
): Scorer {
  expectCounts('userKnn', { neighbors, latest });
  const byUser = usedItems(histories, numItems);
  const byItem = transpose(byUser);
  const sizes = Float64Array.from(histories, (_, user) => byUser.offsets[user + 1]! - byUser.offsets[user]!);
  const common = new Float64Array(histories.length);
  return {
    name: latest === Infinity ? 'user-kNN' : `user-kNN, last ${latest}`,
    numItems,
    score: (asked) => {
      const scores = new Float32Array(asked.length * numItems);
      for (const [row, history] of asked.entries()) {
        const own = new Set(history.subarray(Math.max(0, history.length - latest)));
        common.fill(0);
        for (const item of own) {
          const users = byItem.columns.subarray(byItem.offsets[item], byItem.offsets[item + 1]);
          for (const user of users) common[user]! += 1;
        }
        const similarity = (user: number): number => common[user]! / Math.sqrt(own.size * sizes[user]!);
        const near = Array.from(common.keys())
          .filter((user) => common[user]! > 0)
          .sort((one, other) => similarity(other) - similarity(one) || one - other)
          .slice(0, neighbors);
        for (const user of near) {
          const items = byUser.columns.subarray(byUser.offsets[user], byUser.offsets[user + 1]);
          for (const item of items) scores[row * numItems + item]! += similarity(user);
        }
      }
      return tf.tensor2d(scores, [asked.length, numItems]);
    },
  };
}
