import * as tf from '@tensorflow/tfjs';
import { matrix, type Matrix } from '../base/matrix';
import { createRng } from '../base/random';
import type { EncoderConfig } from '../encoders/encoder';
import { pool, type Pooling } from '../encoders/pooling';
import { initAdditiveAttention } from '../nn/additive-attention';
import { inference } from '../nn/mode';
import { padBatch } from '../preprocessing/padded-batch';
import type { HistoryContext } from '../preprocessing/side/side-columns';
import { channelSizes } from '../preprocessing/side/side-information';
import type { Vocabulary } from '../preprocessing/vocabulary';
import { dotProductScorer } from '../recommendation/by-encoder';
import type { Scorer } from '../recommendation/scorer';
import { uploadBatch } from '../training/batch-tensors';
import {
  encoderOf,
  type EncoderConfigs,
  type EncoderName,
  type EncoderSettings,
  type EncoderWeights,
} from './encoder-catalogue';
import {
  batchOf,
  contextInputs,
  encodeBatch,
  initSide,
  itemVectorsOf,
  type ModelSide,
  type SideParams,
} from './model-side';

/** A sequence encoder together with all that is needed to use it: no training data. */
export interface SequenceModel<Name extends EncoderName = EncoderName> {
  readonly encoder: Name;
  readonly config: EncoderConfigs[Name];
  readonly params: EncoderWeights[Name] & SideParams;
  readonly vocabulary: Vocabulary;
  /** T: the encoder reads at most this many events, the latest. */
  readonly length: number;
  /** What it knows beside items; absent where that is nothing. */
  readonly side?: ModelSide;
}

/** Settings of a new model beside its vocabulary. */
export interface ModelSettings<Name extends EncoderName = EncoderName> {
  readonly encoder: Name;
  readonly length: number;
  readonly seed: number;
  /** What differs from the encoder's defaults. */
  readonly config?: EncoderSettings<Name>;
  /** `[V, E]`: of an encoder that reads texts, the vector of each item's text, in the order of the vocabulary; row 0 is not used. */
  readonly itemTexts?: Matrix;
  /** What the model shall know beside items: codes of `fitSideCodes`. */
  readonly side?: ModelSide;
  /** It has a question of its own to pool states by, which an objective that pools by attention must teach it. Default false. */
  readonly attentionPooling?: boolean;
}

/**
 * Start a model with random weights: the untrained baseline, and the beginning of every training.
 *
 * @throws RangeError when a setting is out of range, or none of this encoder's, `itemTexts` are missing or not read by it, there are
 *   channels or friends and it reads none, or features of items and it makes their vectors of texts
 */
export function createModel<Name extends EncoderName>(
  vocabulary: Vocabulary,
  { encoder, length, seed, config, itemTexts, side, attentionPooling = false }: ModelSettings<Name>,
): SequenceModel<Name> {
  const entry = encoderOf(encoder);
  if (entry.readsTexts && !itemTexts) {
    throw new RangeError(
      `createModel: ${encoder} reads items by their texts: give itemTexts (see textVectors)`,
    );
  }
  if (!entry.readsTexts && itemTexts) {
    throw new RangeError(`createModel: ${encoder} does not read texts, so that itemTexts would be ignored`);
  }
  if (entry.readsTexts && side?.codes.items) {
    throw new RangeError(
      `createModel: ${encoder} makes the vectors of items of their texts, and adds no features to them`,
    );
  }
  const channels = side ? channelSizes(side.codes) : {};
  const [channel] = Object.keys(channels);
  const readsFriends =
    entry.readsFriends?.({ ...entry.defaults, ...config, numItems: vocabulary.itemIds.length }) ?? false;
  if (readsFriends !== (side?.codes.friends !== undefined)) {
    throw new RangeError(
      readsFriends
        ? `createModel: ${encoder} reads what friends do: give codes with friends (see fitSideCodes)`
        : `createModel: ${encoder} does not read what friends do, so that they would be ignored`,
    );
  }
  if (channel !== undefined && !entry.readsChannels) {
    throw new RangeError(`createModel: ${encoder} reads items only, and no channel ${channel}`);
  }
  const sizes = {
    numItems: vocabulary.itemIds.length,
    ...(entry.hasMaxLength && { maxLength: length }),
    ...(itemTexts && { textWidth: itemTexts.columns }),
    ...(entry.readsChannels && { channels }),
  };
  const full: EncoderConfig = { ...entry.defaults, ...config, ...sizes };
  const rng = createRng(seed).child('init');
  const params = {
    ...entry.init(full, rng, itemTexts),
    ...(side && initSide(side, full.width, rng.child('side'))),
    ...(attentionPooling && {
      attentionPooling: initAdditiveAttention(full.width, full.width, rng.child('attention-pooling')),
    }),
  };
  return {
    encoder,
    config: full as EncoderConfigs[Name],
    params: params as EncoderWeights[Name],
    vocabulary,
    length,
    ...(side && { side }),
  };
}

/**
 * A history as a model reads it to name the next item: the latest events, and for a model that reads in both directions a hidden
 * item behind them.
 */
export function asQuestion({ encoder, config, length }: SequenceModel, history: Int32Array): Int32Array {
  const maskIndex = encoderOf(encoder).maskIndex?.(config);
  if (maskIndex === undefined) return history.subarray(Math.max(0, history.length - length));
  const latest = history.subarray(Math.max(0, history.length - (length - 1)));
  const question = new Int32Array(latest.length + 1);
  question.set(latest);
  question[latest.length] = maskIndex;
  return question;
}

/**
 * Turn histories into user vectors, without dropout.
 *
 * With `last` the vector is the one that the next item is scored by; the other ways take the states of the events alone.
 * `attention` asks the question that the model was trained with (`ModelSettings.attentionPooling`).
 *
 * @param histories item indices, oldest first; only the latest `model.length` are read
 * @param contexts  what else is known of each history, for a model that reads channels, profiles or friends (see `contextOf`)
 * @returns `[N, D]`; the caller disposes it
 * @throws RangeError when the model reads contexts and there are none, or `pooling` is 'attention' and it has learned no question
 */
export function encodeHistories(
  model: SequenceModel,
  histories: readonly Int32Array[],
  pooling: Pooling = 'last',
  contexts?: readonly HistoryContext[],
): tf.Tensor2D {
  return tf.tidy(() => {
    const rows = pooling === 'last' ? histories.map((history) => asQuestion(model, history)) : histories;
    const longest = rows.reduce((most, { length }) => Math.max(most, length), 1);
    const batch = padBatch(rows, Math.min(longest, model.length));
    const shape: [number, number] = [batch.numSequences, batch.length];
    const { numSequences: numRows, length, lengths } = batch;
    const { hidden_BTD } = encodeBatch(
      model,
      batchOf(model, {
        items_BT: tf.tensor2d(batch.items, shape, 'int32'),
        ...uploadBatch(contextInputs(model, contexts, { rows: numRows, length, lengths })),
      }),
      inference,
    );
    return pool(hidden_BTD, tf.tensor2d(batch.isReal, shape), pooling, model.params.attentionPooling);
  });
}

/** How user vectors are made. */
export interface UserVectorOptions {
  /** Default `last`. */
  readonly pooling?: Pooling;
  /** Users encoded at once: only memory and speed depend on it. Default 256. */
  readonly batchSize?: number;
  /** What else is known of each history, for a model that reads channels, profiles or friends. */
  readonly contexts?: readonly HistoryContext[];
}

/** The vectors of many users as a matrix, encoded batch by batch. */
export function userVectors(
  model: SequenceModel,
  histories: readonly Int32Array[],
  { pooling = 'last', batchSize = 256, contexts }: UserVectorOptions = {},
): Matrix {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`userVectors: batchSize must be a whole number from 1, got ${batchSize}`);
  }
  const values = new Float32Array(histories.length * model.config.width);
  for (let start = 0; start < histories.length; start += batchSize) {
    const end = start + batchSize;
    const vectors = encodeHistories(model, histories.slice(start, end), pooling, contexts?.slice(start, end));
    values.set(vectors.dataSync<'float32'>(), start * model.config.width);
    vectors.dispose();
  }
  return matrix(histories.length, model.config.width, values);
}

/** Score items for users as the model was trained to: dot product of the latest state and the item's vector. */
export function modelScorer(model: SequenceModel, name: string = model.encoder): Scorer {
  return dotProductScorer({
    name,
    encode: (histories, contexts) => encodeHistories(model, histories, 'last', contexts),
    itemVectors_VD: () => itemVectorsOf(model),
  });
}
