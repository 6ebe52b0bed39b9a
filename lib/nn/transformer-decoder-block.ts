import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { attention } from './attention';
import { crossAttention, initCrossAttention, type CrossAttentionWeights } from './cross-attention';
import { dropout } from './dropout';
import { feedForward } from './feed-forward';
import { initLayerNorm, layerNorm, type LayerNormWeights } from './layer-norm';
import type { Mode } from './mode';
import {
  initTransformerBlock,
  type TransformerBlockOptions,
  type TransformerBlockWeights,
} from './transformer-block';

/** Weights of a decoder's block: those of a transformer block, and a look at the memory between its two parts. */
export interface TransformerDecoderBlockWeights<
  Leaf extends tf.Tensor = tf.Tensor,
> extends TransformerBlockWeights<Leaf> {
  readonly crossAttention: CrossAttentionWeights<Leaf>;
  readonly crossNorm: LayerNormWeights<Leaf>; // [D]
}

/** Trainable weights of a decoder's block. */
export type TransformerDecoderBlockParams = TransformerDecoderBlockWeights<tf.Variable>;

/** How a decoder's block is put together. */
export interface TransformerDecoderBlockOptions extends TransformerBlockOptions {
  /** `[T, M]`: who may look at which vector of the memory; see `CrossAttentionOptions`. */
  readonly mask_TM?: tf.Tensor2D;
}

/** Numbers of dropout that one decoder's block takes: the next block's `site` starts that much later. */
export const sitesPerDecoderBlock = 5;

/** Draw the weights of a decoder's block: see `initTransformerBlock` and `initCrossAttention`. */
export function initTransformerDecoderBlock(
  width: number,
  feedForwardWidth: number,
  rng: Rng,
): TransformerDecoderBlockParams {
  return {
    ...initTransformerBlock(width, feedForwardWidth, rng),
    crossAttention: initCrossAttention(width, rng.child('cross-attention')),
    crossNorm: initLayerNorm(width),
  };
}

/**
 * One round of a decoder: every event looks around among its own (self-attention), then at the memory (cross-attention), then
 * thinks about what it saw (feed-forward); each time the result is added to what was there.
 *
 * The self-attention never sees the memory. What an event learns of it is what `mask_TM` lets its cross-attention see.
 *
 * @param x_BTD      one vector an event
 * @param memory_BMD what an encoder wrote, one vector a place
 * @returns `[B, T, D]`
 * @throws RangeError as `attention` and `crossAttention`, or when a dropout rate is outside [0, 1)
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.1 (decoder). 'pre': Xiong et al., "On Layer
 *   Normalization in the Transformer Architecture", ICML 2020, section 3.1.
 */
export function transformerDecoderBlock(
  params: TransformerDecoderBlockWeights,
  x_BTD: tf.Tensor3D,
  memory_BMD: tf.Tensor3D,
  options: TransformerDecoderBlockOptions,
  mode: Mode,
): tf.Tensor3D {
  const { norm, activation, dropoutRate, attentionDropoutRate = 0, site = 0 } = options;
  const heads = { ...options, dropoutRate: attentionDropoutRate };
  const parts: readonly [LayerNormWeights, (seen_BTD: tf.Tensor3D) => tf.Tensor3D][] = [
    [params.attentionNorm, (seen) => attention(params.attention, seen, { ...heads, site }, mode)],
    [
      params.crossNorm,
      (seen) => crossAttention(params.crossAttention, seen, memory_BMD, { ...heads, site: site + 1 }, mode),
    ],
    [params.feedForwardNorm, (seen) => feedForward(params, seen, activation)],
  ];
  return tf.tidy(() =>
    parts.reduce((before_BTD, [itsNorm, work], part) => {
      const own = (seen: tf.Tensor3D): tf.Tensor3D => dropout(work(seen), dropoutRate, mode, site + 2 + part);
      return norm === 'pre'
        ? tf.add<tf.Tensor3D>(before_BTD, own(layerNorm(itsNorm, before_BTD)))
        : layerNorm(itsNorm, tf.add<tf.Tensor3D>(before_BTD, own(before_BTD)));
    }, x_BTD),
  );
}
