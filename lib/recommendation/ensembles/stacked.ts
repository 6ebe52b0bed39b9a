import * as tf from '@tensorflow/tfjs';
import { sameItems } from './rank-fusion';
import type { HistoryContext } from '../../preprocessing/side/side-columns';
import type { Scorer } from '../scorer';

/** What a member's scores are, so that they can be added to those of others. */
export interface StackMember {
  readonly scorer: Scorer;
  /**
   * - `logits`: softmax makes probabilities of the scores, as in training by cross-entropy.
   * - `probabilities`: they are some already, none 0.
   * - `scores`: anything; counted in standard deviations from the mean of a row.
   */
  readonly scores: 'logits' | 'probabilities' | 'scores';
}

/**
 * Add up the opinions of several recommenders, each with a weight: a product of their probabilities where they give some.
 *
 * A weight may be negative, for a member that is right about others' mistakes. Column 0 is the lowest of its row.
 *
 * @param weights one a member
 * @throws RangeError when there is no member, weights are not finite or not one a member, or members differ in their number of items
 * @source Genest & Zidek, "Combining Probability Distributions: A Critique and an Annotated Bibliography", Statistical Science 1(1), 1986,
 *   section 3 (logarithmic opinion pool).
 */
export function stacked(name: string, members: readonly StackMember[], weights: ArrayLike<number>): Scorer {
  const numItems = sameItems(
    'stacked',
    members.map(({ scorer }) => scorer),
  );
  const own = Array.from(weights);
  if (own.length !== members.length || !own.every(Number.isFinite)) {
    throw new RangeError(
      `stacked: ${members.length} members need as many finite weights, got ${own.join(', ')}`,
    );
  }
  return {
    name,
    numItems,
    score: (histories, contexts) =>
      tf.tidy(() => {
        const parts = members.map((member, at) => tf.mul(opinion(member, histories, contexts), own[at]!));
        const sum: tf.Tensor2D = tf.addN(parts as tf.Tensor2D[]);
        return tf.concat([tf.min(sum, 1, true), sum], 1) as tf.Tensor2D;
      }),
  };
}

/** What a member holds of each item but padding, on a scale that all share: `[N, V - 1]`. */
export function opinion(
  { scorer, scores }: StackMember,
  histories: readonly Int32Array[],
  contexts?: readonly HistoryContext[],
): tf.Tensor2D {
  return tf.tidy(() => {
    const items_NW: tf.Tensor2D = tf.slice(scorer.score(histories, contexts), [0, 1], [-1, -1]);
    if (scores === 'logits') return tf.logSoftmax(items_NW);
    if (scores === 'probabilities') return tf.log(items_NW);
    const { mean, variance } = tf.moments(items_NW, 1, true);
    // A row of equal scores says nothing: 0.
    return tf.divNoNan(tf.sub(items_NW, mean), tf.sqrt(variance));
  });
}
