import * as tf from '@tensorflow/tfjs';
import { batchParts } from '../batch-parts';

/** Which hidden states a recurrent layer returns: after every step, `[B, T, H]`, or after the last one, `[B, H]`. */
export type States = 'all' | 'last';
export type StatesTensor<S extends States> = S extends 'all' ? tf.Tensor3D : tf.Tensor2D;

/** What a cell computed in one step. The last tensor is the hidden state, `[B, H]`. */
export type Step = readonly tf.Tensor[];

/** One step of the way back. */
export interface StepGradients {
  /** By the state before the step: the hidden state first, then what else the cell carries. */
  readonly state: readonly tf.Tensor[];
  /** By what the products of the step gave, `[B, G]` each: from these follow the gradients of the weights. */
  readonly products: readonly tf.Tensor[];
}

/** All steps as rows of matrices, N = B * T, sequence by sequence. */
export interface StepRows {
  readonly input_ND: tf.Tensor2D;
  /** `StepGradients.products` of all steps, `[N, G]` each. */
  readonly products: readonly tf.Tensor2D[];
  /** One of the outputs of the cell after each step. */
  readonly after: (output: number) => tf.Tensor2D;
  /** The hidden state before each step, zero before the first. */
  readonly hiddenBefore: () => tf.Tensor2D;
}

/** A recurrent cell: one step forward, one step back, and the gradients that need all steps at once. */
export interface RecurrentCell {
  readonly stateWidth: number;
  /** Length of a `Step`. */
  readonly numOutputs: number;
  /** What the steps share is made before the first one. */
  readonly forward: (weights: readonly tf.Tensor[]) => (x_BD: tf.Tensor, before: Step) => Step;
  readonly backward: (
    weights: readonly tf.Tensor[],
  ) => (
    at: { readonly x_BD: tf.Tensor; readonly before: Step; readonly after: Step },
    stateGrads: readonly tf.Tensor[],
  ) => StepGradients;
  /** By the input `[N, D]`, then by each weight. */
  readonly gradients: (rows: StepRows, weights: readonly tf.Tensor[]) => tf.Tensor[];
}

/**
 * Run a recurrent cell over time, starting from a state of zeros, with the gradient written out.
 *
 * Going back, each step yields only the small gradients of its products; those of the weights follow from all steps
 * at once, as one large product instead of T small ones.
 *
 * @param states 'last' saves the work for the states that nobody reads, forward and backward
 * @source Werbos, "Backpropagation Through Time: What It Does and How to Do It", Proc. IEEE 78(10), 1990.
 */
export function unroll<S extends States>(
  cell: RecurrentCell,
  x_BTD: tf.Tensor3D,
  weights: readonly tf.Tensor[],
  states: S,
): StatesTensor<S> {
  const sizes = batchParts(x_BTD.shape[0]);
  if (sizes.length === 1) return unrollChain(cell, x_BTD, weights, states);
  return tf.tidy(() => {
    const parts: tf.Tensor3D[] = tf.split(x_BTD, sizes);
    return tf.concat(
      parts.map((part) => unrollChain(cell, part, weights, states) as tf.Tensor),
    ) as StatesTensor<S>;
  });
}

function unrollChain<S extends States>(
  cell: RecurrentCell,
  x_BTD: tf.Tensor3D,
  weights: readonly tf.Tensor[],
  states: S,
): StatesTensor<S> {
  const [B, T, D] = x_BTD.shape;
  const startStep = (): Step => new Array<tf.Tensor>(cell.numOutputs).fill(tf.zeros([B, cell.stateWidth]));
  const stackRows = (tensors: readonly tf.Tensor[]): tf.Tensor2D =>
    tf.reshape(tf.stack([...tensors], 1), [B * T, -1]);

  const run = tf.customGrad((...args) => {
    const [x, ...weights] = args.slice(0, -1) as tf.Tensor[];
    const save = args.at(-1) as unknown as (tensors: tf.Tensor[]) => void;
    const inputs = tf.unstack(x!, 1);
    const steps: Step[] = [];
    const forward = cell.forward(weights);
    for (const input of inputs) steps.push(forward(input, steps.at(-1) ?? startStep()));
    const hidden = steps.map((step) => step.at(-1)!);
    const value = states === 'all' ? tf.stack(hidden, 1) : tf.clone(hidden[T - 1]!);
    // Saved, not captured: a tidy around the layer frees captured tensors before the gradient runs.
    save([x!, ...weights, ...inputs, ...steps.flat()]);

    const gradFunc = (upstream: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const weights = saved.slice(1, 1 + args.length - 2);
      const inputs = saved.slice(1 + weights.length, 1 + weights.length + T);
      const start = startStep();
      const after = (t: number): Step => {
        const first = 1 + weights.length + T + t * cell.numOutputs;
        return t < 0 ? start : saved.slice(first, first + cell.numOutputs);
      };
      const upstreams = states === 'all' ? tf.unstack(upstream, 1) : undefined;

      let stateGrads: readonly tf.Tensor[] = [upstreams?.[T - 1] ?? upstream];
      const backward = cell.backward(weights);
      const products = new Array<readonly tf.Tensor[]>(T);
      for (let t = T - 1; t >= 0; t--) {
        const at = { x_BD: inputs[t]!, before: after(t - 1), after: after(t) };
        const step = backward(at, stateGrads);
        products[t] = step.products;
        const [hiddenGrad, ...others] = step.state;
        stateGrads = upstreams && t > 0 ? [tf.add(hiddenGrad!, upstreams[t - 1]!), ...others] : step.state;
      }

      const overTime = <Item>(item: (t: number) => Item): Item[] =>
        Array.from({ length: T }, (_, t) => item(t));
      const rows: StepRows = {
        input_ND: tf.reshape(saved[0]!, [B * T, D]),
        products: products[0]!.map((_, part) => stackRows(overTime((t) => products[t]![part]!))),
        after: (output) => stackRows(overTime((t) => after(t)[output]!)),
        hiddenBefore: () => stackRows(overTime((t) => after(t - 1).at(-1)!)),
      };
      const [inputGrad, ...weightGrads] = cell.gradients(rows, weights);
      return [tf.reshape(inputGrad!, [B, T, D]), ...weightGrads];
    };
    return { value, gradFunc };
  });
  return tf.tidy(() => run(x_BTD, ...weights) as StatesTensor<S>);
}

/** The input of each step, for a plain twin: `tf.unstack` alone has no gradient where there is a single step. */
export function inputsOf(x_BTD: tf.Tensor3D): tf.Tensor2D[] {
  return x_BTD.shape[1] === 1 ? [tf.squeeze(x_BTD, [1])] : (tf.unstack(x_BTD, 1) as tf.Tensor2D[]);
}
