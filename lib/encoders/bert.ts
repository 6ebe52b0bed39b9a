import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { weight } from '../base/tree';
import type { FeedForwardActivation } from '../nn/feed-forward';
import {
  addLearnedPositions,
  initLearnedPositions,
  type LearnedPositionWeights,
} from '../nn/learned-positions';
import type { Mode } from '../nn/mode';
import { takeRows } from '../nn/take-rows';
import {
  initTransformerStack,
  transformerStack,
  type TransformerStackParams,
  type TransformerStackWeights,
} from './transformer-stack';

/** What a BERT text encoder is made of. Plain data; read from the model's `config.json` by `readBertConfig`. */
export interface BertConfig {
  /** Pieces of words that it knows, 1 or more. */
  readonly vocabularySize: number;
  /** Kinds of sentences in a pair, 1 or more. One text alone is of kind 0. */
  readonly tokenTypes: number;
  /** T: pieces of the longest text, the special ones included. */
  readonly maxLength: number;
  /** D: numbers in each vector. */
  readonly width: number;
  readonly numBlocks: number;
  /** Must divide the width. */
  readonly numHeads: number;
  /** F: width between the two feed-forward layers. */
  readonly feedForwardWidth: number;
  readonly activation: FeedForwardActivation;
  /** Added to the variance in each layer norm. */
  readonly normEpsilon: number;
  /** Share of numbers silenced while training, 0 to below 1. */
  readonly dropoutRate: number;
  /** Share of attention weights silenced while training, 0 to below 1. */
  readonly attentionDropoutRate: number;
}

/** Weights of a BERT text encoder. */
export interface BertWeights<Leaf extends tf.Tensor = tf.Tensor> extends TransformerStackWeights<Leaf> {
  readonly tokens: Leaf; // [vocabularySize, D]
  readonly positions: LearnedPositionWeights<Leaf>; // [T, D]
  readonly tokenTypes: Leaf; // [tokenTypes, D]
}

/** Trainable weights of a BERT text encoder. */
export interface BertParams extends TransformerStackParams {
  readonly tokens: tf.Variable<tf.Rank.R2>;
  readonly positions: LearnedPositionWeights<tf.Variable>;
  readonly tokenTypes: tf.Variable<tf.Rank.R2>;
}

/** The sizes of BERT-base for English, without capitals. */
export const bertDefaults: BertConfig = Object.freeze({
  vocabularySize: 30_522,
  tokenTypes: 2,
  maxLength: 512,
  width: 768,
  numBlocks: 12,
  numHeads: 12,
  feedForwardWidth: 3072,
  activation: 'gelu',
  normEpsilon: 1e-12,
  dropoutRate: 0.1,
  attentionDropoutRate: 0.1,
});

/** Texts as BERT reads them: pieces of words as numbers, padded on the right. */
export interface BertBatch {
  readonly tokens_BT: tf.Tensor2D; // int32; any number at padding
  readonly isReal_BT: tf.Tensor2D; // float32: 1 for a piece, 0 for padding
}

/**
 * Draw the weights of a BERT text encoder: tables normal with a standard deviation of .02, as in the paper's code, layers as
 * everywhere here.
 *
 * @throws RangeError when the heads do not divide the width
 */
export function initBert(config: BertConfig, rng: Rng): BertParams {
  const { vocabularySize, tokenTypes, maxLength, width } = config;
  return {
    tokens: normalTable(vocabularySize, width, rng.child('tokens')),
    positions: initLearnedPositions(maxLength, width, rng.child('positions')),
    tokenTypes: normalTable(tokenTypes, width, rng.child('token-types')),
    ...initTransformerStack('initBert', config, rng),
  };
}

function normalTable(rows: number, width: number, rng: Rng): tf.Variable<tf.Rank.R2> {
  const values = Float32Array.from({ length: rows * width }, () => 0.02 * rng.normal());
  return weight<tf.Rank.R2>(values, [rows, width]);
}

/**
 * Read texts in both directions: after it, the vector of each piece tells what the piece means among the others of its text.
 *
 * NOT causal. Padding changes nothing for pieces; the vectors at padding are finite, and noise.
 *
 * @returns `[B, T, D]`, one vector a piece
 * @throws RangeError when the texts are longer than `maxLength`
 * @source Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019, section 3
 *   and the input representation of figure 2.
 * @differs One text, not a pair: all pieces are of kind 0. Without the pooling layer and the heads of pre-training.
 */
export function bert(
  params: BertWeights,
  { tokens_BT, isReal_BT }: BertBatch,
  config: BertConfig,
  mode: Mode,
): tf.Tensor3D {
  const [B, T] = tokens_BT.shape;
  if (T > config.maxLength) {
    throw new RangeError(`bert: at most ${config.maxLength} pieces can be read, got ${T}`);
  }
  return tf.tidy(() => {
    const flat_L = tf.reshape<tf.Rank.R1>(tokens_BT, [B * T]);
    const tokens_LD = takeRows(params.tokens as tf.Tensor2D, flat_L);
    const kind_1D = tf.slice(params.tokenTypes as tf.Tensor2D, [0, 0], [1, -1]);
    const x_BTD = tf.reshape<tf.Rank.R3>(tf.add(tokens_LD, kind_1D), [B, T, -1]);
    return transformerStack(
      params,
      addLearnedPositions(params.positions, x_BTD),
      { ...config, norm: 'post' },
      { causal: false, isReal_BT, normEpsilon: config.normEpsilon },
      mode,
    );
  });
}
