import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import type { LinearWeights } from './linear';

/** Weights of a low-rank update of a kernel `[I, O]`. R = rank. */
export interface LowRankParams {
  readonly down: tf.Variable<tf.Rank.R2>; // [I, R]
  readonly up: tf.Variable<tf.Rank.R2>; // [R, O]
}

/**
 * Draw a low-rank update that changes nothing yet: `down` normal with a standard deviation of 1/sqrt(R), `up` zero.
 *
 * @throws RangeError when the rank is no whole number from 1 to the smaller width
 */
export function initLowRank(inputWidth: number, outputWidth: number, rank: number, rng: Rng): LowRankParams {
  const most = Math.min(inputWidth, outputWidth);
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= most)) {
    throw new RangeError(`initLowRank: rank must be a whole number from 1 to ${most}, got ${rank}`);
  }
  const down = Float32Array.from({ length: inputWidth * rank }, () => rng.normal() / Math.sqrt(rank));
  return {
    down: weight<tf.Rank.R2>(down, [inputWidth, rank]),
    up: weight<tf.Rank.R2>(new Float32Array(rank * outputWidth), [rank, outputWidth]),
  };
}

/**
 * A linear layer with its update: `kernel + alpha / R (down . up)`. The layer itself may be frozen; the update is trained.
 *
 * @param alpha how much the update counts; 0 leaves the layer as it is
 * @returns weights to use within the same tidy
 * @source Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, section 4.1, eq. 3.
 * @differs The sum of kernel and update is formed at each use, where the paper adds two products: the same numbers, and less work
 *   where there are more rows than numbers in a row.
 */
export function withLowRank(
  { kernel, bias }: LinearWeights,
  { down, up }: LowRankParams,
  alpha: number,
): LinearWeights {
  return tf.tidy(() => {
    const update = tf.mul(tf.matMul(down, up), alpha / down.shape[1]);
    return { kernel: tf.add(kernel, update), bias };
  });
}
