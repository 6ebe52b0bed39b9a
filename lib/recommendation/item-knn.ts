import * as tf from '@tensorflow/tfjs';
import { transpose } from '../base/sparse-rows';
import { cosineNeighbors, type RowNeighbors } from './cosine-neighbors';
import type { Scorer } from './scorer';
import { expectCounts, usedItems } from './used-items';

/** Which items speak, and how loud. */
export interface ItemKnnOptions {
  /** V: item indices are below it, 0 is padding. */
  readonly numItems: number;
  /** Of each item so many of the most similar are kept; default 100. */
  readonly neighbors?: number;
  /** Of a history so many of the latest items speak; default all. */
  readonly latest?: number;
  /** What an item counts that lies so many places before the next one, 1 for the latest. Default: all alike. */
  readonly weightAt?: (distance: number) => number;
}

/**
 * Recommend items that were used by the same people as the user's own items.
 *
 * Two items are as similar as the cosine of the sets of users that used them; how often does not count. An item's score is the sum of its
 * similarities to the items of the history, over those of which it is one of the nearest.
 *
 * @param histories item indices of each user, 1 to V-1, repeats allowed
 * @throws RangeError when `neighbors` or `latest` is no whole number from 1, or an item is out of range
 * @source Linden, Smith & York, "Amazon.com Recommendations: Item-to-Item Collaborative Filtering", IEEE Internet Computing 7(1), 2003;
 *   Deshpande & Karypis, "Item-based Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004.
 */
export function itemKnn(
  histories: readonly Int32Array[],
  { numItems, neighbors = 100, latest = Infinity, weightAt = () => 1 }: ItemKnnOptions,
): Scorer {
  expectCounts('itemKnn', { neighbors, latest });
  const { rows, similarities } = cosineNeighbors(transpose(usedItems(histories, numItems)), {
    most: neighbors,
  });
  return {
    name: latest === Infinity ? 'item-kNN' : `item-kNN, last ${latest}`,
    numItems,
    score: (asked) => {
      const scores = new Float32Array(asked.length * numItems);
      for (const [user, history] of asked.entries()) {
        const own = scores.subarray(user * numItems, (user + 1) * numItems);
        const first = Math.max(0, history.length - latest);
        for (let place = first; place < history.length; place++) {
          const weight = weightAt(history.length - place);
          addSimilar({ rows, similarities }, history[place]!, weight, own);
        }
      }
      return tf.tensor2d(scores, [asked.length, numItems]);
    },
  };
}

function addSimilar(
  { rows, similarities }: RowNeighbors,
  item: number,
  weight: number,
  scores: Float32Array,
): void {
  const [near, similarity] = [rows[item]!, similarities[item]!];
  for (let place = 0; place < near.length; place++) scores[near[place]!]! += weight * similarity[place]!;
}
