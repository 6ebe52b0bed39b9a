import * as tf from '@tensorflow/tfjs';
import { boolAttribute, executeNative, floatAttribute, typeAttribute } from './execute';

/**
 * Weights of an LSTM layer with input width D and state width H.
 * The 4H gates stand in the order input, candidate, forget, output.
 */
export interface LstmWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly kernel: Leaf; // [D + H, 4H]
  readonly bias: Leaf; // [4H]
}

/**
 * Run an LSTM over time, one fused native op a step, and collect the state after every step.
 *
 * The gradient is written out: one LSTMBlockCellGrad a step going back, then the gradient of the kernel
 * as ONE product over all steps, which is what makes it faster than BlockLSTMGradV2's product a step.
 *
 * @param x_TBD input, time first
 * @returns `[T, B, H]`, the hidden state after each step, starting from a state of zeros
 * @source Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997, with the forget
 *   gate of Gers, Schmidhuber & Cummins, "Learning to Forget", Neural Computation 12(10), 2000, eq. 2.1-2.5.
 * @differs No peephole connections.
 */
export function lstmFused(x_TBD: tf.Tensor3D, weights: LstmWeights): tf.Tensor3D {
  const [T, B, D] = x_TBD.shape;
  const H = weights.bias.shape[0] / 4;

  const run = tf.customGrad((...args) => {
    const [x, kernel, bias] = args as tf.Tensor[];
    const save = args[3] as unknown as (tensors: tf.Tensor[]) => void;
    const peephole = tf.zeros([H]);
    const start = tf.zeros([B, H]);
    const attributes = [
      floatAttribute('forget_bias', 0),
      floatAttribute('cell_clip', -1),
      boolAttribute('use_peephole', false),
      typeAttribute('T'),
    ];
    const inputs = tf.unstack(x!, 0);
    // Of each step: input gate, cell, forget gate, output gate, candidate, tanh(cell), hidden.
    const steps: tf.Tensor[][] = [];
    for (let t = 0; t < T; t++) {
      const before = steps[t - 1];
      steps.push(
        executeNative(
          'LSTMBlockCell',
          attributes,
          [
            inputs[t]!,
            before?.[1] ?? start,
            before?.[6] ?? start,
            kernel!,
            peephole,
            peephole,
            peephole,
            bias!,
          ],
          7,
        ),
      );
    }
    const hidden_TBH = tf.stack(steps.map((step) => step[6]!));
    // Saved, not captured: a tidy around the layer frees captured tensors before the gradient runs.
    save([x!, kernel!, bias!, peephole, start, ...inputs, ...steps.flat()]);

    return {
      value: hidden_TBH,
      gradFunc: (upstream_TBH: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, kernel, bias, peephole, start] = saved as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const inputAt = (t: number): tf.Tensor => saved[5 + t]!;
        const stepAt = (t: number): tf.Tensor[] => saved.slice(5 + T + 7 * t, 5 + T + 7 * (t + 1));
        const upstream = tf.unstack(upstream_TBH, 0);
        const fromHidden_H4H = tf.slice(kernel, [D, 0], [H, 4 * H]);
        const gradAttributes = [boolAttribute('use_peephole', false), typeAttribute('T')];

        let hiddenGrad: tf.Tensor = upstream[T - 1]!;
        let cellGrad: tf.Tensor = start;
        const gateGrads: tf.Tensor[] = new Array<tf.Tensor>(T);
        for (let t = T - 1; t >= 0; t--) {
          const [i, cell, f, o, candidate, tanhCell] = stepAt(t) as [
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
          ];
          const before = t > 0 ? stepAt(t - 1) : undefined;
          const out = executeNative(
            'LSTMBlockCellGrad',
            gradAttributes,
            [
              inputAt(t),
              before?.[1] ?? start,
              before?.[6] ?? start,
              kernel,
              peephole,
              peephole,
              peephole,
              bias,
              i,
              cell,
              f,
              o,
              candidate,
              tanhCell,
              cellGrad,
              hiddenGrad,
            ],
            5,
          );
          cellGrad = out[0]!;
          gateGrads[t] = out[1]!;
          if (t > 0)
            hiddenGrad = tf.add(
              upstream[t - 1]!,
              tf.matMul(out[1]!, fromHidden_H4H as tf.Tensor2D, false, true),
            );
        }

        const gates = tf.concat(gateGrads, 0) as tf.Tensor2D; // [T * B, 4H]
        const inputRows = tf.reshape(x, [T * B, D]);
        const hiddenBefore = tf.concat([start, ...Array.from({ length: T - 1 }, (_, t) => stepAt(t)[6]!)], 0);
        const inputGrad = tf.matMul(gates, tf.slice(kernel, [0, 0], [D, 4 * H]), false, true);
        return [
          tf.reshape(inputGrad, [T, B, D]),
          tf.matMul(tf.concat([inputRows, hiddenBefore], 1), gates, true),
          tf.sum(gates, 0),
        ];
      },
    };
  });
  return tf.tidy(() => run(x_TBD, weights.kernel, weights.bias) as tf.Tensor3D);
}

/** `lstmFused` by tfjs's own functions, gradient by its autograd: the reference in tests and the way on wasm. */
export function lstmPlain(x_TBD: tf.Tensor3D, weights: LstmWeights): tf.Tensor3D {
  const [, B] = x_TBD.shape;
  const H = weights.bias.shape[0] / 4;
  return tf.tidy(() => {
    let hidden: tf.Tensor = tf.zeros([B, H]);
    let cell: tf.Tensor = tf.zeros([B, H]);
    const states = tf.unstack(x_TBD, 0).map((x_BD) => {
      const gates = tf.add(
        tf.matMul(tf.concat([x_BD, hidden], 1) as tf.Tensor2D, weights.kernel as tf.Tensor2D),
        weights.bias,
      );
      const [i, candidate, f, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(candidate)));
      hidden = tf.mul(tf.sigmoid(o), tf.tanh(cell));
      return hidden;
    });
    return tf.stack(states) as tf.Tensor3D;
  });
}
