import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { binaryCrossEntropy } from '../nn/binary-cross-entropy';
import { bpr } from '../nn/bpr';
import { gbce } from '../nn/gbce';
import { sampledSoftmax } from '../nn/sampled-softmax';
import { takeRows } from '../nn/take-rows';
import { nextItemLoss, type NextItemTargets } from './next-item';
import {
  logExpectedCounts,
  sampleNegatives,
  sampleSharedNegatives,
  uniformSampler,
} from './sample-negatives';

/** Numbers with their shape, by the name that the loss reads them by. */
export type NegativeInputs = Readonly<
  Record<string, { readonly values: Int32Array | Float32Array; readonly shape: readonly number[] }>
>;

/** By which loss a model learns the next item: plain data, kept in the record of a run. */
export type NextItemLoss =
  | { readonly name: 'cross-entropy' }
  | {
      /**
       * Softmax over the target and the sampled items alone.
       *
       * Drawing is uniform, so its correction is the same for all and cancels (TensorFlow's sampled_softmax_loss).
       */
      readonly name: 'sampled-softmax';
      /** Drawn uniformly, shared by a batch. */
      readonly negatives: number;
    }
  | {
      /**
       * Softmax over all items, estimated from the sampled ones: each stands for all the items that were not drawn.
       *
       * @source Bengio & Senécal, "Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic Language
       *   Model", IEEE Transactions on Neural Networks 19(4), 2008; Khrylchenko, Baikalov, Makeev, Matveev & Liamaev,
       *   "Correcting the LogQ Correction: Revisiting Sampled Softmax for Large-Scale Retrieval", RecSys 2025, for the
       *   target, which is there for certain and hence stands for itself alone.
       * @differs The loss itself is estimated, instead of its gradient by a weight on each row.
       */
      readonly name: 'importance-softmax';
      /** Drawn uniformly, shared by a batch. */
      readonly negatives: number;
    }
  | {
      readonly name: 'bce' | 'bpr';
      /** Drawn uniformly, of each target its own. */
      readonly negatives: number;
    }
  | {
      readonly name: 'gbce';
      readonly negatives: number;
      /** t, 0 to 1: see `gbcePower`. */
      readonly calibration: number;
    };

/** The losses by name. */
export const nextItemLossNames = [
  'cross-entropy',
  'sampled-softmax',
  'importance-softmax',
  'bce',
  'gbce',
  'bpr',
] as const;

const titles = {
  'cross-entropy': 'cross-entropy over all items',
  'sampled-softmax': 'sampled softmax',
  'importance-softmax': 'softmax estimated by importance sampling',
  bce: 'binary cross-entropy',
  gbce: 'gBCE',
  bpr: 'BPR',
} as const;

/** How a protocol names a loss. @param asked where items are asked for: 'every position' */
export function describeLoss(loss: NextItemLoss, asked: string): string {
  if (loss.name === 'cross-entropy') return `${titles[loss.name]}, ${asked}`;
  const sampled = `${loss.negatives} uniform negatives a ${isShared(loss) ? 'batch' : 'position'}`;
  const calibration = loss.name === 'gbce' ? `, t ${loss.calibration}` : '';
  return `${titles[loss.name]}, ${sampled}${calibration}, ${asked}`;
}

/**
 * Draw the negatives of one batch.
 *
 * @param numItems V, padding included
 * @returns what `lossOfNextItems` reads beside the targets, by name
 * @throws RangeError when `negatives` is no whole number from 1
 */
export function negativesOf(
  loss: NextItemLoss,
  { targets }: Pick<NextItemTargets, 'targets'>,
  numItems: number,
  rng: Rng,
): NegativeInputs {
  if (loss.name === 'cross-entropy') return {};
  const { negatives: count } = loss;
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`negativesOf: negatives must be a whole number from 1, got ${count}`);
  }
  const sampler = uniformSampler(numItems);
  const L = targets.length;
  if (!isShared(loss)) {
    return { negatives_LK: { values: sampleNegatives(sampler, targets, count, rng), shape: [L, count] } };
  }
  const shared = sampleSharedNegatives(sampler, count, rng);
  return {
    negatives_N: { values: shared, shape: [count] },
    logExpected_N: { values: logExpectedCounts(sampler, shared, count), shape: [count] },
    logExpectedTarget_L: {
      values:
        loss.name === 'sampled-softmax' ? logExpectedCounts(sampler, targets, count) : new Float32Array(L),
      shape: [L],
    },
  };
}

/**
 * The loss of a batch, the mean over its targets.
 *
 * @param hidden_BTD       the encoder's state after each event
 * @param itemEmbedding_VD one vector an item; row 0 is padding
 * @param inputs           `positions_L`, `targets_L`, `weights_L` as of `nextItemLoss`, and what `negativesOf` gave
 * @returns nats
 */
export function lossOfNextItems(
  loss: NextItemLoss,
  hidden_BTD: tf.Tensor3D,
  itemEmbedding_VD: tf.Tensor2D,
  inputs: Readonly<Record<string, tf.Tensor>>,
): tf.Scalar {
  const [positions_L, targets_L, weights_L] = ['positions_L', 'targets_L', 'weights_L'].map(
    (name) => inputs[name] as tf.Tensor1D,
  ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  if (loss.name === 'cross-entropy') {
    return nextItemLoss(hidden_BTD, itemEmbedding_VD, positions_L, targets_L, weights_L);
  }
  return tf.tidy(() => {
    const [B, T, D] = hidden_BTD.shape;
    const asked_LD = takeRows(tf.reshape(hidden_BTD, [B * T, D]), positions_L);
    if (isShared(loss)) {
      const sample = {
        negatives_N: inputs['negatives_N'] as tf.Tensor1D,
        logExpected_N: inputs['logExpected_N'] as tf.Tensor1D,
        logExpectedTarget_L: inputs['logExpectedTarget_L'] as tf.Tensor1D,
      };
      return sampledSoftmax(asked_LD, itemEmbedding_VD, targets_L, sample, weights_L);
    }
    const negatives_LK = inputs['negatives_LK'] as tf.Tensor2D;
    switch (loss.name) {
      case 'bce':
        return binaryCrossEntropy(asked_LD, itemEmbedding_VD, targets_L, negatives_LK, { weights_L });
      case 'gbce': {
        const options = { calibration: loss.calibration, weights_L };
        return gbce(asked_LD, itemEmbedding_VD, targets_L, negatives_LK, options);
      }
      case 'bpr':
        return bpr(asked_LD, itemEmbedding_VD, targets_L, negatives_LK, weights_L);
    }
  });
}

/** Whether a batch draws one sample for all its targets. */
const isShared = (
  loss: NextItemLoss,
): loss is NextItemLoss & { readonly name: 'sampled-softmax' | 'importance-softmax' } =>
  loss.name === 'sampled-softmax' || loss.name === 'importance-softmax';
