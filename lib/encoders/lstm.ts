import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { initLstmLayer, lstmLayer, type LstmLayerParams } from '../nn/lstm';
import type { Mode } from '../nn/mode';
import type { Encoded, EncoderBatch, EncoderConfig } from './encoder';
import { initItemTable } from './item-table';
import { recurrentStack, type RecurrentParams } from './recurrent-stack';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** What an LSTM encoder is made of. Dropout follows the embedding and each layer; width 128 in the project's table. */
export interface LstmConfig extends EncoderConfig {
  /** LSTM layers, one above the other. 1 or more. */
  readonly numLayers: number;
}

/** The settings behind the project's MovieLens-100K table. */
export const lstmDefaults = Object.freeze({ width: 128, numLayers: 1, dropoutRate: 0.3 });

/** What each setting of an LSTM encoder may be. */
export const lstmSettings: SettingsOf<LstmConfig> = {
  ...commonSettings,
  numLayers: { option: 'layers', kind: 'whole number', from: 1, meaning: 'layers, one above the other' },
};

/** Weights of an LSTM encoder: of each layer, kernel [2D, 4D] and bias [4D]. */
export type LstmParams = RecurrentParams<LstmLayerParams>;

/**
 * Draw the weights of an LSTM encoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initLstm(config: LstmConfig, rng: Rng): LstmParams {
  checkConfig('initLstm', config, lstmSettings);
  const { numItems, width, numLayers } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    layers: Array.from({ length: numLayers }, (_, layer) =>
      initLstmLayer(width, width, rng.child('layer', layer)),
    ),
  };
}

/**
 * Encode a sequence of items by a recurrent network: after each event, a vector of what the user wants next.
 *
 * Causal: the vector after event t depends on events 0..t. Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Hidasi et al., "Session-based Recommendations with Recurrent Neural Networks", ICLR 2016, section 3.1
 *   (the recurrent encoder); the cell: see `nn/native/lstm`.
 * @differs LSTM instead of GRU; embedding layer; output tied to the item vectors, so width and state are equal.
 */
export function lstm(params: LstmParams, batch: EncoderBatch, config: LstmConfig, mode: Mode): Encoded {
  return {
    hidden_BTD: tf.tidy(() => recurrentStack(params, batch.items_BT, lstmLayer, config.dropoutRate, mode)),
  };
}
