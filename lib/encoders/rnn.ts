import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import type { Mode } from '../nn/mode';
import { initRnnLayer, rnnLayer, type RnnActivation, type RnnLayerParams } from '../nn/rnn';
import type { Encoded, EncoderBatch, EncoderConfig } from './encoder';
import { initItemTable } from './item-table';
import { recurrentStack, type RecurrentParams } from './recurrent-stack';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** What a simple recurrent encoder is made of. Dropout follows the embedding and each layer. */
export interface RnnConfig extends EncoderConfig {
  /** Recurrent layers, one above the other. 1 or more. */
  readonly numLayers: number;
  /** What the sum of input and state goes through. */
  readonly activation: RnnActivation;
}

/** Usual settings; `relu` is the activation of article E. */
export const rnnDefaults = Object.freeze({
  width: 128,
  numLayers: 1,
  activation: 'tanh',
  dropoutRate: 0.3,
});

/** What each setting of a simple recurrent encoder may be. */
export const rnnSettings: SettingsOf<RnnConfig> = {
  ...commonSettings,
  numLayers: { option: 'layers', kind: 'whole number', from: 1, meaning: 'layers, one above the other' },
  activation: {
    option: 'activation',
    kind: 'word',
    words: ['tanh', 'relu'],
    meaning: 'what a sum goes through',
  },
};

/** Weights of a simple recurrent encoder; see `RnnWeights` for those of a layer. */
export type RnnParams = RecurrentParams<RnnLayerParams>;

/**
 * Draw the weights of a simple recurrent encoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initRnn(config: RnnConfig, rng: Rng): RnnParams {
  checkConfig('initRnn', config, rnnSettings);
  const { numItems, width, numLayers } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    layers: Array.from({ length: numLayers }, (_, layer) =>
      initRnnLayer(width, width, rng.child('layer', layer)),
    ),
  };
}

/**
 * Encode a sequence of items by a simple recurrent network: each state is made of the event and of the state before it.
 *
 * Causal: the vector after event t depends on events 0..t. Padding on the right changes nothing before it. Gradients shrink or
 * grow from step to step, so that events far back are learned badly: the reason for LSTM and GRU.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Elman, "Finding Structure in Time", Cognitive Science 14(2), 1990.
 * @differs see `rnnLayer`; embedding layer, and output tied to the item vectors.
 */
export function rnn(params: RnnParams, batch: EncoderBatch, config: RnnConfig, mode: Mode): Encoded {
  const { activation, dropoutRate } = config;
  return {
    hidden_BTD: tf.tidy(() =>
      recurrentStack(
        params,
        batch.items_BT,
        (layer, x_BTD) => rnnLayer(layer, x_BTD, activation),
        dropoutRate,
        mode,
      ),
    ),
  };
}
