import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import type { Rng } from '../base/random';
import { dropout } from './dropout';
import { initLinear, linear, type LinearWeights } from './linear';
import type { Mode } from './mode';

/** Weights of a multi-head cross-attention layer of width D. */
export interface CrossAttentionWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly query: LinearWeights<Leaf>; // kernel [D, D], bias [D]: of those who look
  readonly keyValue: LinearWeights<Leaf>; // kernel [D, 2D], bias [2D]: of what is looked at, keys and values side by side
  readonly output: LinearWeights<Leaf>; // kernel [D, D], bias [D]
}

/** Trainable weights of a cross-attention layer. */
export type CrossAttentionParams = CrossAttentionWeights<tf.Variable>;

/** How the heads of a cross-attention layer look at the memory. */
export interface CrossAttentionOptions {
  /** H: heads, each with a width of D/H. Must divide D. */
  readonly numHeads: number;
  /** `[T, M]`, added to the scores of all heads: 0 may look, -1e9 may not. Each row needs a 0. Left out: all see all. */
  readonly mask_TM?: tf.Tensor2D;
  /** Share of the weights silenced while training, 0 to below 1. Default 0. */
  readonly dropoutRate?: number;
  /** The dropout's own number, 0 to 65535; head h takes `site + 65536 h`. Default 0. */
  readonly site?: number;
}

/** Draw the weights of a cross-attention layer over vectors of width D; see `initLinear`. */
export function initCrossAttention(width: number, rng: Rng): CrossAttentionParams {
  return {
    query: initLinear(width, width, rng.child('query')),
    keyValue: initLinear(width, 2 * width, rng.child('key-value')),
    output: initLinear(width, width, rng.child('output')),
  };
}

/**
 * Let every event look at the vectors of another sequence, the memory, and take over what fits.
 *
 * Queries come from the events, keys and values from the memory: a decoder reads in this way what an encoder wrote. With the events
 * themselves as memory it is self-attention.
 *
 * @param x_BTD      one vector for each that looks
 * @param memory_BMD one vector for each that is looked at
 * @returns `[B, T, D]`
 * @throws RangeError when `numHeads` does not divide D, or a shape does not fit
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, sections 3.2.2 and 3.2.3 ("encoder-decoder attention").
 * @differs The three projections have biases, as in most implementations; the paper has none.
 */
export function crossAttention(
  params: CrossAttentionWeights,
  x_BTD: tf.Tensor3D,
  memory_BMD: tf.Tensor3D,
  options: CrossAttentionOptions,
  mode: Mode,
): tf.Tensor3D {
  const { dropoutRate = 0, site = 0 } = options;
  return tf.tidy(() => {
    const gathered = headsOf(params, x_BTD, memory_BMD, options).map(({ weights_BTM, values_BMK }, head) =>
      tf.matMul<tf.Tensor3D>(dropout(weights_BTM, dropoutRate, mode, site + 65536 * head), values_BMK),
    );
    return linear(params.output, tf.concat<tf.Tensor3D>(gathered, 2));
  });
}

/**
 * How much each event looks at each vector of the memory in `crossAttention` without dropout: for pictures and tables.
 *
 * @returns `[B, H, T, M]`, each row sums to 1
 * @throws RangeError as `crossAttention`
 */
export function crossAttentionWeights(
  params: CrossAttentionWeights,
  x_BTD: tf.Tensor3D,
  memory_BMD: tf.Tensor3D,
  options: Pick<CrossAttentionOptions, 'numHeads' | 'mask_TM'>,
): tf.Tensor4D {
  return tf.tidy(() => {
    const heads = headsOf(params, x_BTD, memory_BMD, options);
    return tf.stack(
      heads.map(({ weights_BTM }) => weights_BTM),
      1,
    ) as tf.Tensor4D;
  });
}

/** Of each head, how it shares its attention out, before dropout, and what it takes over from whom. */
function headsOf(
  { query, keyValue }: CrossAttentionWeights,
  x_BTD: tf.Tensor3D,
  memory_BMD: tf.Tensor3D,
  { numHeads: H, mask_TM }: CrossAttentionOptions,
): { weights_BTM: tf.Tensor3D; values_BMK: tf.Tensor3D }[] {
  const [B, T, D] = x_BTD.shape;
  if (!Number.isInteger(H) || H < 1 || D % H !== 0) {
    throw new RangeError(`crossAttention: ${H} heads do not divide a width of ${D}`);
  }
  expectShape('crossAttention: memory_BMD', memory_BMD, [B, null, D]);
  if (mask_TM) expectShape('crossAttention: mask_TM', mask_TM, [T, memory_BMD.shape[1]]);
  const queries = tf.split<tf.Tensor3D>(tf.mul(linear(query, x_BTD), 1 / Math.sqrt(D / H)), H, 2);
  const parts = tf.split<tf.Tensor3D>(linear(keyValue, memory_BMD), 2 * H, 2);
  return queries.map((query_BTK, head) => {
    const scores_BTM: tf.Tensor3D = tf.matMul(query_BTK, parts[head]!, false, true);
    const weights_BTM = tf.softmax(mask_TM ? tf.add<tf.Tensor3D>(scores_BTM, mask_TM) : scores_BTM);
    return { weights_BTM, values_BMK: parts[H + head]! };
  });
}
