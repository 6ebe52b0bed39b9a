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

/** What a Caser encoder is made of. Dropout follows the filters. */
export interface CaserConfig extends EncoderConfig {
  /** L: events that the filters see at a time, the latest. */
  readonly window: number;
  /** Horizontal filters of each height from 1 to L: patterns of so many events in a row, wherever they stand. */
  readonly numHorizontal: number;
  /** Vertical filters: weighted sums of the L events. */
  readonly numVertical: number;
}

/** Window, filters and dropout as in the authors' code, with the width of the other encoders. */
export const caserDefaults = Object.freeze({
  width: 64,
  window: 5,
  numHorizontal: 16,
  numVertical: 4,
  dropoutRate: 0.5,
});

/** What each setting of a Caser encoder may be. */
export const caserSettings: SettingsOf<CaserConfig> = {
  ...commonSettings,
  window: {
    option: 'window',
    kind: 'whole number',
    from: 1,
    meaning: 'events that the filters see at a time',
  },
  numHorizontal: {
    option: 'horizontal',
    kind: 'whole number',
    from: 1,
    meaning: 'filters of each height, over events in a row',
  },
  numVertical: {
    option: 'vertical',
    kind: 'whole number',
    from: 1,
    meaning: 'filters that weigh the events of the window',
  },
};

/** Weights of a Caser encoder. D = `width`, L = `window`. */
export interface CaserParams extends EncoderParams {
  readonly horizontal: readonly LinearParams[]; // of height h: kernel [hD, numHorizontal], bias
  readonly vertical: LinearParams; // kernel [L, numVertical], bias
  readonly dense: LinearParams; // kernel [L numHorizontal + D numVertical, D], bias
}

/**
 * Draw the weights of a Caser encoder.
 *
 * @throws RangeError when a setting is out of range
 */
export function initCaser(config: CaserConfig, rng: Rng): CaserParams {
  checkConfig('initCaser', config, caserSettings);
  const { numItems, width, window, numHorizontal, numVertical } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    horizontal: Array.from({ length: window }, (_, index) =>
      initLinear((index + 1) * width, numHorizontal, rng.child('horizontal', index + 1)),
    ),
    vertical: initLinear(window, numVertical, rng.child('vertical')),
    dense: initLinear(window * numHorizontal + width * numVertical, width, rng.child('dense')),
  };
}

/**
 * Encode a sequence of items by convolutions over its latest events, as if they were the rows of a picture.
 *
 * Causal: the vector after event t depends on events t - L + 1 to t. Padding on the right changes nothing before it; before the
 * first event the window holds zeros.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Tang & Wang, "Personalized Top-N Sequential Recommendation via Convolutional Sequence Embedding", WSDM 2018,
 *   section 3.
 * @differs Without the vector of a user, so that it knows users who are new; output tied to the item vectors; all windows of a
 *   sequence at once; trained by cross-entropy over all items, not by binary cross-entropy on the next T items.
 */
export function caser(params: CaserParams, batch: EncoderBatch, config: CaserConfig, mode: Mode): Encoded {
  const { window, dropoutRate } = config;
  const hidden_BTD = tf.tidy(() => {
    const events = latestEvents(embedding(params.itemEmbedding, batch.items_BT) as tf.Tensor3D, window);
    const patterns = params.horizontal.map((filter, index) => {
      const height = index + 1;
      const found = Array.from({ length: window - height + 1 }, (_, first) =>
        linear(filter, tf.concat(events.slice(first, first + height), 2)),
      );
      // The largest of ReLUs is the ReLU of the largest.
      return relu(found.reduce((most, next) => tf.maximum<tf.Tensor3D>(most, next)));
    });
    const features: tf.Tensor3D = tf.concat([...patterns, weighed(params.vertical, events)], 2);
    return relu(linear(params.dense, dropout(features, dropoutRate, mode, 0)));
  });
  return { hidden_BTD };
}

/** The events of each window: `L` tensors `[B, T, D]`, the oldest first; zeros before the first event. */
function latestEvents(x_BTD: tf.Tensor3D, window: number): tf.Tensor3D[] {
  const [B, T, D] = x_BTD.shape;
  if (window === 1) return [x_BTD];
  const before = constant(() => tf.zeros<tf.Rank.R3>([B, window - 1, D]));
  const padded: tf.Tensor3D = tf.concat([before, x_BTD], 1);
  return Array.from({ length: window }, (_, place) => tf.slice(padded, [0, place, 0], [B, T, D]));
}

/** Each number of the vectors summed over the window by the weights of each vertical filter: `[B, T, D numVertical]`. */
function weighed(filter: LinearParams, events: readonly tf.Tensor3D[]): tf.Tensor3D {
  const [B, T, D] = events[0]!.shape;
  const rows = tf.reshape<tf.Rank.R2>(tf.stack([...events], 3), [B * T * D, events.length]);
  return tf.reshape(linear(filter, rows), [B, T, -1]);
}
