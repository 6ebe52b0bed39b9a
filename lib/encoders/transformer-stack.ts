import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { dropout } from '../nn/dropout';
import type { FeedForwardActivation } from '../nn/feed-forward';
import { initLayerNorm, layerNorm, type LayerNormParams, type LayerNormWeights } from '../nn/layer-norm';
import type { Mode } from '../nn/mode';
import type { HeadsOptions } from '../nn/scaled-dot-product-attention';
import {
  initTransformerBlock,
  sitesPerBlock,
  transformerBlock,
  type TransformerBlockOptions,
  type TransformerBlockParams,
  type TransformerBlockWeights,
} from '../nn/transformer-block';
import type { EncoderConfig } from './encoder';
import { commonSettings, type SettingsOf } from './settings';

/** What every encoder of transformer blocks is made of. Dropout follows the embedding and each part of each block. */
export interface TransformerConfig extends EncoderConfig {
  /** T: the longest sequence that it can read. */
  readonly maxLength: number;
  readonly numBlocks: number;
  /** Heads of each attention layer; they share the width, which they must divide. */
  readonly numHeads: number;
  /** F: width between the two feed-forward layers. */
  readonly feedForwardWidth: number;
  readonly activation: FeedForwardActivation;
  /** Where the layer norms stand: see `TransformerBlockOptions`. */
  readonly norm: 'pre' | 'post';
  /** Share of attention weights silenced while training, 0 to below 1. */
  readonly attentionDropoutRate: number;
}

/** What each of these settings may be. */
export const transformerSettings: SettingsOf<TransformerConfig> = {
  ...commonSettings,
  numBlocks: { option: 'blocks', kind: 'whole number', from: 1, meaning: 'transformer blocks' },
  numHeads: {
    option: 'heads',
    kind: 'whole number',
    from: 1,
    meaning: 'heads of attention; divide the width',
  },
  feedForwardWidth: {
    option: 'feed-forward',
    kind: 'whole number',
    from: 1,
    meaning: 'width between the two feed-forward layers',
  },
  activation: {
    option: 'activation',
    kind: 'word',
    words: ['relu', 'gelu', 'gelu-tanh'],
    meaning: 'what a sum goes through',
  },
  norm: {
    option: 'norm',
    kind: 'word',
    words: ['pre', 'post'],
    meaning: 'layer norms before or after each part',
  },
  attentionDropoutRate: {
    option: 'attention-dropout',
    kind: 'rate',
    meaning: 'share of attention weights silenced while training',
  },
};

/** Weights of a stack of blocks with its own layer norm. */
export interface TransformerStackWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly blocks: readonly TransformerBlockWeights<Leaf>[];
  readonly norm: LayerNormWeights<Leaf>;
}

/** Trainable weights of a stack of blocks with its own layer norm. */
export interface TransformerStackParams {
  readonly blocks: readonly TransformerBlockParams[];
  /** 'pre': after the last block. 'post': before the first. */
  readonly norm: LayerNormParams;
}

/** Draw the weights of a stack. @throws RangeError, in the name of `by`, when the heads do not divide the width */
export function initTransformerStack(
  by: string,
  {
    width,
    numBlocks,
    numHeads,
    feedForwardWidth,
  }: Pick<TransformerConfig, 'width' | 'numBlocks' | 'numHeads' | 'feedForwardWidth'>,
  rng: Rng,
): TransformerStackParams {
  if (width % numHeads !== 0) {
    throw new RangeError(`${by}: numHeads must divide the width ${width}, got ${numHeads}`);
  }
  return {
    blocks: Array.from({ length: numBlocks }, (_, block) =>
      initTransformerBlock(width, feedForwardWidth, rng.child('block', block)),
    ),
    norm: initLayerNorm(width),
  };
}

/**
 * Send vectors through a stack of blocks, with dropout before the first one.
 *
 * @param x_BTD one vector an event, which knows its place or leaves that to `looks.bias_HTT`
 * @returns `[B, T, D]`
 */
export function transformerStack(
  { blocks, norm }: TransformerStackWeights,
  x_BTD: tf.Tensor3D,
  config: Pick<
    TransformerConfig,
    'numHeads' | 'activation' | 'dropoutRate' | 'attentionDropoutRate' | 'norm'
  >,
  looks: Pick<HeadsOptions, 'causal' | 'isReal_BT' | 'segment' | 'bias_HTT'> &
    Pick<TransformerBlockOptions, 'normEpsilon'>,
  mode: Mode,
): tf.Tensor3D {
  const { numHeads, activation, dropoutRate, attentionDropoutRate } = config;
  const settings = { numHeads, activation, dropoutRate, attentionDropoutRate, norm: config.norm };
  return tf.tidy(() => {
    const first_BTD = config.norm === 'post' ? layerNorm(norm, x_BTD, looks.normEpsilon) : x_BTD;
    const last_BTD = blocks.reduce(
      (seen_BTD, block, index) =>
        transformerBlock(block, seen_BTD, { ...settings, ...looks, site: 1 + index * sitesPerBlock }, mode),
      dropout(first_BTD, dropoutRate, mode, 0),
    );
    return config.norm === 'pre' ? layerNorm(norm, last_BTD, looks.normEpsilon) : last_BTD;
  });
}
