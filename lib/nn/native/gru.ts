import * as tf from '@tensorflow/tfjs';
import { biasAddGradNative } from './bias-add';
import { executeNative, typeAttribute } from './execute';
import { matMulNative } from './mat-mul';
import { inputsOf, unroll, type RecurrentCell, type States, type StatesTensor } from './unroll';

/** Weights of a GRU layer with input width D and state width H. The 2H gates stand in the order reset, update. */
export interface GruWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly gateKernel: Leaf; // [D + H, 2H]
  readonly gateBias: Leaf; // [2H]
  readonly candidateKernel: Leaf; // [D + H, H]
  readonly candidateBias: Leaf; // [H]
}

/**
 * Run a GRU over time, one fused native op a step forward and one backward; the gradient of each kernel is one product
 * over all steps.
 *
 * @param x_BTD  oldest first
 * @param states 'all': the hidden state after each step; 'last': after step T - 1
 * @returns `[B, T, H]` or `[B, H]`, starting from a state of zeros
 * @source Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
 *   EMNLP 2014, section 2.3, eq. 5-8.
 * @differs Biases added. As in the paper, the reset gate acts on the state BEFORE the product; cuDNN and PyTorch apply
 *   it after, so that their weights cannot be taken over.
 */
export function gruFused<S extends States = 'all'>(
  x_BTD: tf.Tensor3D,
  weights: GruWeights,
  states: S = 'all' as S,
): StatesTensor<S> {
  const { gateKernel, gateBias, candidateKernel, candidateBias } = weights;
  const H = candidateBias.shape[0];
  return unroll(gruCell(H), x_BTD, [gateKernel, candidateKernel, gateBias, candidateBias], states);
}

function gruCell(H: number): RecurrentCell {
  return {
    stateWidth: H,
    numOutputs: 4, // of GRUBlockCell: reset gate, update gate, candidate, hidden
    forward: (weights) => (x_BD, before) =>
      executeNative('GRUBlockCell', [typeAttribute('T')], [x_BD, before[3]!, ...weights], 4),
    backward:
      (weights) =>
      ({ x_BD, before, after }, [hiddenGrad]) => {
        const [inputGrad, hiddenBeforeGrad, candidateGrad, gatesGrad] = executeNative(
          'GRUBlockCellGrad',
          [typeAttribute('T')],
          [x_BD, before[3]!, ...weights, ...after.slice(0, 3), hiddenGrad!],
          4,
        );
        return { state: [hiddenBeforeGrad!], products: [gatesGrad!, candidateGrad!, inputGrad!] };
      },
    gradients: ({ input_ND, products: [gates, candidate, input], after, hiddenBefore }) => {
      const hidden_NH = hiddenBefore();
      const kept_NH = tf.mul(after(0), hidden_NH);
      return [
        input!,
        matMulNative(tf.concat([input_ND, hidden_NH], 1), gates!, true),
        matMulNative(tf.concat([input_ND, kept_NH], 1), candidate!, true),
        biasAddGradNative(gates!),
        biasAddGradNative(candidate!),
      ];
    },
  };
}

/** `gruFused` by tfjs's own functions, gradient by its autograd: the reference in tests and the way on wasm. */
export function gruPlain<S extends States = 'all'>(
  x_BTD: tf.Tensor3D,
  weights: GruWeights,
  states: S = 'all' as S,
): StatesTensor<S> {
  const [B] = x_BTD.shape;
  const H = weights.candidateBias.shape[0];
  return tf.tidy(() => {
    const product = (parts: tf.Tensor[], kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
      tf.add(tf.matMul(tf.concat(parts, 1) as tf.Tensor2D, kernel as tf.Tensor2D), bias);
    let hidden: tf.Tensor = tf.zeros([B, H]);
    const hiddenStates = inputsOf(x_BTD).map((x_BD) => {
      const gates = tf.sigmoid(product([x_BD, hidden], weights.gateKernel, weights.gateBias));
      const [reset, update] = tf.split(gates, 2, 1) as [tf.Tensor, tf.Tensor];
      const candidate = tf.tanh(
        product([x_BD, tf.mul(reset, hidden)], weights.candidateKernel, weights.candidateBias),
      );
      hidden = tf.add(tf.mul(update, hidden), tf.mul(tf.sub(1, update), candidate));
      return hidden;
    });
    return (states === 'all' ? tf.stack(hiddenStates, 1) : hidden) as StatesTensor<S>;
  });
}
