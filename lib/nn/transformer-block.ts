import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { expectShape } from '../base/shape';
import { attention, attentionWeights, initAttention, type AttentionWeights } from './attention';
import { batchParts } from './batch-parts';
import { dropout } from './dropout';
import { feedForward, type FeedForwardActivation, type FeedForwardWeights } from './feed-forward';
import { initLayerNorm, layerNorm, normalize, type LayerNormWeights } from './layer-norm';
import { initLinear } from './linear';
import type { Mode } from './mode';
import { normIntoLinear } from './norm-into-linear';
import type { HeadsOptions } from './scaled-dot-product-attention';

/** Weights of a transformer block of width D with a feed-forward layer of width F. */
export interface TransformerBlockWeights<
  Leaf extends tf.Tensor = tf.Tensor,
> extends FeedForwardWeights<Leaf> {
  readonly attention: AttentionWeights<Leaf>;
  readonly attentionNorm: LayerNormWeights<Leaf>; // [D]
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
  /** What stands between the two feed-forward layers. */
  readonly activation: FeedForwardActivation;
  /** Share of numbers silenced in the output of each part while training, 0 to below 1. */
  readonly dropoutRate: number;
  /** Share of attention weights silenced while training, 0 to below 1. Default 0. */
  readonly attentionDropoutRate?: number;
  /** Added to the variance in the layer norms; see `layerNorm`. */
  readonly normEpsilon?: number;
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
  const { isReal_BT, site = 0 } = options;
  const [B, T] = x_BTD.shape;
  if (isReal_BT) expectShape('transformerBlock: isReal_BT', isReal_BT, [B, T]);
  const sizes = batchParts(B);
  return tf.tidy(() => {
    const weights = options.norm === 'pre' ? withNormsInside(params) : params;
    if (sizes.length === 1) return blockOfPart(weights, x_BTD, options, mode);
    const parts: tf.Tensor3D[] = tf.split(x_BTD, sizes);
    const isReal = isReal_BT && tf.split<tf.Tensor2D>(isReal_BT, sizes);
    const outputs = parts.map((part, index) => {
      const own = { site: site + index * sitesPerPart, ...(isReal && { isReal_BT: isReal[index]! }) };
      return blockOfPart(weights, part, { ...options, ...own }, mode);
    });
    return tf.concat(outputs);
  });
}

/** Pre-norm: the first layer of each part reads normalized vectors, see `normIntoLinear`. */
function withNormsInside(params: TransformerBlockWeights): TransformerBlockWeights {
  const { queryKeyValue, output } = params.attention;
  return {
    ...params,
    attention: { queryKeyValue: normIntoLinear(params.attentionNorm, queryKeyValue), output },
    expand: normIntoLinear(params.feedForwardNorm, params.expand),
  };
}

/** Above all heads' numbers of dropout (see `HeadsOptions.site`), for up to 256 heads. */
const sitesPerPart = 2 ** 24;

/** @param weights pre-norm: as `withNormsInside` gives them */
function blockOfPart(
  weights: TransformerBlockWeights,
  x_BTD: tf.Tensor3D,
  options: TransformerBlockOptions,
  mode: Mode,
): tf.Tensor3D {
  const { norm, dropoutRate, attentionDropoutRate = 0, normEpsilon, site = 0 } = options;
  const look = (seen_BTD: tf.Tensor3D): tf.Tensor3D => {
    const heads: HeadsOptions = { ...options, dropoutRate: attentionDropoutRate, site };
    return dropout(attention(weights.attention, seen_BTD, heads, mode), dropoutRate, mode, site + 1);
  };
  const think = (seen_BTD: tf.Tensor3D): tf.Tensor3D =>
    dropout(feedForward(weights, seen_BTD, options.activation), dropoutRate, mode, site + 2);

  return tf.tidy(() => {
    if (norm === 'pre') {
      const looked_BTD = tf.add<tf.Tensor3D>(x_BTD, look(normalize(x_BTD, normEpsilon)));
      return tf.add<tf.Tensor3D>(looked_BTD, think(normalize(looked_BTD, normEpsilon)));
    }
    const looked_BTD = layerNorm(weights.attentionNorm, tf.add<tf.Tensor3D>(x_BTD, look(x_BTD)), normEpsilon);
    return layerNorm(
      weights.feedForwardNorm,
      tf.add<tf.Tensor3D>(looked_BTD, think(looked_BTD)),
      normEpsilon,
    );
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
  { norm, normEpsilon, ...heads }: HeadsOptions & Pick<TransformerBlockOptions, 'norm' | 'normEpsilon'>,
): tf.Tensor4D {
  return tf.tidy(() =>
    attentionWeights(
      params.attention,
      norm === 'pre' ? layerNorm(params.attentionNorm, x_BTD, normEpsilon) : x_BTD,
      heads,
    ),
  );
}
