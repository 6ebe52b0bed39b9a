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
      readonly name: 'sampled-softmax' | 'bce' | 'bpr';
      /** Drawn uniformly: of each target its own, or for sampled softmax those that a batch shares. */
      readonly negatives: number;
    }
  | {
      readonly name: 'gbce';
      readonly negatives: number;
      /** t, 0 to 1: see `gbcePower`. */
      readonly calibration: number;
    };

/** The losses by name. */
export const nextItemLossNames = ['cross-entropy', 'sampled-softmax', 'bce', 'gbce', 'bpr'] as const;

const titles = {
  'cross-entropy': 'cross-entropy over all items',
  'sampled-softmax': 'sampled softmax',
  bce: 'binary cross-entropy',
  gbce: 'gBCE',
  bpr: 'BPR',
} as const;

/** How a protocol names a loss. @param asked where items are asked for: 'every position' */
export function describeLoss(loss: NextItemLoss, asked: string): string {
  if (loss.name === 'cross-entropy') return `${titles[loss.name]}, ${asked}`;
  const sampled = `${loss.negatives} uniform negatives a ${loss.name === 'sampled-softmax' ? 'batch' : 'position'}`;
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
  if (loss.name !== 'sampled-softmax') {
    return { negatives_LK: { values: sampleNegatives(sampler, targets, count, rng), shape: [L, count] } };
  }
  const shared = sampleSharedNegatives(sampler, count, rng);
  return {
    negatives_N: { values: shared, shape: [count] },
    logExpected_N: { values: logExpectedCounts(sampler, shared, count), shape: [count] },
    logExpectedTarget_L: { values: logExpectedCounts(sampler, targets, count), shape: [L] },
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
    if (loss.name === 'sampled-softmax') {
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
