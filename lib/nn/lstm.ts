import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { hasNativeOps } from './native/execute';
import {
  lstmFused,
  lstmPlain,
  lstmStepFused,
  lstmStepPlain,
  type LstmState,
  type LstmWeights,
} from './native/lstm';

/** Trainable weights of one LSTM layer; see `LstmWeights` for the order of the gates. */
export type LstmLayerParams = LstmWeights<tf.Variable>;

/**
 * Draw the weights of an LSTM layer.
 *
 * Kernel uniform in ±1/sqrt(H) (PyTorch's rule); bias zero, but 1 for the forget gate, so that a new layer remembers.
 *
 * @source Jozefowicz, Zaremba & Sutskever, "An Empirical Exploration of Recurrent Network Architectures", ICML 2015,
 *   section 3 (the forget bias of 1).
 */
export function initLstmLayer(inputWidth: number, stateWidth: number, rng: Rng): LstmLayerParams {
  const limit = 1 / Math.sqrt(stateWidth);
  const kernel = Float32Array.from(
    { length: (inputWidth + stateWidth) * 4 * stateWidth },
    () => (2 * rng.next() - 1) * limit,
  );
  const bias = new Float32Array(4 * stateWidth).fill(1, 2 * stateWidth, 3 * stateWidth);
  return {
    kernel: weight<tf.Rank.R2>(kernel, [inputWidth + stateWidth, 4 * stateWidth]),
    bias: weight<tf.Rank.R1>(bias, [bias.length]),
  };
}

/**
 * Read a sequence from left to right and remember what matters: one state for every event.
 *
 * The state after event t depends on events 0..t only. Padding on the right therefore
 * never changes the states of real events.
 *
 * @param x_BTD one vector an event, oldest first
 * @returns `[B, T, H]`, the state after each event
 */
export function lstmLayer(params: LstmWeights, x_BTD: tf.Tensor3D): tf.Tensor3D {
  return hasNativeOps() ? lstmFused(x_BTD, params) : lstmPlain(x_BTD, params);
}

/**
 * The last of `lstmLayer`'s states alone, at less cost forward and backward.
 *
 * It is the state after position T - 1, be it real or padding: rows must be full, or padded on the left.
 *
 * @returns `[B, H]`
 */
export function lstmLastState(params: LstmWeights, x_BTD: tf.Tensor3D): tf.Tensor2D {
  return hasNativeOps() ? lstmFused(x_BTD, params, 'last') : lstmPlain(x_BTD, params, 'last');
}

/** The state before the first event. */
export function emptyLstmState({ bias }: LstmWeights, batchSize: number): LstmState {
  const shape: [number, number] = [batchSize, bias.shape[0] / 4];
  return { hidden_BH: tf.zeros(shape), cell_BH: tf.zeros(shape) };
}

/**
 * Read one more event of each row: what `lstmLayer` does at each step.
 *
 * Without a gradient: for events that arrive one by one.
 *
 * @param x_BD one vector a row
 */
export function lstmStep(params: LstmWeights, x_BD: tf.Tensor2D, state: LstmState): LstmState {
  return hasNativeOps() ? lstmStepFused(x_BD, params, state) : lstmStepPlain(x_BD, params, state);
}
