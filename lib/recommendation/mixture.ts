import * as tf from '@tensorflow/tfjs';
import type { Scorer } from './scorer';

/** One of the opinions that are mixed. */
export interface MixturePart {
  readonly scorer: Scorer;
  /** `logits`: softmax makes probabilities of the scores, as in training by cross-entropy. `probabilities`: they are some already. */
  readonly scores: 'logits' | 'probabilities';
  /** 0 to 1; those of all parts sum to 1. A part of weight 0 is not asked. */
  readonly weight: number;
}

/**
 * Mix what several recommenders hold likely: the weighted mean of their probabilities of the next item.
 *
 * Scores of different recommenders have no common scale, and their sum means nothing; probabilities have one. Scores are the logarithm
 * of the mixture, padding has the lowest of its row. With one part of weight 1 the order is that part's own.
 *
 * @throws RangeError when there is no part, weights are not from 0 to 1 with the sum 1, or parts differ in their number of items
 * @source Jelinek & Mercer, "Interpolated Estimation of Markov Source Parameters from Sparse Data", Pattern Recognition in Practice,
 *   1980 (weights from held-out data).
 * @differs One weight for all users, chosen on validation by the metric, not by likelihood.
 */
export function mixture(name: string, parts: readonly MixturePart[]): Scorer {
  const weights = parts.map(({ weight }) => weight);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.some((weight) => !(weight >= 0 && weight <= 1)) || Math.abs(sum - 1) > 1e-9)
    throw new RangeError(`mixture: weights must be from 0 to 1 and sum to 1, got ${weights.join(', ')}`);
  const asked = parts.filter(({ weight }) => weight > 0);
  const numItems = asked[0]!.scorer.numItems;
  const other = asked.find(({ scorer }) => scorer.numItems !== numItems);
  if (other)
    throw new RangeError(
      `mixture: '${other.scorer.name}' has ${other.scorer.numItems} items, not ${numItems}`,
    );
  return {
    name,
    numItems,
    score: (histories, contexts) =>
      tf.tidy(() => {
        const logs = asked.map(({ scorer, scores, weight }) => {
          const items = tf.slice(scorer.score(histories, contexts), [0, 1], [-1, -1]);
          return tf.add(scores === 'logits' ? tf.logSoftmax(items) : tf.log(items), Math.log(weight));
        });
        const mixed = logs.length === 1 ? logs[0]! : tf.logSumExp(tf.stack(logs), 0);
        return tf.concat([tf.min(mixed, 1, true), mixed], 1) as tf.Tensor2D;
      }),
  };
}
