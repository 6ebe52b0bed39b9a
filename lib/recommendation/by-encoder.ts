import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import type { HistoryContext } from '../preprocessing/side/side-columns';
import type { ScoreFactors, Scorer } from './scorer';

/** Turns histories into user vectors; the caller of `encode` disposes what it returns. */
export interface EncoderScorerConfig {
  /** Name in tables. */
  readonly name: string;
  /** `[N, D]`, one vector a user. */
  readonly encode: (histories: readonly Int32Array[], contexts?: readonly HistoryContext[]) => tf.Tensor2D;
  /**
   * `[V, D]`, one vector an item; row 0 is padding. Stays the caller's: dispose it after the scorer's last use. Or what computes
   * them, within a tidy, whenever they are needed.
   */
  readonly itemVectors_VD: tf.Tensor2D | (() => tf.Tensor2D);
}

/**
 * Score an item by the dot product of its vector with the user's.
 *
 * The score the next-item objective trains with, so this is a trained encoder's own opinion. Long item vectors
 * (often those of popular items) have an advantage.
 *
 * @source Koren, Bell & Volinsky, "Matrix Factorization Techniques for Recommender Systems", Computer 42(8), 2009, eq. 1
 */
export function dotProductScorer(config: EncoderScorerConfig): Scorer {
  return encoderScorer(config, (vectors_ND) => vectors_ND);
}

/**
 * Score an item by the cosine of the angle between its vector and the user's, -1 to 1.
 *
 * The length of a vector plays no part; a vector of zeros is at a right angle to everything (0). On unit vectors
 * |u - v|^2 = 2 - 2 cos(u, v), so nearest by Euclidean distance is the same order and needs no scorer of its own.
 *
 * @source Salton & McGill, "Introduction to Modern Information Retrieval", 1983, §4
 */
export function cosineScorer(config: EncoderScorerConfig): Scorer {
  return encoderScorer(config, unitRows);
}

/** @param prepare what is done to the vectors of both sides before their product */
function encoderScorer(
  { name, encode, itemVectors_VD }: EncoderScorerConfig,
  prepare: (vectors: tf.Tensor2D) => tf.Tensor2D,
): Scorer {
  const itemVectors = typeof itemVectors_VD === 'function' ? itemVectors_VD : () => itemVectors_VD;
  const [numItems, width] = tf.tidy(() => itemVectors().shape);
  const factors = (histories: readonly Int32Array[], contexts?: readonly HistoryContext[]): ScoreFactors => {
    const user_ND = encode(histories, contexts);
    expectShape(`${name}: user vectors`, user_ND, [histories.length, width]);
    return { user_ND: prepare(user_ND), item_VD: prepare(itemVectors()) };
  };
  return {
    name,
    numItems,
    score: (histories, contexts) =>
      tf.tidy(() => {
        const { user_ND, item_VD } = factors(histories, contexts);
        return tf.matMul(user_ND, item_VD, false, true);
      }),
    factors,
  };
}

function unitRows(vectors_ND: tf.Tensor2D): tf.Tensor2D {
  // The largest entry is taken out first: the squares of very short or very long rows would leave float32.
  const largest_N1 = tf.max(tf.abs(vectors_ND), 1, true);
  const scaled_ND = tf.divNoNan(vectors_ND, largest_N1);
  return tf.divNoNan(scaled_ND, tf.norm(scaled_ND, 'euclidean', 1, true));
}
