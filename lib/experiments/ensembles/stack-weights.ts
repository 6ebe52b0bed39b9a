import * as tf from '@tensorflow/tfjs';
import { lbfgs } from '../../evaluation/lbfgs';
import type { RankQuestion } from '../../recommendation/rank-with-scorer';
import { opinion, type StackMember } from '../../recommendation/ensembles/stacked';

/** Weights, and what they were found by. */
export interface StackWeights {
  /** One a member. */
  readonly weights: Float64Array;
  /** Mean negative log-likelihood of the targets, in nats: with these weights, and of each member alone at its best weight. */
  readonly logLoss: number;
  readonly alone: readonly number[];
  readonly hasConverged: boolean;
}

/** Events that are asked at once. */
const batchSize = 256;

/**
 * Find the weights with which several recommenders together hold the targets likeliest: a conditional logit over all items.
 *
 * The likelihood has one maximum. Learn from events that no member was trained on (validation), and measure on others.
 *
 * @param l2 holds weights near 0; default 1e-3
 * @throws RangeError when there is no member or no event
 * @source Wolpert, "Stacked Generalization", Neural Networks 5(2), 1992; McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior",
 *   Frontiers in Econometrics, 1974.
 * @differs The second level learns from one held-out part instead of folds, so that each member is trained once.
 */
export function stackWeights(
  members: readonly StackMember[],
  question: RankQuestion,
  { l2 = 1e-3 }: { readonly l2?: number } = {},
): StackWeights {
  if (members.length === 0) throw new RangeError('stackWeights: there is no member');
  if (question.targets.length === 0) throw new RangeError('stackWeights: there is no event');
  const batches = opinionsOf(members, question);
  try {
    const fit = (places: readonly number[]): ReturnType<typeof lbfgs> =>
      lbfgs(
        (x, gradient) => lossOf(batches, places, x, gradient, l2),
        new Float64Array(places.length).fill(1 / places.length),
        { tolerance: 1e-5, maxSteps: 100 },
      );
    const together = fit(members.map((_, at) => at));
    const without = (places: readonly number[], x: Float64Array): number =>
      lossOf(batches, places, x, new Float64Array(x.length), 0);
    return {
      weights: together.x,
      logLoss: without(
        members.map((_, at) => at),
        together.x,
      ),
      alone: members.map((_, at) => without([at], fit([at]).x)),
      hasConverged: together.hasConverged,
    };
  } finally {
    for (const { opinions_MNW, targets } of batches) tf.dispose([opinions_MNW, targets]);
  }
}

interface Batch {
  readonly opinions_MNW: tf.Tensor3D;
  readonly targets: tf.Tensor1D;
  readonly share: number;
}

function opinionsOf(
  members: readonly StackMember[],
  { histories, targets, contexts }: RankQuestion,
): Batch[] {
  return Array.from({ length: Math.ceil(targets.length / batchSize) }, (_, batch) => {
    const [from, to] = [batch * batchSize, Math.min(targets.length, (batch + 1) * batchSize)];
    return {
      opinions_MNW: tf.tidy(() =>
        tf.stack(
          members.map((member) => opinion(member, histories.slice(from, to), contexts?.slice(from, to))),
        ),
      ) as tf.Tensor3D,
      targets: tf.tensor1d(
        targets.slice(from, to).map((item) => item - 1),
        'int32',
      ),
      share: (to - from) / targets.length,
    };
  });
}

/** The mean loss with weights of some members, and its gradient by them. */
function lossOf(
  batches: readonly Batch[],
  places: readonly number[],
  x: Float64Array,
  gradient: Float64Array,
  l2: number,
): number {
  gradient.fill(0);
  let loss = 0;
  for (const { opinions_MNW, targets, share } of batches) {
    const [value, slopes] = tf.tidy(() => {
      const own_MNW: tf.Tensor3D = tf.gather(opinions_MNW, [...places]);
      const weights_M11 = tf.tensor3d([...x], [x.length, 1, 1]);
      const sum_NW: tf.Tensor2D = tf.sum(tf.mul(own_MNW, weights_M11), 0);
      const [N, W] = sum_NW.shape;
      const hit_NW = tf.oneHot(targets, W, 1, 0, 'float32');
      const losses_N = tf.sub(tf.logSumExp(sum_NW, 1), tf.sum(tf.mul(sum_NW, hit_NW), 1));
      const over_NW = tf.sub(tf.softmax(sum_NW), hit_NW);
      return [
        tf.mean(losses_N).dataSync()[0]!,
        tf.div(tf.sum(tf.mul(own_MNW, over_NW), [1, 2]), N).dataSync(),
      ] as const;
    });
    loss += share * value;
    for (const [at, slope] of slopes.entries()) gradient[at]! += share * slope;
  }
  for (let at = 0; at < x.length; at++) {
    loss += 0.5 * l2 * x[at]! ** 2;
    gradient[at]! += l2 * x[at]!;
  }
  return loss;
}
