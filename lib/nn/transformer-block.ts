import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { attention, attentionWeights, initAttention, type AttentionWeights } from './attention';
import { dropout } from './dropout';
import { evenSizes } from './even-sizes';
import { gelu } from './gelu';
import { initLayerNorm, layerNorm, type LayerNormWeights } from './layer-norm';
import { initLinear, linear, type LinearWeights } from './linear';
import type { Mode } from './mode';
import { relu } from './relu';
import type { HeadsOptions } from './scaled-dot-product-attention';

/** Weights of a transformer block of width D with a feed-forward layer of width F. */
export interface TransformerBlockWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly attention: AttentionWeights<Leaf>;
  readonly attentionNorm: LayerNormWeights<Leaf>; // [D]
  readonly expand: LinearWeights<Leaf>; // kernel [D, F], bias [F]
  readonly contract: LinearWeights<Leaf>; // kernel [F, D], bias [D]
  readonly feedForwardNorm: LayerNormWeights<Leaf>; // [D]
}

/** Trainable weights of a transformer block. */
export type TransformerBlockParams = TransformerBlockWeights<tf.Variable>;

/** How a transformer block is put together. */
export interface TransformerBlockOptions extends Omit<HeadsOptions, 'dropoutRate'> {
  /**
   * Where the layer norms stand. 'pre': before each part, the sum itself stays untouched; needs one more layer norm
   * after the last block, and trains without warm-up. 'post': after each sum, as in the paper of 2017.
   */
  readonly norm: 'pre' | 'post';
  /** What stands between the two feed-forward layers; 'gelu-tanh' is the approximation of BERT and GPT-2. */
  readonly activation: 'relu' | 'gelu' | 'gelu-tanh';
  /** Share of numbers silenced in the output of each part while training, 0 to below 1. */
  readonly dropoutRate: number;
  /** Share of attention weights silenced while training, 0 to below 1. Default 0. */
  readonly attentionDropoutRate?: number;
}

/** Numbers of dropout that one block takes: the next block's `site` starts that much later. */
export const sitesPerBlock = 3;

/** Draw the weights of a block: linear layers by `initLinear`, layer norms that only normalize. */
export function initTransformerBlock(
  width: number,
  feedForwardWidth: number,
  rng: Rng,
): TransformerBlockParams {
  return {
    attention: initAttention(width, rng.child('attention')),
    attentionNorm: initLayerNorm(width),
    expand: initLinear(width, feedForwardWidth, rng.child('expand')),
    contract: initLinear(feedForwardWidth, width, rng.child('contract')),
    feedForwardNorm: initLayerNorm(width),
  };
}

/**
 * One round of a transformer: every event looks around (attention), then thinks about what it saw (feed-forward);
 * each time the result is added to what was there.
 *
 * When `causal`, the output at event t depends on events 0..t only; padding changes nothing for events.
 *
 * @param x_BTD one vector an event
 * @returns `[B, T, D]`
 * @throws RangeError as `attention`, or when a dropout rate is outside [0, 1)
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, sections 3.1, 3.3 and 5.4 ('post', 'relu'). 'pre': Xiong
 *   et al., "On Layer Normalization in the Transformer Architecture", ICML 2020, section 3.1, table 1.
 */
export function transformerBlock(
  params: TransformerBlockWeights,
  x_BTD: tf.Tensor3D,
  options: TransformerBlockOptions,
  mode: Mode,
): tf.Tensor3D {
  const { norm, dropoutRate, attentionDropoutRate = 0, site = 0 } = options;
  const look = (seen_BTD: tf.Tensor3D): tf.Tensor3D => {
    const heads: HeadsOptions = { ...options, dropoutRate: attentionDropoutRate, site };
    return dropout(attention(params.attention, seen_BTD, heads, mode), dropoutRate, mode, site + 1);
  };
  const think = (seen_BTD: tf.Tensor3D): tf.Tensor3D =>
    dropout(feedForward(params, seen_BTD, options.activation), dropoutRate, mode, site + 2);

  return tf.tidy(() => {
    if (norm === 'pre') {
      const looked_BTD = tf.add<tf.Tensor3D>(x_BTD, look(layerNorm(params.attentionNorm, x_BTD)));
      return tf.add<tf.Tensor3D>(looked_BTD, think(layerNorm(params.feedForwardNorm, looked_BTD)));
    }
    const looked_BTD = layerNorm(params.attentionNorm, tf.add<tf.Tensor3D>(x_BTD, look(x_BTD)));
    return layerNorm(params.feedForwardNorm, tf.add<tf.Tensor3D>(looked_BTD, think(looked_BTD)));
  });
}

/**
 * How much each event looks at each other one in a block: `attentionWeights` of what its attention gets to see.
 *
 * @returns `[B, H, T, T]`, each row sums to 1
 */
export function transformerBlockWeights(
  params: TransformerBlockWeights,
  x_BTD: tf.Tensor3D,
  { norm, ...heads }: HeadsOptions & Pick<TransformerBlockOptions, 'norm'>,
): tf.Tensor4D {
  return tf.tidy(() =>
    attentionWeights(
      params.attention,
      norm === 'pre' ? layerNorm(params.attentionNorm, x_BTD) : x_BTD,
      heads,
    ),
  );
}

function feedForward(
  params: TransformerBlockWeights,
  x_BTD: tf.Tensor3D,
  activation: TransformerBlockOptions['activation'],
): tf.Tensor3D {
  const [B, T, D] = x_BTD.shape;
  const rows_ND = tf.reshape<tf.Rank.R2>(x_BTD, [B * T, D]);
  const think = (part_ND: tf.Tensor2D): tf.Tensor2D => {
    const wide_NF = linear(params.expand, part_ND);
    const active_NF =
      activation === 'relu' ? relu(wide_NF) : gelu(wide_NF, activation === 'gelu' ? 'exact' : 'tanh');
    return linear(params.contract, active_NF);
  };
  const sizes = partSizes(B * T, params.expand.kernel.shape[1]!);
  const parts: tf.Tensor2D[] = sizes.length === 1 ? [rows_ND] : tf.split(rows_ND, sizes);
  const thought_ND = parts.map(think);
  return tf.reshape(thought_ND.length === 1 ? thought_ND[0]! : tf.concat(thought_ND), [B, T, D]);
}

/**
 * Rows do not look at each other here: a part of them whose wide numbers fit into a core's cache goes through all steps
 * before the next, and in a graph several parts go side by side. Depends on the shape alone.
 */
function partSizes(rows: number, width: number): number[] {
  return evenSizes(rows, Math.min(8, Math.max(1, Math.round((rows * width) / numbersAPart))));
}

/** 2 MB. BERT4Rec's step (6,400 rows, 256 wide, 2 cores) took 60 ms with 1 and 2 MB, 63 in one part. */
const numbersAPart = 2 ** 19;
