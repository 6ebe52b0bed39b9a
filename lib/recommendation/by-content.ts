import * as tf from '@tensorflow/tfjs';
import type { SparseRows } from '../base/sparse-rows';
import type { Scorer } from './scorer';
import { expectCounts } from './used-items';

/** Which of a user's items speak. */
export interface ByContentOptions {
  /** Of a history so many of the latest items; default all. */
  readonly latest?: number;
}

/**
 * Recommend items that are made of the same things as the user's own: by TF-IDF and the cosine.
 *
 * A feature counts the more, the fewer items have it. The user is the mean of the vectors of her items, each of length 1. Nobody else's
 * behaviour is read, so that an item that nobody used yet is found; an item without features, or with those that all have, scores 0.
 *
 * @param features items by features, row 0 padding: how often, or how much, each item has each
 * @throws RangeError when a value is negative or not finite, or `latest` is no whole number from 1
 * @source Salton & Buckley, "Term-weighting Approaches in Automatic Text Retrieval", Information Processing & Management 24(5), 1988 (weights
 *   `tf * log(N / n)`, length 1); Lops, de Gemmis & Semeraro, "Content-based Recommender Systems: State of the Art and Trends", Recommender
 *   Systems Handbook, 2011 (the user as the mean of items).
 */
export function byContent(features: SparseRows, { latest = Infinity }: ByContentOptions = {}): Scorer {
  expectCounts('byContent', { latest });
  if (!features.values.every((value) => value >= 0 && value < Infinity)) {
    throw new RangeError('byContent: a feature of an item is negative or not finite');
  }
  const numItems = features.offsets.length - 1;
  const { offsets, columns, values } = weighted(features, numItems);
  return {
    name: latest === Infinity ? 'content' : `content, last ${latest}`,
    numItems,
    score: (histories) => {
      const scores = new Float32Array(histories.length * numItems);
      for (const [user, history] of histories.entries()) {
        const own = history.subarray(Math.max(0, history.length - latest));
        const profile = new Float64Array(features.numColumns);
        for (const item of own)
          for (let entry = offsets[item]!; entry < offsets[item + 1]!; entry++)
            profile[columns[entry]!]! += values[entry]! / own.length;
        for (let item = 1; item < numItems; item++) {
          let sum = 0;
          for (let entry = offsets[item]!; entry < offsets[item + 1]!; entry++)
            sum += values[entry]! * profile[columns[entry]!]!;
          scores[user * numItems + item] = sum;
        }
      }
      return tf.tensor2d(scores, [histories.length, numItems]);
    },
  };
}

/** Every item's features, the rarer the heavier, as a vector of length 1. */
function weighted({ offsets, columns, values, numColumns }: SparseRows, numItems: number): SparseRows {
  const having = new Int32Array(numColumns);
  for (const [entry, feature] of columns.entries()) if (values[entry]! > 0) having[feature]! += 1;
  const own = values.map((value, entry) =>
    value === 0 ? 0 : value * Math.log((numItems - 1) / having[columns[entry]!]!),
  );
  for (let item = 0; item < numItems; item++) {
    const row = own.subarray(offsets[item], offsets[item + 1]);
    const length = Math.hypot(...row);
    if (length > 0) for (const [at, value] of row.entries()) row[at] = value / length;
  }
  return { numColumns, offsets, columns, values: own };
}
