import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { dropout } from '../nn/dropout';
import { gruLayer, initGruLayer, type GruLayerParams } from '../nn/gru';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import { initLstmLayer, lstmLayer, type LstmLayerParams } from '../nn/lstm';
import type { Mode } from '../nn/mode';
import { reverseSequences } from '../nn/reverse-sequences';
import { initRnnLayer, rnnLayer, type RnnLayerParams } from '../nn/rnn';
import type { Encoded, EncoderBatch, EncoderConfig } from './encoder';
import { initItemTable } from './item-table';
import { embedWithMask, initMaskToken, type MaskParams } from './mask-token';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** The recurrent cells that can read in both directions. */
export type RecurrentCell = 'lstm' | 'gru' | 'rnn';

/** What a bidirectional recurrent encoder is made of. Dropout follows the embedding and the states. */
export interface BidirectionalConfig extends EncoderConfig {
  readonly cell: RecurrentCell;
}

/** Usual settings: those of the other recurrent encoders. */
export const bidirectionalDefaults = Object.freeze({ width: 128, cell: 'gru', dropoutRate: 0.3 });

/** What each setting of a bidirectional recurrent encoder may be. */
export const bidirectionalSettings: SettingsOf<BidirectionalConfig> = {
  ...commonSettings,
  cell: {
    option: 'cell',
    kind: 'word',
    words: ['lstm', 'gru', 'rnn'],
    meaning: 'what reads, in each direction',
  },
};

type Layer = LstmLayerParams | GruLayerParams | RnnLayerParams;

/** Weights of a bidirectional recurrent encoder. */
export interface BidirectionalParams extends MaskParams {
  readonly forward: Layer;
  readonly backward: Layer;
  readonly output: LinearParams; // kernel [2D, D], bias [D]
}

/**
 * Draw the weights of a bidirectional recurrent encoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initBidirectional(config: BidirectionalConfig, rng: Rng): BidirectionalParams {
  checkConfig('initBidirectional', config, bidirectionalSettings);
  const { numItems, width, cell } = config;
  const init = { lstm: initLstmLayer, gru: initGruLayer, rnn: initRnnLayer }[cell];
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    mask: initMaskToken(width, rng),
    forward: init(width, width, rng.child('forward')),
    backward: init(width, width, rng.child('backward')),
    output: initLinear(2 * width, width, rng.child('output')),
  };
}

/**
 * Encode a sequence of items by two recurrent networks, one from the first event on and one from the last back.
 *
 * NOT causal: it is trained by hiding items, and asked for the next one by a hidden item behind the last event. Padding on the
 * right changes nothing: the way back starts at each sequence's own last event.
 *
 * @param batch items from 1, `maskIndexOf(config)` where one is hidden
 * @returns `hidden_BTD`: at a hidden place, the vector that the item's own is to be like
 * @source Schuster & Paliwal, "Bidirectional Recurrent Neural Networks", IEEE Transactions on Signal Processing 45(11), 1997; cells:
 *   see `nn/lstm`, `nn/gru`, `nn/rnn`.
 * @differs A linear layer brings both states back to the width of an item; trained by hidden items, like BERT4Rec.
 */
export function bidirectional(
  params: BidirectionalParams,
  { items_BT }: EncoderBatch,
  config: BidirectionalConfig,
  mode: Mode,
): Encoded {
  const { cell, dropoutRate } = config;
  const hidden_BTD = tf.tidy(() => {
    const x_BTD = dropout(embedWithMask(params, items_BT), dropoutRate, mode, 0);
    const isReal_BT = tf.cast(tf.notEqual(items_BT, 0), 'float32') as tf.Tensor2D;
    const before_BTD = read(cell, params.forward, x_BTD);
    const turned_BTD = read(cell, params.backward, reverseSequences(x_BTD, isReal_BT));
    const after_BTD = reverseSequences(turned_BTD, isReal_BT);
    const both: tf.Tensor3D = tf.concat([before_BTD, after_BTD], 2);
    return linear(params.output, dropout(both, dropoutRate, mode, 1));
  });
  return { hidden_BTD };
}

function read(cell: RecurrentCell, layer: Layer, x_BTD: tf.Tensor3D): tf.Tensor3D {
  switch (cell) {
    case 'lstm':
      return lstmLayer(layer as LstmLayerParams, x_BTD);
    case 'gru':
      return gruLayer(layer as GruLayerParams, x_BTD);
    case 'rnn':
      return rnnLayer(layer as RnnLayerParams, x_BTD, 'tanh');
  }
}
