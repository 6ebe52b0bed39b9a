import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { embedding } from '../nn/embedding';
import {
  addLearnedPositions,
  addLearnedPositionsFromLast,
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
import type { Encoded, EncoderBatch, EncoderParams } from './encoder';
import { initialScale, initialVectorKinds, type InitialVectors } from './initial-vectors';
import { initItemTable } from './item-table';
import { checkConfig, type SettingsOf } from './settings';
import {
  initTransformerStack,
  transformerSettings,
  transformerStack,
  type TransformerConfig,
  type TransformerStackParams,
} from './transformer-stack';

/**
 * How a transformer knows the order of events: by a learned vector of each place, counted from the first event or from the
 * last, by a computed one, or by the distance of events.
 */
export type PositionKind = 'learned' | 'learned-from-last' | 'sinusoidal' | 'relative';

/** What a SASRec encoder is made of. In the paper F is D itself. */
export interface SasRecConfig extends TransformerConfig {
  readonly positions: PositionKind;
  /** Of items, and of places that are learned. */
  readonly initialVectors: InitialVectors;
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
  initialVectors: 'unit',
  dropoutRate: 0.3,
  attentionDropoutRate: 0.3,
});

/** What each setting of a SASRec encoder may be. */
export const sasRecSettings: SettingsOf<SasRecConfig> = {
  ...transformerSettings,
  positions: {
    option: 'positions',
    kind: 'word',
    words: ['learned', 'learned-from-last', 'sinusoidal', 'relative'],
    meaning: 'how the order of events is told',
  },
  initialVectors: {
    option: 'initial-vectors',
    kind: 'word',
    words: initialVectorKinds,
    meaning: 'how long vectors are at the start; small for losses that sample',
  },
};

/** Weights of a SASRec encoder. */
export interface SasRecParams extends EncoderParams, TransformerStackParams {
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
  const { numItems, maxLength, width, positions } = config;
  const scale = initialScale(config.initialVectors, width);
  const ofPlaces = rng.child('positions');
  return {
    itemEmbedding: initItemTable(numItems, width, rng, scale),
    ...((positions === 'learned' || positions === 'learned-from-last') && {
      positions: initLearnedPositions(maxLength, width, ofPlaces, scale),
    }),
    ...(positions === 'relative' && { positions: initRelativePositions(distances(config), ofPlaces) }),
    ...initTransformerStack('initSasRec', config, rng),
  };
}

const distances = ({ numHeads, maxLength }: SasRecConfig) =>
  ({ numHeads, maxDistance: maxLength - 1, causal: true }) as const;

/**
 * Encode a sequence of items by self-attention: each event gathers what it needs from the events before it.
 *
 * Causal: the vector after event t depends on events 0..t, and with places counted from the last event on how many follow.
 * Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @throws RangeError when the sequences are longer than `maxLength`
 * @source Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, section III. Relative positions: see
 *   `relativePositionBias`.
 * @differs GELU and a wider feed-forward layer by default; item vectors are not multiplied by sqrt(D), since they start as long as
 *   those of places; places are counted from the first event by default, in the paper from the last; 'post' is the block of 2017 with a
 *   layer norm after the embedding, as RecBole has it.
 */
export function sasRec(params: SasRecParams, batch: EncoderBatch, config: SasRecConfig, mode: Mode): Encoded {
  const T = batch.items_BT.shape[1];
  if (T > config.maxLength) {
    throw new RangeError(`sasRec: at most ${config.maxLength} events can be read, got ${T}`);
  }
  const hidden_BTD = tf.tidy(() => {
    const placed_BTD = place(params, batch.items_BT, config);
    // Nothing looks at padding: it stands on the right, where a causal layer does not look.
    if (config.positions !== 'relative')
      return transformerStack(params, placed_BTD, config, { causal: true }, mode);
    const bias_HTT = relativePositionBias(params.positions as RelativePositionParams, T, distances(config));
    return transformerStack(params, placed_BTD, config, { causal: true, bias_HTT }, mode);
  });
  return { hidden_BTD };
}

function place(params: SasRecParams, items_BT: tf.Tensor2D, { positions }: SasRecConfig): tf.Tensor3D {
  const x_BTD = embedding(params.itemEmbedding, items_BT) as tf.Tensor3D;
  const table = params.positions as LearnedPositionParams;
  switch (positions) {
    case 'learned':
      return addLearnedPositions(table, x_BTD);
    case 'learned-from-last': {
      const isReal_BT: tf.Tensor2D = tf.cast(tf.notEqual<tf.Tensor2D>(items_BT, 0), 'float32');
      return addLearnedPositionsFromLast(table, x_BTD, isReal_BT);
    }
    case 'sinusoidal':
      return addSinusoidalPositions(x_BTD);
    case 'relative':
      return x_BTD;
  }
}
