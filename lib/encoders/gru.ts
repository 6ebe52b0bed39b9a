import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { gruLayer, initGruLayer, type GruLayerParams } from '../nn/gru';
import type { Mode } from '../nn/mode';
import type { Encoded, EncoderBatch, EncoderConfig } from './encoder';
import { initItemTable } from './item-table';
import { recurrentStack, type RecurrentParams } from './recurrent-stack';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** What a GRU encoder is made of. Dropout follows the embedding and each layer. */
export interface GruConfig extends EncoderConfig {
  /** GRU layers, one above the other. 1 or more. */
  readonly numLayers: number;
}

/** The settings behind the project's MovieLens-100K table. */
export const gruDefaults = Object.freeze({ width: 128, numLayers: 1, dropoutRate: 0.3 });

/** What each setting of a GRU encoder may be. */
export const gruSettings: SettingsOf<GruConfig> = {
  ...commonSettings,
  numLayers: { option: 'layers', kind: 'whole number', from: 1, meaning: 'layers, one above the other' },
};

/** Weights of a GRU encoder; see `GruWeights` for those of a layer. */
export type GruParams = RecurrentParams<GruLayerParams>;

/**
 * Draw the weights of a GRU encoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initGru(config: GruConfig, rng: Rng): GruParams {
  checkConfig('initGru', config, gruSettings);
  const { numItems, width, numLayers } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    layers: Array.from({ length: numLayers }, (_, layer) =>
      initGruLayer(width, width, rng.child('layer', layer)),
    ),
  };
}

/**
 * Encode a sequence of items by gated recurrent units (GRU4Rec): after each event, a vector of what the user wants next.
 *
 * Causal: the vector after event t depends on events 0..t. Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Hidasi, Karatzoglou, Baltrunas & Tikk, "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016,
 *   section 3.1; the cell and its differences: see `nn/native/gru`.
 * @differs An embedding layer where the paper feeds one-hot items; output tied to the item vectors, so width and state are
 *   equal; whole histories of users instead of sessions in parallel mini-batches; trained by cross-entropy over all items, not
 *   by TOP1 or BPR over the items of a batch.
 */
export function gru(params: GruParams, batch: EncoderBatch, config: GruConfig, mode: Mode): Encoded {
  return {
    hidden_BTD: tf.tidy(() => recurrentStack(params, batch.items_BT, gruLayer, config.dropoutRate, mode)),
  };
}
