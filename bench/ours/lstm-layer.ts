import * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from 'behavior-lab/base/random';
import { lstmLayer } from 'behavior-lab/nn/lstm';
import type { OurWork } from './our-work';

interface LayerSettings {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
}

/** One layer forward and backward by all its inputs, eagerly: the sum of its states and every gradient read back. */
export function openLstmLayer({ batch, length, width }: LayerSettings, isPeer: boolean): OurWork {
  const rng = createRng(1);
  const x_BTD = draw(rng, [batch, length, width]) as tf.Tensor3D;
  const kernel = draw(rng, [2 * width, 4 * width]);
  const bias = draw(rng, [4 * width]);
  const gradients = isPeer ? peerGradients(x_BTD, kernel, bias) : ourGradients(x_BTD, kernel, bias);
  const sums = (): number[] =>
    tf.tidy(() => {
      const { value, gradient } = gradients();
      return [value, gradient].map((tensor) => tf.sum(tf.abs(tensor)).dataSync()[0]!);
    });
  return {
    way: isPeer ? 'tf.layers.lstm' : 'lstmLayer',
    sample: () => tf.tidy(() => gradients().gradient.dataSync()),
    values: sums,
    shared: () => ({ tensors: new Map(), integers: [] }),
  };
}

interface Gradients {
  readonly value: tf.Tensor;
  /** By the kernel of the states, [H, 4H]. */
  readonly gradient: tf.Tensor;
}

function ourGradients(x_BTD: tf.Tensor3D, kernel: tf.Tensor, bias: tf.Tensor): () => Gradients {
  const H = kernel.shape[1]! / 4;
  const run = tf.valueAndGrads((x, kernel, bias) => tf.sum(lstmLayer({ kernel, bias }, x as tf.Tensor3D)));
  return () => {
    const { value, grads } = run([x_BTD, kernel, bias]);
    return { value, gradient: tf.slice(grads[1]!, [x_BTD.shape[2], 0], [H, -1]) };
  };
}

function peerGradients(x_BTD: tf.Tensor3D, kernel: tf.Tensor, bias: tf.Tensor): () => Gradients {
  const [, T, D] = x_BTD.shape;
  const layer = tf.layers.lstm({
    units: kernel.shape[1]! / 4,
    returnSequences: true,
    recurrentActivation: 'sigmoid',
    inputShape: [T, D],
  });
  layer.apply(x_BTD);
  const reordered = reorder(kernel);
  layer.setWeights([
    tf.slice(reordered, [0, 0], [D, -1]),
    tf.slice(reordered, [D, 0], [-1, -1]),
    reorder(bias),
  ]);
  const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return () => {
    // By the input as well, as a layer above an embedding needs it.
    const input = tf.variable(x_BTD);
    const { value, grads } = tf.variableGrads(
      () => tf.sum(layer.apply(input) as tf.Tensor),
      [input, ...variables],
    );
    input.dispose();
    return { value, gradient: reorder(grads[variables[1]!.name]!) };
  };
}

/** From the order i, c, f, o of ours to the order i, f, c, o of tf.layers; back by the same exchange. */
function reorder(weights: tf.Tensor): tf.Tensor {
  const [i, c, f, o] = tf.split(weights, 4, weights.rank - 1);
  return tf.concat([i!, f!, c!, o!], weights.rank - 1);
}

const draw = (rng: Rng, shape: number[]): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 0.1 * rng.normal()),
    shape,
  );
