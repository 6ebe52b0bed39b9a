import * as tf from '@tensorflow/tfjs';
import { biasAddGradNative } from './bias-add';
import { boolAttribute, executeNative, floatAttribute, typeAttribute } from './execute';
import { matMulNative } from './mat-mul';
import { inputsOf, unroll, type RecurrentCell, type States, type StatesTensor, type Step } from './unroll';

/**
 * Weights of an LSTM layer with input width D and state width H.
 * The 4H gates stand in the order input, candidate, forget, output.
 */
export interface LstmWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly kernel: Leaf; // [D + H, 4H]
  readonly bias: Leaf; // [4H]
}

/**
 * Run an LSTM over time, one fused native op a step forward and one backward.
 *
 * The gradient of the kernel is ONE product over all steps, which is what makes it faster than BlockLSTMGradV2's
 * product a step.
 *
 * @param x_BTD  oldest first
 * @param states 'all': the hidden state after each step; 'last': after step T - 1
 * @returns `[B, T, H]` or `[B, H]`, starting from a state of zeros
 * @source Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997, with the forget
 *   gate of Gers, Schmidhuber & Cummins, "Learning to Forget", Neural Computation 12(10), 2000, eq. 2.1-2.5.
 * @differs No peephole connections.
 */
export function lstmFused<S extends States = 'all'>(
  x_BTD: tf.Tensor3D,
  weights: LstmWeights,
  states: S = 'all' as S,
): StatesTensor<S> {
  const H = weights.bias.shape[0] / 4;
  return unroll(lstmCell(H), x_BTD, [weights.kernel, weights.bias], states);
}

/** Outputs of LSTMBlockCell: input gate, cell, forget gate, output gate, candidate, tanh(cell), hidden. */
const numOutputs = 7;
const cellOf = (step: Step): tf.Tensor => step[1]!;
const hiddenOf = (step: Step): tf.Tensor => step[6]!;

function lstmCell(H: number): RecurrentCell {
  const noPeephole = boolAttribute('use_peephole', false);
  return {
    stateWidth: H,
    numOutputs,
    forward: ([kernel, bias]) => {
      const peephole = tf.zeros([H]);
      const attributes = [
        floatAttribute('forget_bias', 0),
        floatAttribute('cell_clip', -1),
        noPeephole,
        typeAttribute('T'),
      ];
      return (x_BD, before) =>
        executeNative(
          'LSTMBlockCell',
          attributes,
          [x_BD, cellOf(before), hiddenOf(before), kernel!, peephole, peephole, peephole, bias!],
          numOutputs,
        );
    },
    backward: ([kernel, bias]) => {
      const peephole = tf.zeros([H]);
      // Turned over once: a product with the transpose is slower at each step.
      const ofHidden_H4H = tf.slice(kernel!, [kernel!.shape[0] - H, 0], [H, 4 * H]);
      const turned_4HH = tf.transpose(ofHidden_H4H) as tf.Tensor2D;
      return ({ x_BD, before, after }, [hiddenGrad, cellGrad]) => {
        const [cellBeforeGrad, gates_B4H] = executeNative(
          'LSTMBlockCellGrad',
          [noPeephole, typeAttribute('T')],
          [
            ...[x_BD, cellOf(before), hiddenOf(before), kernel!, peephole, peephole, peephole, bias!],
            ...after.slice(0, -1),
            cellGrad ?? tf.zerosLike(hiddenGrad!),
            hiddenGrad!,
          ],
          5,
        );
        return {
          state: [matMulNative(gates_B4H!, turned_4HH), cellBeforeGrad!],
          products: [gates_B4H!],
        };
      };
    },
    gradients: ({ input_ND, products: [gates], hiddenBefore }, [kernel]) => [
      matMulNative(gates!, tf.slice(kernel!, [0, 0], [input_ND.shape[1], 4 * H]), false, true),
      matMulNative(tf.concat([input_ND, hiddenBefore()], 1), gates!, true),
      biasAddGradNative(gates!),
    ],
  };
}

/** What an LSTM layer remembers of each row. */
export interface LstmState {
  readonly hidden_BH: tf.Tensor2D;
  readonly cell_BH: tf.Tensor2D;
}

/** One step of `lstmFused` from a state that is given. Has no gradient. */
export function lstmStepFused(
  x_BD: tf.Tensor2D,
  { kernel, bias }: LstmWeights,
  { hidden_BH, cell_BH }: LstmState,
): LstmState {
  return tf.tidy(() => {
    const before: tf.Tensor[] = [];
    [before[1], before[6]] = [cell_BH, hidden_BH];
    const after = lstmCell(bias.shape[0] / 4).forward([kernel, bias])(x_BD, before);
    return { hidden_BH: hiddenOf(after) as tf.Tensor2D, cell_BH: cellOf(after) as tf.Tensor2D };
  });
}

/** `lstmFused` by tfjs's own functions, gradient by its autograd: the reference in tests and the way on wasm. */
export function lstmPlain<S extends States = 'all'>(
  x_BTD: tf.Tensor3D,
  weights: LstmWeights,
  states: S = 'all' as S,
): StatesTensor<S> {
  const [B] = x_BTD.shape;
  const H = weights.bias.shape[0] / 4;
  return tf.tidy(() => {
    let state: LstmState = { hidden_BH: tf.zeros([B, H]), cell_BH: tf.zeros([B, H]) };
    const hiddenStates = inputsOf(x_BTD).map((x_BD) => {
      state = lstmStepPlain(x_BD, weights, state);
      return state.hidden_BH;
    });
    return (states === 'all' ? tf.stack(hiddenStates, 1) : state.hidden_BH) as StatesTensor<S>;
  });
}

/** `lstmStepFused` by tfjs's own functions. */
export function lstmStepPlain(
  x_BD: tf.Tensor2D,
  { kernel, bias }: LstmWeights,
  { hidden_BH, cell_BH }: LstmState,
): LstmState {
  return tf.tidy(() => {
    const gates = tf.add(tf.matMul(tf.concat([x_BD, hidden_BH], 1), kernel as tf.Tensor2D), bias);
    const [i, candidate, f, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const cell = tf.add(tf.mul(tf.sigmoid(f), cell_BH), tf.mul(tf.sigmoid(i), tf.tanh(candidate)));
    const hidden: tf.Tensor2D = tf.mul(tf.sigmoid(o), tf.tanh(cell));
    return { hidden_BH: hidden, cell_BH: cell as tf.Tensor2D };
  });
}
