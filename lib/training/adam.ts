import * as tf from '@tensorflow/tfjs';
import { boolAttribute, typeAttribute } from '../nn/native/execute';
import { updateVariables } from '../nn/native/update-variables';
import { addL2, isRegularised } from './l2';

interface Moments {
  readonly learningRate: number;
  /** Share of the running mean of gradients that is kept at a step, from 0 to below 1. */
  readonly beta1: number;
  /** Share of the running mean of squared gradients that is kept at a step, from 0 to below 1. */
  readonly beta2: number;
  /** Added to the root of the mean square, so that a weight whose gradient is nearly 0 does not leap. */
  readonly epsilon: number;
}

/** Settings of Adam. */
export interface AdamConfig extends Moments {
  readonly name: 'adam';
  /** Gradient of matrices towards 0, times their values; see `addL2`. */
  readonly l2: number;
}

/** Settings of AdamW. */
export interface AdamWConfig extends Moments {
  readonly name: 'adamw';
  /** Share of a matrix that a step takes away, divided by the learning rate. Vectors (biases) do not decay. */
  readonly weightDecay: number;
}

const moments = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export const adamDefaults: AdamConfig = Object.freeze({ name: 'adam', ...moments, l2: 0 });

export const adamWDefaults: AdamWConfig = Object.freeze({ name: 'adamw', ...moments, weightDecay: 0.01 });

/** What Adam remembers of each weight: running means of its gradient and of its squared gradient. */
export const adamMemory = ['first', 'second'];

// The native op has its settings as 32-bit numbers: 1 - .999 is off by 1e-5 of itself there. With the same rounding
// everywhere, a running mean and its correction still fit each other.
const betas = ({ beta1, beta2 }: Moments): [number, number] => [Math.fround(beta1), Math.fround(beta2)];

/**
 * What changes from step to step: the step's length, its epsilon, and the share of a matrix that decay leaves.
 *
 * Both running means start at 0; algorithm 1 divides them by `1 - beta ** step`. The same quotient results when the
 * two roots are multiplied out of it: `length = learningRate * sqrt(1 - beta2 ** step) / (1 - beta1 ** step)` and
 * `epsilon * sqrt(1 - beta2 ** step)`.
 *
 * @param step from 1
 */
export function adamScalars(config: AdamConfig | AdamWConfig, step: number, learningRate: number): number[] {
  const [beta1, beta2] = betas(config);
  const root = Math.sqrt(1 - beta2 ** step);
  const kept = config.name === 'adamw' ? 1 - learningRate * config.weightDecay : 1;
  return [(learningRate * root) / (1 - beta1 ** step), config.epsilon * root, kept];
}

/** One weight and what the optimiser remembers of it, in the order of `adamMemory`. */
export interface AdamSlot {
  readonly leaf: tf.Variable;
  readonly memory: readonly tf.Variable[];
}

/**
 * Move one weight against its gradient, each number with a step size of its own: one native op, and with AdamW a
 * second for matrices, which first shrinks them.
 *
 * @param scalars one for each number of `adamScalars`
 * @source Kingma & Ba, "Adam", ICLR 2015, algorithm 1; Loshchilov & Hutter, "Decoupled Weight Decay Regularization",
 *   ICLR 2019, algorithm 2, line 12.
 * @differs AdamW: only matrices decay, by the learning rate times `weightDecay` as in PyTorch; the paper's schedule
 *   multiplier stands where the learning rate stands here. Equal to PyTorch's Adam and AdamW but for the last bits.
 */
export function adamFused(
  config: AdamConfig | AdamWConfig,
  { leaf, memory }: AdamSlot,
  gradient: tf.Tensor,
  scalars: readonly tf.Tensor[],
): void {
  const [length, epsilon, kept] = scalars as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [beta1, beta2] = betas(config);
  const slope = config.name === 'adam' ? addL2(gradient, leaf, config.l2) : gradient;
  if (decays(config, leaf)) {
    updateVariables('AssignVariableOp', [typeAttribute('dtype')], [leaf], [tf.mul(leaf, kept)]);
  }
  const corrected = tf.scalar(0); // the op's own correction, by powers of beta, is 1 with powers of 0
  updateVariables(
    'ResourceApplyAdam',
    [typeAttribute('T'), boolAttribute('use_locking', false), boolAttribute('use_nesterov', false)],
    [leaf, ...memory],
    [corrected, corrected, length, tf.scalar(beta1), tf.scalar(beta2), epsilon, slope],
  );
}

/** `adamFused` by tfjs's own functions: the reference in tests and the way on wasm. */
export function adamPlain(
  config: AdamConfig | AdamWConfig,
  { leaf, memory }: AdamSlot,
  gradient: tf.Tensor,
  scalars: readonly tf.Tensor[],
): void {
  const [length, epsilon, kept] = scalars as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [beta1, beta2] = betas(config);
  const [first, second] = memory as [tf.Variable, tf.Variable];
  const slope = config.name === 'adam' ? addL2(gradient, leaf, config.l2) : gradient;
  first.assign(tf.add(tf.mul(first, beta1), tf.mul(slope, 1 - beta1)));
  second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(slope), 1 - beta2)));
  const before = decays(config, leaf) ? tf.mul(leaf, kept) : leaf;
  leaf.assign(tf.sub(before, tf.div(tf.mul(first, length), tf.add(tf.sqrt(second), epsilon))));
}

const decays = (config: AdamConfig | AdamWConfig, leaf: tf.Tensor): boolean =>
  config.name === 'adamw' && config.weightDecay > 0 && isRegularised(leaf);
