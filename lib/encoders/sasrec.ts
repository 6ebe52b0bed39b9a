import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import type { FeedForwardActivation } from '../nn/feed-forward';
import { initLayerNorm, layerNorm, type LayerNormParams } from '../nn/layer-norm';
import {
  addLearnedPositions,
  initLearnedPositions,
  type LearnedPositionParams,
} from '../nn/learned-positions';
import type { Mode } from '../nn/mode';
import {
  initRelativePositions,
  relativePositionBias,
  type RelativePositionParams,
} from '../nn/relative-positions';
import { addSinusoidalPositions } from '../nn/sinusoidal-positions';
import {
  initTransformerBlock,
  sitesPerBlock,
  transformerBlock,
  type TransformerBlockParams,
} from '../nn/transformer-block';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from './encoder';
import { initItemTable } from './item-table';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** How a transformer knows the order of events: by a learned or a computed vector of each place, or by their distance. */
export type PositionKind = 'learned' | 'sinusoidal' | 'relative';

/** What a SASRec encoder is made of. Dropout follows the embedding and each part of each block. */
export interface SasRecConfig extends EncoderConfig {
  /** T: the longest sequence that it can read. */
  readonly maxLength: number;
  readonly numBlocks: number;
  /** Heads of each attention layer; they share the width, which they must divide. */
  readonly numHeads: number;
  /** F: width between the two feed-forward layers; D itself in the paper. */
  readonly feedForwardWidth: number;
  readonly activation: FeedForwardActivation;
  /** Where the layer norms stand: see `TransformerBlockOptions`. */
  readonly norm: 'pre' | 'post';
  readonly positions: PositionKind;
  /** Share of attention weights silenced while training, 0 to below 1. */
  readonly attentionDropoutRate: number;
}

/** The settings behind the project's MovieLens-100K table. */
export const sasRecDefaults = Object.freeze({
  width: 64,
  numBlocks: 2,
  numHeads: 2,
  feedForwardWidth: 256,
  activation: 'gelu',
  norm: 'pre',
  positions: 'learned',
  dropoutRate: 0.3,
  attentionDropoutRate: 0.3,
});

/** What each setting of a SASRec encoder may be. */
export const sasRecSettings: SettingsOf<SasRecConfig> = {
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
  positions: {
    option: 'positions',
    kind: 'word',
    words: ['learned', 'sinusoidal', 'relative'],
    meaning: 'how the order of events is told',
  },
  attentionDropoutRate: {
    option: 'attention-dropout',
    kind: 'rate',
    meaning: 'share of attention weights silenced while training',
  },
};

/** Weights of a SASRec encoder. */
export interface SasRecParams extends EncoderParams {
  readonly blocks: readonly TransformerBlockParams[];
  /** 'pre': after the last block. 'post': after the embedding. */
  readonly norm: LayerNormParams;
  /** A table of places, or of distances that all blocks share; sinusoids have none. */
  readonly positions?: LearnedPositionParams | RelativePositionParams;
}

/**
 * Draw the weights of a SASRec encoder.
 *
 * @throws RangeError when a setting is out of range, or the heads do not divide the width
 */
export function initSasRec(config: SasRecConfig, rng: Rng): SasRecParams {
  checkConfig('initSasRec', config, sasRecSettings, ['numItems', 'maxLength']);
  const { numItems, maxLength, width, numBlocks, numHeads, feedForwardWidth, positions } = config;
  if (width % numHeads !== 0) {
    throw new RangeError(`initSasRec: numHeads must divide the width ${width}, got ${numHeads}`);
  }
  const ofPlaces = rng.child('positions');
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    ...(positions === 'learned' && { positions: initLearnedPositions(maxLength, width, ofPlaces) }),
    ...(positions === 'relative' && { positions: initRelativePositions(distances(config), ofPlaces) }),
    blocks: Array.from({ length: numBlocks }, (_, block) =>
      initTransformerBlock(width, feedForwardWidth, rng.child('block', block)),
    ),
    norm: initLayerNorm(width),
  };
}

const distances = ({ numHeads, maxLength }: SasRecConfig) =>
  ({ numHeads, maxDistance: maxLength - 1, causal: true }) as const;

/**
 * Encode a sequence of items by self-attention: each event gathers what it needs from the events before it.
 *
 * Causal: the vector after event t depends on events 0..t. Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @throws RangeError when the sequences are longer than `maxLength`
 * @source Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, section III. Relative positions: see
 *   `relativePositionBias`.
 * @differs GELU and a wider feed-forward layer by default; item vectors are not multiplied by sqrt(D), since they start as long as
 *   those of places; places are counted from the first event, in the paper from the last; 'post' is the block of 2017 with a
 *   layer norm after the embedding, as RecBole has it.
 */
export function sasRec(params: SasRecParams, batch: EncoderBatch, config: SasRecConfig, mode: Mode): Encoded {
  const { maxLength, numHeads, activation, norm, dropoutRate, attentionDropoutRate } = config;
  const T = batch.items_BT.shape[1];
  if (T > maxLength) throw new RangeError(`sasRec: at most ${maxLength} events can be read, got ${T}`);
  const hidden_BTD = tf.tidy(() => {
    const placed_BTD = place(params, embedding(params.itemEmbedding, batch.items_BT) as tf.Tensor3D, config);
    const first_BTD = norm === 'post' ? layerNorm(params.norm, placed_BTD) : placed_BTD;
    const bias_HTT =
      config.positions === 'relative'
        ? relativePositionBias(params.positions as RelativePositionParams, T, distances(config))
        : undefined;
    const last_BTD = params.blocks.reduce(
      (x_BTD, block, index) => {
        const site = 1 + index * sitesPerBlock;
        // Nothing looks at padding: it stands on the right, where a causal layer does not look.
        const looks = { numHeads, causal: true, ...(bias_HTT && { bias_HTT }) };
        return transformerBlock(
          block,
          x_BTD,
          { ...looks, norm, activation, dropoutRate, attentionDropoutRate, site },
          mode,
        );
      },
      dropout(first_BTD, dropoutRate, mode, 0),
    );
    return norm === 'pre' ? layerNorm(params.norm, last_BTD) : last_BTD;
  });
  return { hidden_BTD };
}

function place({ positions }: SasRecParams, x_BTD: tf.Tensor3D, config: SasRecConfig): tf.Tensor3D {
  switch (config.positions) {
    case 'learned':
      return addLearnedPositions(positions as LearnedPositionParams, x_BTD);
    case 'sinusoidal':
      return addSinusoidalPositions(x_BTD);
    case 'relative':
      return x_BTD;
  }
}
