import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { constant } from '../nn/constant';
import { embedding } from '../nn/embedding';
import type { ItemFeatures } from '../preprocessing/side/side-columns';

/** Weights of the features of items. */
export interface ItemFeatureParams {
  readonly table: tf.Variable<tf.Rank.R2>; // [features + 1, D], row 0 zero
}

/** Draw one vector a feature as item vectors are drawn: normal with a standard deviation of 1/sqrt(D). Row 0 is zero. */
export function initItemFeatures(features: ItemFeatures, width: number, rng: Rng): ItemFeatureParams {
  const size = features.names.length;
  const table = Float32Array.from({ length: size * width }, (_, place) =>
    place < width ? 0 : rng.normal() / Math.sqrt(width),
  );
  return { table: weight<tf.Rank.R2>(table, [size, width]) };
}

/**
 * The vector of each item: one of its own, plus the sum of those of its features.
 *
 * An item without an event in training has no vector of its own, only its features: what was drawn for it at random, or learned from
 * never seeing it, says nothing of it. So a film that nobody has seen stands where films of its genres do.
 *
 * @param itemEmbedding_VD one vector an item, row 0 zero
 * @returns `[V, D]`, row 0 zero
 * @throws RangeError when the features are of another number of items
 * @source Kula, "Metadata Embeddings for User and Item Cold-start Recommendations", CBRecSys 2015, section 3.1 (LightFM).
 * @differs No bias of features; LightFM keeps the own vector of an item that it has not seen, where it was given one.
 */
export function itemVectors(
  { table }: ItemFeatureParams,
  itemEmbedding_VD: tf.Tensor2D,
  features: ItemFeatures,
): tf.Tensor2D {
  const V = itemEmbedding_VD.shape[0];
  if (features.ofItem.length !== V) {
    throw new RangeError(`itemVectors: features of ${features.ofItem.length} items for ${V}`);
  }
  const most = features.ofItem.reduce((longest, { length }) => Math.max(longest, length), 1);
  return tf.tidy(() => {
    const features_VK = constant(() => {
      const codes = new Int32Array(V * most);
      for (const [item, own] of features.ofItem.entries()) codes.set(own, item * most);
      return tf.tensor2d(codes, [V, most], 'int32');
    });
    const isSeen_V1 = constant(() => {
      const isSeen = new Float32Array(V).fill(1);
      for (const item of features.unseen) isSeen[item] = 0;
      return tf.tensor2d(isSeen, [V, 1]);
    });
    const sum_VD = tf.sum(embedding(table, features_VK), 1);
    return tf.add(tf.mul(itemEmbedding_VD, isSeen_V1), sum_VD);
  });
}
