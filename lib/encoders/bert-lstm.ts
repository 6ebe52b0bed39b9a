import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { initLstmLayer, lstmLayer, type LstmLayerParams } from '../nn/lstm';
import type { Mode } from '../nn/mode';
import { bert4Rec, bert4RecDefaults, bert4RecSettings, initBert4Rec, type Bert4RecParams } from './bert4rec';
import type { Encoded, EncoderBatch } from './encoder';
import { checkConfig, type SettingsOf } from './settings';
import type { TransformerConfig } from './transformer-stack';

/** What a BERT with an LSTM head is made of. */
export type BertLstmConfig = TransformerConfig;

/** Usual settings: those of BERT4Rec. */
export const bertLstmDefaults = bert4RecDefaults;

/** What each setting may be. */
export const bertLstmSettings: SettingsOf<BertLstmConfig> = bert4RecSettings;

/** Weights of a BERT with an LSTM head. */
export interface BertLstmParams extends Bert4RecParams {
  readonly lstm: LstmLayerParams; // kernel [2D, 4D], bias [4D]
}

/**
 * Draw the weights of a BERT with an LSTM head.
 *
 * @throws RangeError when a setting is out of range, or the heads do not divide the width
 */
export function initBertLstm(config: BertLstmConfig, rng: Rng): BertLstmParams {
  checkConfig('initBertLstm', config, bertLstmSettings, ['numItems', 'maxLength']);
  return {
    ...initBert4Rec(config, rng),
    lstm: initLstmLayer(config.width, config.width, rng.child('lstm')),
  };
}

/**
 * Encode a sequence of items by attention in both directions, and read what it found by an LSTM from the first event on.
 *
 * NOT causal, like BERT4Rec, and trained and asked in the same way. The last state has gone through the whole sequence.
 *
 * @param batch items from 1, `maskIndexOf(config)` where one is hidden
 * @returns `hidden_BTD`: at a hidden place, the vector that the item's own is to be like
 * @throws RangeError when the sequences are longer than `maxLength`
 * @source Sun et al., "BERT4Rec", CIKM 2019, for the attention; Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation
 *   9(8), 1997, for what reads it.
 * @differs The articles name the pair and give no formula: here the LSTM stands where BERT4Rec scores the items.
 */
export function bertLstm(
  params: BertLstmParams,
  batch: EncoderBatch,
  config: BertLstmConfig,
  mode: Mode,
): Encoded {
  return {
    hidden_BTD: tf.tidy(() => lstmLayer(params.lstm, bert4Rec(params, batch, config, mode).hidden_BTD)),
  };
}
