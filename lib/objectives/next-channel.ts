import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import { softmaxCrossEntropy } from '../nn/softmax-cross-entropy';
import { takeRows } from '../nn/take-rows';
import { unknownCode } from '../preprocessing/side/codes';
import type { NextItemTargets } from './next-item';

/** Which value of a channel the next event has. */
export interface NextChannelTargets {
  /** From 0: the code without padding and the unknown. */
  readonly classes: Int32Array;
  /** 0 where there is no next event, or it is not known of it. */
  readonly weights: Float32Array;
}

/** Draw the layer that names the next value of a channel. @param size codes of the channel, padding and the unknown among them */
export const initNextChannel = (size: number, width: number, rng: Rng): LinearParams =>
  initLinear(width, size - 1 - unknownCode, rng);

/**
 * List which value of a channel is asked for where the next item is.
 *
 * @param next  row after row, `[B * T]`: the code of the event after each one, 0 where there is none
 * @param asked places as `prepareNextItem` lists them
 */
export function prepareNextChannel(
  next: Int32Array,
  asked: Pick<NextItemTargets, 'positions' | 'weights'>,
): NextChannelTargets {
  const codes = asked.positions.map((place) => next[place]!);
  return {
    classes: codes.map((code) => Math.max(0, code - 1 - unknownCode)),
    weights: asked.weights.map((weight, at) => (codes[at]! > unknownCode ? weight : 0)),
  };
}

/**
 * Learn beside the next item what the next event is like: what will be done, how soon, in which category.
 *
 * @param head       weights of `initNextChannel`
 * @param hidden_BTD the encoder's state after each event
 * @returns mean cross-entropy over the places whose next value is known, in nats; 0 where there is none
 * @source Du, Dai, Trivedi, Upadhyay, Gomez-Rodriguez & Song, "Recurrent Marked Temporal Point Processes", KDD 2016, section 4 (the next
 *   event's mark and its time from one state); as several heads beside each other: Caruana, "Multitask Learning", Machine Learning 28,
 *   1997.
 * @differs Time is a bucket of the gap, not a density.
 */
export function nextChannelLoss(
  head: LinearParams,
  hidden_BTD: tf.Tensor3D,
  positions_L: tf.Tensor1D,
  classes_L: tf.Tensor1D,
  weights_L: tf.Tensor1D,
): tf.Scalar {
  return tf.tidy(() => {
    const [B, T, D] = hidden_BTD.shape;
    const asked_LD = takeRows(tf.reshape(hidden_BTD, [B * T, D]), positions_L);
    return softmaxCrossEntropy(linear(head, asked_LD), classes_L, weights_L);
  });
}

/** How likely each known value of a channel is for the next event: `[N, values]`, each row sums to 1. */
export const nextChannelProbabilities = (head: LinearParams, state_ND: tf.Tensor2D): tf.Tensor2D =>
  tf.tidy(() => tf.softmax(linear(head, state_ND)));
