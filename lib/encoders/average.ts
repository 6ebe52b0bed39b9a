import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { constant } from '../nn/constant';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import { relu } from '../nn/relu';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from './encoder';
import { initItemTable } from './item-table';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** What an averaging encoder is made of. Dropout follows the embedding. */
export interface AverageConfig extends EncoderConfig {
  /** Layers after the mean, ReLU between them; 0 leaves the mean as it is. */
  readonly numLayers: number;
}

/** Usual settings: the mean and one linear layer. */
export const averageDefaults = Object.freeze({ width: 128, numLayers: 1, dropoutRate: 0.5 });

/** What each setting of an averaging encoder may be. */
export const averageSettings: SettingsOf<AverageConfig> = {
  ...commonSettings,
  numLayers: { option: 'layers', kind: 'whole number', from: 0, meaning: 'layers, one above the other' },
};

/** Weights of an averaging encoder. */
export interface AverageParams extends EncoderParams {
  readonly layers: readonly LinearParams[]; // kernel [D, D], bias [D]
}

/**
 * Draw the weights of an averaging encoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initAverage(config: AverageConfig, rng: Rng): AverageParams {
  checkConfig('initAverage', config, averageSettings);
  const { numItems, width, numLayers } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    layers: Array.from({ length: numLayers }, (_, layer) =>
      initLinear(width, width, rng.child('layer', layer)),
    ),
  };
}

/**
 * Encode a sequence of items by the mean of their vectors: what a user likes, whatever the order.
 *
 * Causal: the vector after event t is made of the mean of events 0..t. Blind to order: the same events in another order give the
 * same vector. Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Covington, Adams & Sargin, "Deep Neural Networks for YouTube Recommendations", RecSys 2016, section 3.2 (the mean of what
 *   was watched, then fully connected layers).
 * @differs No other features; no ReLU after the last layer, since the score of an item is a dot product that may be negative; the
 *   mean after every event at once.
 */
export function average(
  params: AverageParams,
  batch: EncoderBatch,
  config: AverageConfig,
  mode: Mode,
): Encoded {
  const hidden_BTD = tf.tidy(() => {
    const x_BTD = dropout(
      embedding(params.itemEmbedding, batch.items_BT) as tf.Tensor3D,
      config.dropoutRate,
      mode,
      0,
    );
    const T = x_BTD.shape[1];
    const events_T1 = constant(() => tf.expandDims(tf.range(1, T + 1), 1));
    // Along the last axis: of any other one tfjs transposes the gradient and then refuses it.
    const sum_BDT = tf.cumsum(tf.transpose(x_BTD, [0, 2, 1]), 2);
    const mean_BTD: tf.Tensor3D = tf.div(tf.transpose(sum_BDT, [0, 2, 1]), events_T1);
    return params.layers.reduce(
      (y_BTD, layer, index) => linear(layer, index === 0 ? y_BTD : relu(y_BTD)),
      mean_BTD,
    );
  });
  return { hidden_BTD };
}
