import * as tf from '@tensorflow/tfjs';
import type { TensorRecord } from '../../nn/graph/recording';
import { takeRows } from '../../nn/take-rows';

/** How the divergence of a variational encoder counts: from nothing up, so that it first learns to say something. */
export interface KlAnnealing {
  /** The weight in the end. */
  readonly weight: number;
  /** Epochs until then; the weight grows evenly, step by step. 0: at once. */
  readonly epochs: number;
}

/** The weight of Liang et al. (WWW 2018) for MovieLens; the epochs are our choice. Neither is tuned here. */
export const klDefaults: KlAnnealing = { weight: 0.2, epochs: 20 };

/** The weight after so many epochs, and parts of one. */
export const klWeightAt = ({ weight, epochs }: KlAnnealing, done: number): number =>
  epochs > 0 ? weight * Math.min(1, done / epochs) : weight;

/**
 * The mean divergence of the asked places, by its weight of this step.
 *
 * @param inputs `positions_L` and `weights_L` of what is asked, and `klWeight_1`
 */
export function klOf(kl_BT: tf.Tensor2D, inputs: TensorRecord): tf.Scalar {
  return tf.tidy(() => {
    const weights_L = inputs['weights_L'] as tf.Tensor1D;
    const all_P1 = tf.reshape<tf.Rank.R2>(kl_BT, [-1, 1]);
    const asked_L = tf.reshape(takeRows(all_P1, inputs['positions_L'] as tf.Tensor1D), [-1]);
    const mean = tf.div(tf.sum(tf.mul(asked_L, weights_L)), tf.maximum(tf.sum(weights_L), 1));
    return tf.mul(mean, tf.reshape(inputs['klWeight_1']!, []));
  });
}
