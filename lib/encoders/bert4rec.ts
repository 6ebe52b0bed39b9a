import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { gelu } from '../nn/gelu';
import {
  addLearnedPositions,
  initLearnedPositions,
  type LearnedPositionParams,
} from '../nn/learned-positions';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import type { Encoded, EncoderBatch } from './encoder';
import { initItemTable } from './item-table';
import { embedWithMask, initMaskToken, type MaskParams } from './mask-token';
import { checkConfig, type SettingsOf } from './settings';
import {
  initTransformerStack,
  transformerSettings,
  transformerStack,
  type TransformerConfig,
  type TransformerStackParams,
} from './transformer-stack';

/** What a BERT4Rec encoder is made of. */
export type Bert4RecConfig = TransformerConfig;

/** Usual settings: the block of the paper with the sizes of the other encoders. */
export const bert4RecDefaults = Object.freeze({
  width: 64,
  numBlocks: 2,
  numHeads: 2,
  feedForwardWidth: 256,
  activation: 'gelu',
  norm: 'post',
  dropoutRate: 0.2,
  attentionDropoutRate: 0.2,
});

/** What each setting of a BERT4Rec encoder may be. */
export const bert4RecSettings: SettingsOf<Bert4RecConfig> = transformerSettings;

/** Weights of a BERT4Rec encoder. */
export interface Bert4RecParams extends MaskParams, TransformerStackParams {
  readonly positions: LearnedPositionParams; // [T, D]
  readonly head: LinearParams; // kernel [D, D], bias [D]
}

/**
 * Draw the weights of a BERT4Rec encoder.
 *
 * @throws RangeError when a setting is out of range, or the heads do not divide the width
 */
export function initBert4Rec(config: Bert4RecConfig, rng: Rng): Bert4RecParams {
  checkConfig('initBert4Rec', config, bert4RecSettings, ['numItems', 'maxLength']);
  const { numItems, maxLength, width } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    mask: initMaskToken(width, rng),
    positions: initLearnedPositions(maxLength, width, rng.child('positions')),
    ...initTransformerStack('initBert4Rec', config, rng),
    head: initLinear(width, width, rng.child('head')),
  };
}

/**
 * Encode a sequence of items by attention in both directions: each place gathers from all events, before it and after it.
 *
 * NOT causal: it is trained by hiding items (`objectives/masked-item`), and asked for the next one by a hidden item behind the
 * last event. Padding on the right changes nothing.
 *
 * @param batch items from 1, `maskIndexOf(config)` where one is hidden
 * @returns `hidden_BTD`: at a hidden place, the vector that the item's own is to be like
 * @throws RangeError when the sequences are longer than `maxLength`
 * @source Sun et al., "BERT4Rec: Sequential Recommendation with Bidirectional Encoder Representations from Transformer",
 *   CIKM 2019, sections 3.3 to 3.5, eq. 7.
 * @differs No bias for each item in the output; dropout also on attention; a layer norm after the embedding, as in BERT.
 */
export function bert4Rec(
  params: Bert4RecParams,
  batch: EncoderBatch,
  config: Bert4RecConfig,
  mode: Mode,
): Encoded {
  const { items_BT } = batch;
  const T = items_BT.shape[1];
  if (T > config.maxLength) {
    throw new RangeError(`bert4Rec: at most ${config.maxLength} events can be read, got ${T}`);
  }
  const hidden_BTD = tf.tidy(() => {
    const placed_BTD = addLearnedPositions(params.positions, embedWithMask(params, items_BT));
    const isReal_BT = tf.cast(tf.notEqual(items_BT, 0), 'float32') as tf.Tensor2D;
    const states_BTD = transformerStack(params, placed_BTD, config, { causal: false, isReal_BT }, mode);
    return gelu(linear(params.head, states_BTD), 'exact');
  });
  return { hidden_BTD };
}
