import type * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import { leaves } from '../../base/tree';
import { popularitySampler, sampleNegatives } from '../../objectives/sample-negatives';
import {
  initSkipGram,
  keepProbabilities,
  skipGramLoss,
  skipGramPairs,
  type SkipGramPairing,
} from '../../objectives/skip-gram';
import { trainPart, type SplitSequences } from '../../preprocessing/splits/split-sequences';
import { countItems } from '../../recommendation/popularity';
import type { SequenceModel } from '../sequence-model';
import type { Objective } from './objective';

/** What item vectors are learned by, from items that stand near each other. */
export interface SkipGramOptions extends SkipGramPairing {
  /** K: drawn for each pair by the power .75 of their counts. */
  readonly negatives: number;
  /** Of frequent items, events are left out at random: see `keepProbabilities`. */
  readonly threshold: number;
  /** Pairs in a step. */
  readonly pairs: number;
}

/** A list of pairs, with what its negatives are drawn from. */
export interface DrawnPairs {
  readonly centres: Int32Array;
  readonly contexts: Int32Array;
  readonly negativesRng: Rng;
}

/** Whether a model has nothing but item vectors to learn: alone, this objective teaches nothing else. */
export const hasOnlyItemVectors = (model: SequenceModel): boolean => leaves(model.params).length === 1;

/**
 * Item vectors by the items beside them (item2vec): no order beyond a window, and no encoder in between.
 *
 * Every epoch leaves out other events of frequent items, shuffles anew where that is asked for, and mixes the pairs of all users.
 *
 * @throws RangeError when a number is out of range, or there is no pair
 */
export function skipGram(
  model: SequenceModel,
  split: SplitSequences,
  { window, shuffled, negatives, threshold, pairs }: SkipGramOptions,
  rng: Rng,
): Objective<DrawnPairs> {
  for (const [name, value] of Object.entries({ negatives, pairs })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`skipGram: ${name} must be a whole number from 1, got ${value}`);
  }
  const own = rng.child('skip-gram');
  const counts_V = countItems(split);
  const total = counts_V.reduce((sum, count) => sum + count, 0);
  const kept_V = keepProbabilities(
    Array.from(counts_V, (count) => count / total),
    threshold,
  );
  const sampler = popularitySampler(counts_V, 0.75);
  const heads = initSkipGram(model.config.numItems, model.config.width);
  const batches = (epoch: number, round = 0): DrawnPairs[] => {
    const ofEpoch = own.child('epoch', epoch, 'round', round);
    const draw = ofEpoch.child('pairs');
    const all = split.sequences.userIds.map((_, user) =>
      skipGramPairs(
        trainPart(split, user).filter((item) => draw.next() < kept_V[item]!),
        { window, shuffled },
        draw,
      ),
    );
    const centres = Int32Array.from(all.flatMap((pair) => pair.centres));
    const contexts = Int32Array.from(all.flatMap((pair) => pair.contexts));
    if (centres.length === 0) throw new RangeError('skipGram: there is no pair of items to learn from');
    const order = ofEpoch.child('order').shuffle(Int32Array.from(centres.keys()));
    return Array.from({ length: Math.ceil(order.length / pairs) }, (_, batch) => {
      const places = order.subarray(batch * pairs, (batch + 1) * pairs);
      return {
        centres: places.map((place) => centres[place]!),
        contexts: places.map((place) => contexts[place]!),
        negativesRng: ofEpoch.child('negatives', batch),
      };
    });
  };
  return {
    name: 'skip-gram',
    heads,
    batches,
    inputs: ({ centres, contexts, negativesRng }) => {
      // Filled up with item 1, which counts nothing.
      const filled = (values: Int32Array): Int32Array => {
        const list = new Int32Array(pairs).fill(1);
        list.set(values);
        return list;
      };
      const asked = filled(contexts);
      return {
        centres_L: { values: filled(centres), shape: [pairs] },
        contexts_L: { values: asked, shape: [pairs] },
        negatives_LK: {
          values: sampleNegatives(sampler, asked, negatives, negativesRng),
          shape: [pairs, negatives],
        },
        weights_L: { values: new Float32Array(pairs).fill(1, 0, centres.length), shape: [pairs] },
      };
    },
    loss: (inputs) =>
      skipGramLoss(
        heads,
        model.params.itemEmbedding,
        inputs['centres_L'] as tf.Tensor1D,
        inputs['contexts_L'] as tf.Tensor1D,
        inputs['negatives_LK'] as tf.Tensor2D,
        inputs['weights_L'] as tf.Tensor1D,
      ),
    weight: ({ centres }) => centres.length,
  };
}
