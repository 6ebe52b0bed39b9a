import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { constant } from '../nn/constant';
import { dropout } from '../nn/dropout';
import { embedding } from '../nn/embedding';
import { initLstmLayer, lstmLayer, type LstmLayerParams } from '../nn/lstm';
import type { Mode } from '../nn/mode';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from './encoder';
import { initItemTable } from './item-table';
import { checkConfig, commonSettings, type SettingsOf } from './settings';

/** What an LSTM with a mean beside it is made of. Dropout follows the embedding and the LSTM. */
export interface LstmMeanConfig extends EncoderConfig {
  /** Of the `width` numbers, how many are of the mean; the others are of the LSTM. 1 to `width` - 1. */
  readonly meanWidth: number;
}

/** 128 numbers of the LSTM, as in the project's table, and 256 of the mean, as in notebook 02c. */
export const lstmMeanDefaults = Object.freeze({ width: 384, meanWidth: 256, dropoutRate: 0.3 });

/** What each setting of an LSTM with a mean may be. */
export const lstmMeanSettings: SettingsOf<LstmMeanConfig> = {
  ...commonSettings,
  meanWidth: {
    option: 'mean-width',
    kind: 'whole number',
    from: 1,
    meaning: 'of the width, the numbers of the mean; below the width',
  },
};

/** Weights of an LSTM with a mean beside it. An item's vector is `[what the LSTM reads, what is averaged]`. */
export interface LstmMeanParams extends EncoderParams {
  readonly lstm: LstmLayerParams; // width - meanWidth wide
}

/**
 * Draw the weights of an LSTM with a mean beside it.
 *
 * @throws RangeError when a setting is out of range, or nothing of the width is left for the LSTM
 */
export function initLstmMean(config: LstmMeanConfig, rng: Rng): LstmMeanParams {
  checkConfig('initLstmMean', config, lstmMeanSettings);
  const { numItems, width, meanWidth } = config;
  if (meanWidth >= width) {
    throw new RangeError(`initLstmMean: meanWidth must be below the width ${width}, got ${meanWidth}`);
  }
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    lstm: initLstmLayer(width - meanWidth, width - meanWidth, rng.child('lstm')),
  };
}

/**
 * Encode a sequence of items twice, side by side: by an LSTM, which keeps what the next item depends on and forgets the rest, and by the
 * mean of item vectors, which forgets nothing.
 *
 * Causal: the vector after event t is made of events 0..t. The first `width - meanWidth` numbers are the LSTM's state, the others the
 * mean; an item's score is the sum of what both say. Padding on the right changes nothing before it.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Li et al., "Neural Attentive Session-based Recommendation", CIKM 2017, section 3.4 (a global and a local encoder, concatenated);
 *   Liu et al., "STAMP: Short-Term Attention/Memory Priority Model for Session-based Recommendation", KDD 2018, eq. 2 (the mean of
 *   item vectors as the long-term memory).
 * @differs An LSTM beside the mean; both read tables of their own; no attention, no layer between vector and score.
 */
export function lstmMean(
  params: LstmMeanParams,
  batch: EncoderBatch,
  config: LstmMeanConfig,
  mode: Mode,
): Encoded {
  const { width, meanWidth, dropoutRate } = config;
  const hidden_BTD = tf.tidy(() => {
    const x_BTD = dropout(
      embedding(params.itemEmbedding, batch.items_BT) as tf.Tensor3D,
      dropoutRate,
      mode,
      0,
    );
    const [read_BTD, averaged_BTD] = tf.split<tf.Tensor3D>(x_BTD, [width - meanWidth, meanWidth], 2);
    const state_BTD = dropout(lstmLayer(params.lstm, read_BTD!), dropoutRate, mode, 1);
    const events_T1 = constant(() => tf.expandDims(tf.range(1, x_BTD.shape[1] + 1), 1));
    // Along the last axis: of any other one tfjs transposes the gradient and then refuses it.
    const sum_BDT = tf.cumsum(tf.transpose(averaged_BTD!, [0, 2, 1]), 2);
    const mean_BTD: tf.Tensor3D = tf.div(tf.transpose(sum_BDT, [0, 2, 1]), events_T1);
    return tf.concat([state_BTD, mean_BTD], 2);
  });
  return { hidden_BTD };
}
