import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { linear } from './linear';
import { reluGradient, tanhGradient } from './native/activation-gradient';
import { matMulNative } from './native/mat-mul';
import { unroll, type RecurrentCell, type States, type StatesTensor } from './native/unroll';

/** Weights of a simple recurrent layer with input width D and state width H. */
export interface RnnWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly inputKernel: Leaf; // [D, H]
  readonly recurrentKernel: Leaf; // [H, H]
  readonly bias: Leaf; // [H]
}

/** Trainable weights of one simple recurrent layer. */
export type RnnLayerParams = RnnWeights<tf.Variable>;

/** What the sum of input and state goes through: `tanh` stays within ±1, `relu` can grow without bound. */
export type RnnActivation = 'tanh' | 'relu';

/** Draw the weights of a simple recurrent layer: kernels uniform in ±1/sqrt(H) (PyTorch's rule), bias zero. */
export function initRnnLayer(inputWidth: number, stateWidth: number, rng: Rng): RnnLayerParams {
  const limit = 1 / Math.sqrt(stateWidth);
  const drawKernel = (inputs: number): tf.Variable => {
    const kernel = Float32Array.from({ length: inputs * stateWidth }, () => (2 * rng.next() - 1) * limit);
    return weight<tf.Rank.R2>(kernel, [inputs, stateWidth]);
  };
  return {
    inputKernel: drawKernel(inputWidth),
    recurrentKernel: drawKernel(stateWidth),
    bias: weight<tf.Rank.R1>(new Float32Array(stateWidth), [stateWidth]),
  };
}

/**
 * Read a sequence from left to right: each state is made of the event and of the state before it.
 *
 * `h_t = activation(x_t · inputKernel + h_(t-1) · recurrentKernel + bias)`, starting from zeros. The state after event t
 * depends on events 0..t only. Padding on the right therefore never changes the states of real events.
 *
 * @param x_BTD one vector an event, oldest first
 * @returns `[B, T, H]`, the state after each event
 * @source Elman, "Finding Structure in Time", Cognitive Science 14(2), 1990.
 * @differs tanh or ReLU instead of the logistic function; gradients flow through all steps, where Elman copies the state.
 */
export function rnnLayer(params: RnnWeights, x_BTD: tf.Tensor3D, activation: RnnActivation): tf.Tensor3D {
  return runRnn(params, x_BTD, activation, 'all');
}

/**
 * The last of `rnnLayer`'s states alone, at less cost forward and backward.
 *
 * It is the state after position T - 1, be it real or padding: rows must be full, or padded on the left.
 *
 * @returns `[B, H]`
 */
export function rnnLastState(params: RnnWeights, x_BTD: tf.Tensor3D, activation: RnnActivation): tf.Tensor2D {
  return runRnn(params, x_BTD, activation, 'last');
}

function runRnn<S extends States>(
  params: RnnWeights,
  x_BTD: tf.Tensor3D,
  activation: RnnActivation,
  states: S,
): StatesTensor<S> {
  return tf.tidy(() => {
    // What comes from the input needs no state: one product for all steps.
    const fromInput_BTH = linear({ kernel: params.inputKernel, bias: params.bias }, x_BTD);
    const H = params.bias.shape[0];
    return unroll(rnnCell(H, activation), fromInput_BTH, [params.recurrentKernel], states);
  });
}

/** The recurrent part alone; its input is already multiplied by its kernel. */
function rnnCell(H: number, activation: RnnActivation): RecurrentCell {
  const [activate, gradientOf] =
    activation === 'tanh' ? ([tf.tanh, tanhGradient] as const) : ([tf.relu, reluGradient] as const);
  return {
    stateWidth: H,
    numOutputs: 1,
    forward:
      ([kernel]) =>
      (fromInput_BH, [hidden]) => [activate(tf.add(fromInput_BH, matMulNative(hidden!, kernel!)))],
    backward: ([kernel]) => {
      // Turned over once: a product with the transpose is slower at each step.
      const turned = tf.transpose(kernel as tf.Tensor2D);
      return ({ after: [hidden] }, [hiddenGrad]) => {
        const sumGrad = gradientOf(hidden!, hiddenGrad!);
        return { state: [matMulNative(sumGrad, turned)], products: [sumGrad] };
      };
    },
    gradients: ({ products: [sums], hiddenBefore }) => [sums!, matMulNative(hiddenBefore(), sums!, true)],
  };
}
