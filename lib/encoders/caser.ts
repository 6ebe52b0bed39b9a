import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import {
  additiveAttention,
  initAdditiveAttention,
  type AdditiveAttentionParams,
} from '../nn/additive-attention';
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
  /** How what a horizontal filter finds at its places becomes one number: the largest, or a sum by attention. */
  readonly places: FilterPlaces;
}

/** How the places of a horizontal filter are summed up: see `CaserConfig`. */
export type FilterPlaces = 'max' | 'attention';

/** Window, filters and dropout as in the authors' code, with the width of the other encoders. */
export const caserDefaults = Object.freeze({
  width: 64,
  window: 5,
  numHorizontal: 16,
  numVertical: 4,
  places: 'max',
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
  places: {
    option: 'places',
    kind: 'word',
    words: ['max', 'attention'],
    meaning: 'how the places of a horizontal filter become one number',
  },
};

/** Weights of a Caser encoder. D = `width`, L = `window`, F = `numHorizontal`. */
export interface CaserParams extends EncoderParams {
  readonly horizontal: readonly LinearParams[]; // of height h: kernel [hD, F], bias
  readonly attention?: AdditiveAttentionParams; // with places 'attention', shared by all heights: F -> F, query [F, 1]
  readonly vertical: LinearParams; // kernel [L, numVertical], bias
  readonly dense: LinearParams; // kernel [L F + D numVertical, D], bias
}

/**
 * Draw the weights of a Caser encoder.
 *
 * @throws RangeError when a setting is out of range, or there is attention over the one place of a window of one event
 */
export function initCaser(config: CaserConfig, rng: Rng): CaserParams {
  checkConfig('initCaser', config, caserSettings);
  const { numItems, width, window, numHorizontal, numVertical, places } = config;
  if (places === 'attention' && window === 1) {
    throw new RangeError("initCaser: a window of 1 has one place, so places must be 'max', got 'attention'");
  }
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    horizontal: Array.from({ length: window }, (_, index) =>
      initLinear((index + 1) * width, numHorizontal, rng.child('horizontal', index + 1)),
    ),
    ...(places === 'attention' && {
      attention: initAdditiveAttention(numHorizontal, numHorizontal, rng.child('attention')),
    }),
    vertical: initLinear(window, numVertical, rng.child('vertical')),
    dense: initLinear(window * numHorizontal + width * numVertical, width, rng.child('dense')),
  };
}

/**
 * Encode a sequence of items by convolutions over its latest events, as if they were the rows of a picture.
 *
 * Causal: the vector after event t depends on events t - L + 1 to t. Padding on the right changes nothing before it; before the
 * first event the window holds zeros. With places 'attention' a filter's finds are summed up by how well all that was found at a
 * place fits a learned question; places before the first event take no part.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Tang & Wang, "Personalized Top-N Sequential Recommendation via Convolutional Sequence Embedding", WSDM 2018,
 *   section 3. Attention over what filters find: Wu et al., "Neural News Recommendation with Attentive Multi-View Learning", IJCAI
 *   2019 (the encoder of a title); over convolutions of a user's behaviour: Wang, Liu, Liu & Wu, "Towards Accurate and Interpretable
 *   Sequential Prediction: A CNN & Attention-Based Feature Extractor", CIKM 2019.
 * @differs Without the vector of a user, so that it knows users who are new; output tied to the item vectors; all windows of a
 *   sequence at once; trained by cross-entropy over all items, not by binary cross-entropy on the next T items. Attention stands
 *   where Caser has the maximum, one question for the filters of all heights, F numbers wide; the papers have filters of one height
 *   a layer.
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
      if (params.attention)
        return attended(
          params.attention,
          found.map((each) => relu(each)),
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

/**
 * What one height of filters found, summed over its places by attention: `[B, T, F]`.
 *
 * @param found one tensor `[B, T, F]` a place, the oldest first
 */
function attended(attention: AdditiveAttentionParams, found: readonly tf.Tensor3D[]): tf.Tensor3D {
  const P = found.length;
  if (P === 1) return found[0]!;
  const [B, T, F] = found[0]!.shape;
  // The last event of a place p after event t is event t - P + 1 + p: whatever the height, P places end in the P latest events.
  const isReal = constant(() =>
    tf.tile(
      tf.tensor2d(
        Array.from({ length: T }, (_, t) =>
          Array.from({ length: P }, (_, place) => Number(t - P + 1 + place >= 0)),
        ),
      ),
      [B, 1],
    ),
  );
  const rows: tf.Tensor3D = tf.reshape(tf.stack([...found], 2), [B * T, P, F]);
  return tf.reshape(additiveAttention(attention, rows, isReal), [B, T, F]);
}
