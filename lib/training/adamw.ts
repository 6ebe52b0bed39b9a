import * as tf from '@tensorflow/tfjs';
import { leaves } from '../base/tree';

/** Settings of AdamW. */
export interface AdamWConfig {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decay of matrices a step, times the learning rate. Vectors (biases) do not decay. */
  readonly weightDecay: number;
}

export const adamWDefaults: AdamWConfig = Object.freeze({
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
});

/** An optimiser and what it remembers: two running means a weight, and the number of steps. */
export interface AdamW {
  readonly config: AdamWConfig;
  readonly firstMoment: ReadonlyMap<string, tf.Variable>;
  readonly secondMoment: ReadonlyMap<string, tf.Variable>;
  step: number;
}

/** Start an optimiser for a tree of weights; its memory is zero. Free it with `disposeAdamW`. */
export function createAdamW(params: object, config: Partial<AdamWConfig> = {}): AdamW {
  const zeros = (): Map<string, tf.Variable> =>
    new Map(
      leaves(params).map(([path, leaf]) => [path, tf.tidy(() => tf.variable(tf.zerosLike(leaf), false))]),
    );
  return { config: { ...adamWDefaults, ...config }, firstMoment: zeros(), secondMoment: zeros(), step: 0 };
}

/** Free the optimiser's memory. */
export function disposeAdamW(optimiser: AdamW): void {
  for (const memory of [optimiser.firstMoment, optimiser.secondMoment])
    for (const leaf of memory.values()) leaf.dispose();
}

/**
 * Move every weight one step against its gradient, each with a step size of its own.
 *
 * @param gradients one a leaf, by its path
 * @throws Error when a leaf has no gradient
 * @source Kingma & Ba, "Adam", ICLR 2015, algorithm 1; Loshchilov & Hutter, "Decoupled Weight Decay Regularization",
 *   ICLR 2019, algorithm 2 (line 12, with a constant schedule).
 * @differs Only matrices decay, by the learning rate times `weightDecay` as in PyTorch; the paper's schedule
 *   multiplier stands where the learning rate stands here. With `weightDecay` 0 this is Adam.
 */
export function applyAdamW(
  optimiser: AdamW,
  params: object,
  gradients: ReadonlyMap<string, tf.Tensor>,
): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = optimiser.config;
  optimiser.step += 1;
  const correction1 = 1 - beta1 ** optimiser.step;
  const correction2 = 1 - beta2 ** optimiser.step;
  for (const [path, leaf] of leaves(params)) {
    const gradient = gradients.get(path);
    if (!gradient) throw new Error(`applyAdamW: no gradient for ${path}`);
    const first = optimiser.firstMoment.get(path)!;
    const second = optimiser.secondMoment.get(path)!;
    tf.tidy(() => {
      first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
      second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
      const direction = tf.div(
        tf.div(first, correction1),
        tf.add(tf.sqrt(tf.div(second, correction2)), epsilon),
      );
      const decayed = leaf.rank >= 2 ? tf.mul(leaf, 1 - learningRate * weightDecay) : leaf;
      leaf.assign(tf.sub(decayed, tf.mul(direction, learningRate)));
    });
  }
}
