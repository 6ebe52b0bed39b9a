import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import { initLinear, linear, type LinearParams } from '../../nn/linear';
import { relu } from '../../nn/relu';

/** What says how much an event of the history matters for a candidate. D -> H -> 1. */
export interface HistoryAttentionParams {
  readonly hidden: LinearParams; // [4D, H]
  readonly output: LinearParams; // [H, 1]
}

/** Draw the weights of an attention over a history. */
export function initHistoryAttention(width: number, hidden: number, rng: Rng): HistoryAttentionParams {
  return {
    hidden: initLinear(4 * width, hidden, rng.child('hidden')),
    output: initLinear(hidden, 1, rng.child('output')),
  };
}

/**
 * Sum up a history as it matters for one candidate: each event by a weight that a small network finds from both.
 *
 * The weights are not normalised, so that a history that has much to do with the candidate gives a longer vector than one that has
 * little. Padding, a vector of zeros, adds nothing to the sum.
 *
 * @param history_NLD vectors of the events, zeros for padding
 * @param candidate_ND
 * @returns `[N, D]`
 * @source Zhou et al., "Deep Interest Network for Click-Through Rate Prediction", KDD 2018, section 4.3.
 * @differs ReLU instead of Dice; the network reads both vectors, their difference and their product.
 */
export function historyAttention(
  params: HistoryAttentionParams,
  history_NLD: tf.Tensor3D,
  candidate_ND: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const [N, L, D] = history_NLD.shape;
    const candidate_NLD: tf.Tensor3D = tf.tile(tf.reshape(candidate_ND, [N, 1, D]), [1, L, 1]);
    const both = [
      history_NLD,
      candidate_NLD,
      tf.sub(history_NLD, candidate_NLD),
      tf.mul(history_NLD, candidate_NLD),
    ];
    const read: tf.Tensor2D = tf.reshape(tf.concat(both, 2), [N * L, 4 * D]);
    const weight_NL1 = tf.reshape(linear(params.output, relu(linear(params.hidden, read))), [N, L, 1]);
    return tf.sum(tf.mul(history_NLD, weight_NL1), 1);
  });
}
