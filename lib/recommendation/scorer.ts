import type * as tf from '@tensorflow/tfjs';
import type { HistoryContext } from '../preprocessing/side/side-columns';

/**
 * Anything that gives every item a score for a user, from what the user did so far.
 *
 * The one shape that all recommenders share, so that ranking, top-N lists and evaluation know nothing about
 * the model behind. Higher is better; column 0 is padding and is never read.
 */
export interface Scorer {
  /** Name in tables. */
  readonly name: string;
  /** V: number of items including padding (index 0). */
  readonly numItems: number;
  /**
   * Score all items for some users.
   *
   * @param histories item indices of each user's past events, oldest first
   * @param contexts  what else is known of each history, for those that read it
   * @returns `[N, V]`; the caller disposes it
   */
  score(histories: readonly Int32Array[], contexts?: readonly HistoryContext[]): tf.Tensor2D;
  /**
   * The vectors of which the scores are dot products, where they are: what ranks a whole catalogue without holding its scores needs them.
   * A scorer that changes another's scores must not hand on its factors.
   *
   * @returns within a tidy, the vectors of users and of all items
   */
  factors?(histories: readonly Int32Array[], contexts?: readonly HistoryContext[]): ScoreFactors;
}

/** Two sides of scores: `user_ND · item_VDᵀ`. */
export interface ScoreFactors {
  readonly user_ND: tf.Tensor2D;
  readonly item_VD: tf.Tensor2D;
}
