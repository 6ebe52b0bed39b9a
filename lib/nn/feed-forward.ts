import * as tf from '@tensorflow/tfjs';
import { gelu, geluCore } from './gelu';
import { linear, type LinearWeights } from './linear';
import { relu } from './relu';

/** Weights of a feed-forward layer: from width D to a larger width F, and back. */
export interface FeedForwardWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly expand: LinearWeights<Leaf>; // kernel [D, F], bias [F]
  readonly contract: LinearWeights<Leaf>; // kernel [F, D], bias [D]
}

/** What stands between the two layers; 'gelu-tanh' is the approximation of BERT and GPT-2. */
export type FeedForwardActivation = 'relu' | 'gelu' | 'gelu-tanh';

/**
 * Let each vector be thought over by itself: two linear layers with an activation between them.
 *
 * @param x_BTD one vector an event
 * @returns `[B, T, D]`
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.3, eq. 2.
 */
export function feedForward(
  { expand, contract }: FeedForwardWeights,
  x_BTD: tf.Tensor3D,
  activation: FeedForwardActivation,
): tf.Tensor3D {
  return tf.tidy(() => {
    switch (activation) {
      case 'relu':
        return linear(contract, relu(linear(expand, x_BTD)));
      case 'gelu-tanh':
        return linear(contract, gelu(linear(expand, x_BTD), 'tanh'));
      case 'gelu': {
        // gelu(x) = geluCore(x √½) √½: both factors go into the kernels.
        const shrunk = { kernel: shrink(expand.kernel), bias: shrink(expand.bias) };
        const active_BTF = geluCore(linear(shrunk, x_BTD));
        return linear({ kernel: shrink(contract.kernel), bias: contract.bias }, active_BTF);
      }
    }
  });
}

const shrink = (weights: tf.Tensor): tf.Tensor => tf.mul(weights, Math.SQRT1_2);
