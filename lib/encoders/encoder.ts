import type * as tf from '@tensorflow/tfjs';
import type { AdditiveAttentionParams } from '../nn/additive-attention';

/** What the configuration of every sequence encoder has. Plain data; written to `config.json` beside the weights. */
export interface EncoderConfig {
  /** V: items plus one, because index 0 is padding. */
  readonly numItems: number;
  /** D: numbers in an item's vector and in the encoder's state. */
  readonly width: number;
  /** Share of numbers silenced while training. 0 to below 1. */
  readonly dropoutRate: number;
}

/** What the weights of every sequence encoder have. */
export interface EncoderParams {
  /**
   * `[V, D]`, row 0 zero; also the output table (tied): the score of an item is its row times the state. For an encoder that computes
   * the vectors of items (`itemVectors` of the catalogue), what it computes them from.
   */
  readonly itemEmbedding: tf.Variable<tf.Rank.R2>;
  /** Of a model that pools its states by attention: what it looks for, D -> D and a question of D. Encoders do not read it. */
  readonly attentionPooling?: AdditiveAttentionParams;
}

/** A batch as an encoder reads it: left-aligned, padded with 0 on the right. */
export interface EncoderBatch {
  readonly items_BT: tf.Tensor2D; // int32
  /** More of each event, `[B, T]` int32 from 1, 0 for padding or nothing; by name. Only for an encoder that reads channels. */
  readonly channels?: Readonly<Record<string, tf.Tensor2D>>;
  /** What belongs to a row's user and not to an event, by name, B rows first: a field of a profile, `friendItems_BFK` (int32, 0 = none). */
  readonly perUser?: Readonly<Record<string, tf.Tensor>>;
}

/** What an encoder makes of a batch: one vector after each event, or of a row (`answersOnce`) at its last one. */
export interface Encoded {
  readonly hidden_BTD: tf.Tensor3D;
  /** Of a variational encoder: how far each event's distribution is from the standard normal one, in nats. */
  readonly kl_BT?: tf.Tensor2D;
}
