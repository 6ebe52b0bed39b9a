import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { initLinear, linear, type LinearWeights } from './linear';
import type { Mode } from './mode';
import {
  attentionWeightsOf,
  scaledDotProductAttention,
  type HeadsOptions,
} from './scaled-dot-product-attention';

/** Weights of a multi-head attention layer of width D. */
export interface AttentionWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly queryKeyValue: LinearWeights<Leaf>; // kernel [D, 3D], bias [3D]: queries, keys and values side by side
  readonly output: LinearWeights<Leaf>; // kernel [D, D], bias [D]
}

/** Trainable weights of a multi-head attention layer. */
export type AttentionParams = AttentionWeights<tf.Variable>;

/** Draw the weights of an attention layer over vectors of width D; see `initLinear`. */
export function initAttention(width: number, rng: Rng): AttentionParams {
  return {
    queryKeyValue: initLinear(width, 3 * width, rng.child('query-key-value')),
    output: initLinear(width, width, rng.child('output')),
  };
}

/**
 * Let every event look at the other events of its sequence and take over what fits.
 *
 * Each head compares the event's query with the keys of all events it may see (see `Visibility`) and averages their
 * values by how well they match; the heads' averages are mixed by one more linear layer. When `causal`, the output at
 * event t depends on events 0..t only. Nothing looks at padding; padding looks at itself at least, so that its output is
 * finite, and noise. Without positions in `x_BTD` or a `bias_HTT`, the order of the events does not count.
 *
 * @param x_BTD one vector an event
 * @returns `[B, T, D]`
 * @throws RangeError when `numHeads` does not divide D, or `isReal_BT` or `bias_HTT` has another shape
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.2.
 * @differs The three projections have biases, as in most implementations; the paper has none.
 */
export function attention(
  params: AttentionWeights,
  x_BTD: tf.Tensor3D,
  options: HeadsOptions,
  mode: Mode,
): tf.Tensor3D {
  return tf.tidy(() =>
    linear(params.output, scaledDotProductAttention(linear(params.queryKeyValue, x_BTD), options, mode)),
  );
}

/**
 * How much each event looks at each other one in `attention` without dropout: for pictures and tables.
 *
 * @returns `[B, H, T, T]`: row t is how event t shares its attention out; it sums to 1, and is exactly 0 where t may not look
 * @throws RangeError as `attention`
 */
export function attentionWeights(
  params: AttentionWeights,
  x_BTD: tf.Tensor3D,
  options: HeadsOptions,
): tf.Tensor4D {
  return tf.tidy(() => attentionWeightsOf(linear(params.queryKeyValue, x_BTD), options));
}
