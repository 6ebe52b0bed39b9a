import type * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { hasNativeOps } from './native/execute';
import { gruFused, gruPlain, type GruWeights } from './native/gru';

/** Trainable weights of one GRU layer; see `GruWeights` for the order of the gates. */
export type GruLayerParams = GruWeights<tf.Variable>;

/** Draw the weights of a GRU layer: kernels uniform in ±1/sqrt(H) (PyTorch's rule), biases zero. */
export function initGruLayer(inputWidth: number, stateWidth: number, rng: Rng): GruLayerParams {
  const limit = 1 / Math.sqrt(stateWidth);
  const drawKernel = (outputs: number): tf.Variable => {
    const numbers = { length: (inputWidth + stateWidth) * outputs };
    const kernel = Float32Array.from(numbers, () => (2 * rng.next() - 1) * limit);
    return weight<tf.Rank.R2>(kernel, [inputWidth + stateWidth, outputs]);
  };
  return {
    gateKernel: drawKernel(2 * stateWidth),
    gateBias: weight<tf.Rank.R1>(new Float32Array(2 * stateWidth), [2 * stateWidth]),
    candidateKernel: drawKernel(stateWidth),
    candidateBias: weight<tf.Rank.R1>(new Float32Array(stateWidth), [stateWidth]),
  };
}

/**
 * Read a sequence from left to right with a memory that two gates guard: one state for every event.
 *
 * The state after event t depends on events 0..t only. Padding on the right therefore
 * never changes the states of real events.
 *
 * @param x_BTD one vector an event, oldest first
 * @returns `[B, T, H]`, the state after each event
 * @source Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
 *   EMNLP 2014, section 2.3; cell and differences: see `nn/native/gru`.
 */
export function gruLayer(params: GruWeights, x_BTD: tf.Tensor3D): tf.Tensor3D {
  return hasNativeOps() ? gruFused(x_BTD, params) : gruPlain(x_BTD, params);
}

/**
 * The last of `gruLayer`'s states alone, at less cost forward and backward.
 *
 * It is the state after position T - 1, be it real or padding: rows must be full, or padded on the left.
 *
 * @returns `[B, H]`
 */
export function gruLastState(params: GruWeights, x_BTD: tf.Tensor3D): tf.Tensor2D {
  return hasNativeOps() ? gruFused(x_BTD, params, 'last') : gruPlain(x_BTD, params, 'last');
}
