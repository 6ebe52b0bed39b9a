import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { constant } from '../nn/constant';
import { embedding } from '../nn/embedding';
import {
  addLearnedPositions,
  initLearnedPositions,
  type LearnedPositionParams,
} from '../nn/learned-positions';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import type { Encoded, EncoderBatch, EncoderParams } from './encoder';
import { initItemTable } from './item-table';
import { checkConfig, type SettingsOf } from './settings';
import {
  initTransformerStack,
  transformerSettings,
  transformerStack,
  type TransformerConfig,
  type TransformerStackParams,
} from './transformer-stack';

/** What a slice encoder is made of. */
export interface SlicesConfig extends Omit<TransformerConfig, 'maxLength'> {
  /** Events of a slice. */
  readonly sliceLength: number;
  /** m + 1: slices that are seen at a time, the present one among them. */
  readonly numSlices: number;
}

/** Ten events a slice, as the article has it, and the block of BERT with the sizes of the other encoders. */
export const slicesDefaults = Object.freeze({
  width: 64,
  sliceLength: 10,
  numSlices: 5,
  numBlocks: 2,
  numHeads: 2,
  feedForwardWidth: 256,
  activation: 'gelu',
  norm: 'post',
  dropoutRate: 0.2,
  attentionDropoutRate: 0.2,
});

/** What each setting of a slice encoder may be. */
export const slicesSettings: SettingsOf<SlicesConfig> = {
  ...transformerSettings,
  sliceLength: { option: 'slice-length', kind: 'whole number', from: 1, meaning: 'events of a slice' },
  numSlices: {
    option: 'slices',
    kind: 'whole number',
    from: 1,
    meaning: 'slices seen at a time, the present one among them',
  },
};

/** Weights of a slice encoder. L = `sliceLength`, m + 1 = `numSlices`. */
export interface SlicesParams extends EncoderParams, TransformerStackParams {
  readonly positions: LearnedPositionParams; // [L, D]
  readonly projection: LinearParams; // kernel [(m + 2) D, D], bias [D]
}

/**
 * Draw the weights of a slice encoder.
 *
 * @throws RangeError when a setting is out of range, or the heads do not divide the width
 */
export function initSlices(config: SlicesConfig, rng: Rng): SlicesParams {
  checkConfig('initSlices', config, slicesSettings);
  const { numItems, width, sliceLength, numSlices } = config;
  return {
    itemEmbedding: initItemTable(numItems, width, rng),
    positions: initLearnedPositions(sliceLength, width, rng.child('positions')),
    ...initTransformerStack('initSlices', stackConfig(config), rng),
    projection: initLinear((numSlices + 1) * width, width, rng.child('projection')),
  };
}

const stackConfig = (config: SlicesConfig): TransformerConfig => ({
  ...config,
  maxLength: config.sliceLength,
});

/**
 * Read a history slice by slice: a transformer that looks both ways makes one vector of each slice, and the vectors of the latest
 * slices stand side by side with their mean, `F = [f_(s-m), ..., f_s, mean]`; a linear layer makes a state of them.
 *
 * Slices are cut from the first event on. A finished slice is read in both directions; the present one, which is not finished until its
 * last event, from its first event up to each one, by the same weights. So the state after event t depends on events 0..t only, and the
 * encoder learns the next item of every event. A slice before the first is a vector of zeros and not in the mean. Padding on the right
 * changes nothing before it.
 *
 * Once there are m + 1 slices, the mean adds nothing: a linear layer can form it of the parts beside it. It is kept because the article
 * has it.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @source Slices of 10 events, concatenated with their mean: article L of this project (see `fuseSlices`). The transformer: Devlin et
 *   al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019, section 3. Parts of a history
 *   encoded first, then together: Quadrana, Karatzoglou, Hidasi & Cremonesi, "Personalizing Session-based Recommendations with
 *   Hierarchical Recurrent Neural Networks", RecSys 2017, section 3.
 * @differs The article prints F over "m" slices, and its formula has m + 1; it feeds features of events to BERT as if they were words,
 *   and reads a history once, at its end. A slice's vector is the mean of its states, there is no [CLS].
 */
export function slices(params: SlicesParams, batch: EncoderBatch, config: SlicesConfig, mode: Mode): Encoded {
  const [B, T] = batch.items_BT.shape;
  const { sliceLength: L, numSlices, width: D } = config;
  const S = Math.ceil(T / L);
  const hidden_BTD = tf.tidy(() => {
    const items: tf.Tensor2D = tf.pad(batch.items_BT, [
      [0, 0],
      [0, S * L - T],
    ]);
    const items_NL = tf.reshape<tf.Rank.R2>(items, [B * S, L]);
    const placed_NLD = addLearnedPositions(
      params.positions,
      embedding(params.itemEmbedding, items_NL) as tf.Tensor3D,
    );
    const isReal_BT = tf.cast(tf.notEqual(items_NL, 0), 'float32') as tf.Tensor2D;
    const stack = stackConfig(config);
    const whole_NLD = transformerStack(params, placed_NLD, stack, { causal: false, isReal_BT }, mode);
    const soFar_NLD = transformerStack(params, placed_NLD, stack, { causal: true }, mode);
    // A slice that others look back at is finished: all its events are real.
    const finished_BSD = tf.reshape<tf.Rank.R3>(tf.mean(whole_NLD, 1), [B, S, D]);
    const present_BSLD = tf.reshape<tf.Rank.R4>(meansSoFar(soFar_NLD), [B, S, L, D]);
    const seen = [
      ...Array.from({ length: numSlices - 1 }, (_, place) =>
        asLong(shifted(finished_BSD, numSlices - 1 - place), L),
      ),
      present_BSLD,
    ];
    const counts_S11 = constant(() =>
      tf.tensor3d(
        Float32Array.from({ length: S }, (_, slice) => Math.min(slice + 1, numSlices)),
        [S, 1, 1],
      ),
    );
    const mean_BSLD = tf.div<tf.Tensor4D>(tf.addN(seen), counts_S11);
    const fused = tf.reshape<tf.Rank.R3>(tf.concat([...seen, mean_BSLD], 3), [B, S * L, (numSlices + 1) * D]);
    return tf.slice(linear(params.projection, fused), [0, 0, 0], [B, T, D]);
  });
  return { hidden_BTD };
}

/** The mean of the states up to each one. */
function meansSoFar(states_NLD: tf.Tensor3D): tf.Tensor3D {
  const L = states_NLD.shape[1];
  const events_L1 = constant(() => tf.expandDims(tf.range(1, L + 1), 1));
  // Along the last axis: of any other one tfjs transposes the gradient and then refuses it.
  const sum_NDL = tf.cumsum(tf.transpose(states_NLD, [0, 2, 1]), 2);
  return tf.div(tf.transpose(sum_NDL, [0, 2, 1]), events_L1);
}

/** Of each slice the one `by` before it, zeros where there is none. */
function shifted(slices_BSD: tf.Tensor3D, by: number): tf.Tensor3D {
  const [B, S, D] = slices_BSD.shape;
  if (by >= S) return tf.zerosLike(slices_BSD);
  return tf.concat([tf.zeros<tf.Rank.R3>([B, by, D]), tf.slice(slices_BSD, [0, 0, 0], [B, S - by, D])], 1);
}

/** The vector of a slice, at each of its events. */
function asLong(slices_BSD: tf.Tensor3D, L: number): tf.Tensor4D {
  const [B, S, D] = slices_BSD.shape;
  return tf.add(tf.zeros([B, S, L, D]), tf.expandDims(slices_BSD, 2));
}
