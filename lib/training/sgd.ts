import * as tf from '@tensorflow/tfjs';
import { boolAttribute, typeAttribute } from '../nn/native/execute';
import { updateVariables } from '../nn/native/update-variables';
import { addL2 } from './l2';

/** Settings of stochastic gradient descent. */
export interface SgdConfig {
  readonly name: 'sgd';
  readonly learningRate: number;
  /** Share of the last move that goes into the next, from 0 to below 1. 0 needs no memory. */
  readonly momentum: number;
  /** Gradient of matrices towards 0, times their values; see `addL2`. */
  readonly l2: number;
}

export const sgdDefaults: SgdConfig = Object.freeze({
  name: 'sgd',
  learningRate: 0.01,
  momentum: 0.9,
  l2: 0,
});

/** What SGD remembers of each weight: with momentum, the running sum of its gradients. */
export const sgdMemory = ({ momentum }: SgdConfig): string[] => (momentum > 0 ? ['velocity'] : []);

/** What changes from step to step: the learning rate. */
export const sgdScalars = (learningRate: number): number[] => [learningRate];

/** One weight and what the optimiser remembers of it, in the order of `sgdMemory`. */
export interface SgdSlot {
  readonly leaf: tf.Variable;
  readonly memory: readonly tf.Variable[];
}

/**
 * Move one weight against its gradient, with momentum: gradients that agree add up, those that alternate cancel.
 *
 * `velocity = momentum * velocity + gradient`, then `weight -= learningRate * velocity`: one native op.
 *
 * @source Sutskever, Martens, Dahl & Hinton, "On the Importance of Initialization and Momentum in Deep Learning",
 *   ICML 2013, eq. 1-2.
 * @differs The learning rate multiplies the velocity when it is used, as in PyTorch, and not the gradient when it is
 *   added, so that a schedule acts at once on all of it. The same with a constant learning rate.
 */
export function sgdFused(
  { momentum, l2 }: SgdConfig,
  { leaf, memory: [velocity] }: SgdSlot,
  gradient: tf.Tensor,
  scalars: readonly tf.Tensor[],
): void {
  const [learningRate] = scalars as [tf.Tensor];
  const slope = addL2(gradient, leaf, l2);
  const attributes = [typeAttribute('T'), boolAttribute('use_locking', false)];
  if (velocity === undefined) {
    updateVariables('ResourceApplyGradientDescent', attributes, [leaf], [learningRate, slope]);
    return;
  }
  updateVariables(
    'ResourceApplyMomentum',
    [...attributes, boolAttribute('use_nesterov', false)],
    [leaf, velocity],
    [learningRate, slope, tf.scalar(momentum)],
  );
}

/** `sgdFused` by tfjs's own functions: the reference in tests and the way on wasm. */
export function sgdPlain(
  { momentum, l2 }: SgdConfig,
  { leaf, memory: [velocity] }: SgdSlot,
  gradient: tf.Tensor,
  scalars: readonly tf.Tensor[],
): void {
  const [learningRate] = scalars as [tf.Tensor];
  const slope = addL2(gradient, leaf, l2);
  if (velocity !== undefined) velocity.assign(tf.add(tf.mul(velocity, momentum), slope));
  leaf.assign(tf.sub(leaf, tf.mul(velocity ?? slope, learningRate)));
}
