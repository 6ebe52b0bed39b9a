import * as tf from '@tensorflow/tfjs';
import { createRng } from '../../base/random';
import type { Scorer } from '../scorer';
import { usedItems } from '../used-items';
import { entriesOf, newLearner, newSide, onePass, type Lesson } from './learner';
import { ownFeatures, type LightFm } from './lightfm';
import { represent, type Side } from './side';

/** How a user's vector is found. */
export interface ByLightFmOptions {
  /** Passes over the history; default 30. */
  readonly epochs?: number;
  /** Of the draws of `bpr` and `warp`; default 1. */
  readonly seed?: number;
}

/**
 * Recommend by a LightFM: the user's own vector is learned from the history that is asked with, items held, so that it may be anybody's.
 *
 * Each item of the history counts as liked once, however often it stands there. An empty history gives the order of the items' biases. The
 * answer for a history does not depend on what else is asked.
 */
export function byLightFm(
  name: string,
  model: LightFm,
  { epochs = 30, seed = 1 }: ByLightFmOptions = {},
): Scorer {
  const { loss, learningRate, mostDraws } = model;
  const numFactors = model.itemVectors.columns;
  const items = itemsWithoutFeatures(model);
  const numItems = items.biases.length;
  const lesson: Lesson = { loss, learningRate, mostDraws, teachesItems: false };
  const vectorOf = (history: Int32Array): Float64Array => {
    const rng = createRng(seed);
    const user = newSide(ownFeatures(1), numFactors, rng.child('user'));
    user.vectors.fill(0);
    if (history.length > 0) {
      const liked = usedItems([history], numItems);
      const learner = newLearner(user, items, lesson);
      const entries = entriesOf(liked, loss);
      const draws = rng.child('draws');
      for (let epoch = 0; epoch < epochs; epoch++) onePass(learner, liked, entries, draws);
    }
    const sum = new Float64Array(numFactors + 1);
    represent(user, 0, sum);
    return sum;
  };
  return {
    name,
    numItems,
    score: (histories) =>
      tf.tidy(() => {
        const users = new Float32Array(histories.length * numFactors);
        for (const [row, history] of histories.entries())
          users.set(vectorOf(history).subarray(0, numFactors), row * numFactors);
        const products_NV = tf.matMul(
          tf.tensor2d(users, [histories.length, numFactors]),
          tf.tensor2d(items.vectors, [numItems, numFactors]),
          false,
          true,
        );
        return tf.add<tf.Tensor2D>(products_NV, tf.tensor1d(items.biases));
      }),
  };
}

/** The items, each a feature of its own that is the sum of what it was made of. */
function itemsWithoutFeatures({ features, itemVectors, itemBiases }: LightFm): Side {
  const numItems = features.items.offsets.length - 1;
  const numFactors = itemVectors.columns;
  const items = newSide(ownFeatures(numItems), numFactors, createRng(0));
  const made = { features: features.items, numFactors, vectors: itemVectors.values, biases: itemBiases };
  const sum = new Float64Array(numFactors + 1);
  for (let item = 0; item < numItems; item++) {
    represent(made, item, sum);
    items.vectors.set(sum.subarray(0, numFactors), item * numFactors);
    items.biases[item] = sum[numFactors]!;
  }
  return items;
}
