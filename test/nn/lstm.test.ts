import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { initLstmLayer, lstmLastState, lstmLayer } from '../../lib/nn/lstm';
import { lstmFused, lstmPlain, type LstmWeights } from '../../lib/nn/native/lstm';
import { expectNoLeaks, expectTwins, largestDifference } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [T, B, D, H] = [6, 3, 4, 5];

function example(seed: number, scale = 0.5): { x: tf.Tensor3D; weights: LstmWeights } {
  const rng = createRng(seed);
  const draw = (shape: number[]): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal() * scale),
      shape,
    );
  return {
    x: draw([B, T, D]) as tf.Tensor3D,
    weights: { kernel: draw([D + H, 4 * H]), bias: draw([4 * H]) },
  };
}

describe('the LSTM', () => {
  it('gives by the fused op what the formulas give', () => {
    const { x, weights } = example(1);
    expect(largestDifference(lstmFused(x, weights), lstmPlain(x, weights))).toBeLessThan(1e-6);
  });

  it('has the same gradient by input, kernel and bias as autograd over the formulas, to 1e-5', () => {
    const { x, weights } = example(2);
    const upstream = example(3).x; // any [B, T, >= H] numbers do; cut to H
    const weight = tf.concat([upstream, upstream], 2).slice([0, 0, 0], [B, T, H]);
    const gradients = (layer: typeof lstmFused): tf.Tensor[] =>
      tf.grads((x, kernel, bias) =>
        tf.sum(tf.mul(layer(x as tf.Tensor3D, { kernel: kernel, bias: bias }), weight)),
      )([x, weights.kernel, weights.bias]);
    const [fused, plain] = [gradients(lstmFused), gradients(lstmPlain)];
    for (const [index, gradient] of fused.entries()) {
      expect(gradient.shape).toEqual(plain[index]!.shape);
      expect(largestDifference(gradient, plain[index]!)).toBeLessThan(1e-5);
    }
  });

  it('has the gradient that finite differences give', () => {
    const { x, weights } = example(4);
    const loss = (kernel: tf.Tensor): tf.Scalar => tf.sum(tf.square(lstmFused(x, { ...weights, kernel })));
    const gradient = tf.grad(loss)(weights.kernel).dataSync();
    const values = weights.kernel.dataSync().slice();
    for (const place of [0, 7, 33, 100, values.length - 1]) {
      const at = (step: number): number => {
        const moved = values.slice();
        moved[place] = moved[place]! + step;
        return loss(tf.tensor(moved, weights.kernel.shape)).dataSync()[0]!;
      };
      // 32-bit sums: a step of 1e-2 leaves about 1e-3 of noise in the quotient.
      expect(gradient[place]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 2);
    }
  });

  it('is the recurrence of the literature: one unit, one step, worked by hand', () => {
    // Gates are all-zero inputs plus bias: i = sigmoid(1), candidate = tanh(2), f = sigmoid(3), o = sigmoid(4).
    const weights = { kernel: tf.zeros([2, 4]), bias: tf.tensor1d([1, 2, 3, 4]) };
    const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
    const cell = sigmoid(1) * Math.tanh(2);
    const [h] = lstmFused(tf.zeros([1, 1, 1]), weights).dataSync();
    expect(h).toBeCloseTo(sigmoid(4) * Math.tanh(cell), 6);
  });

  it('agrees with tf.layers.lstm, whose gates stand in the order i, f, c, o', () => {
    const { x, weights } = example(5);
    const reorder = (w: tf.Tensor): tf.Tensor => {
      const [i, c, f, o] = tf.split(w, 4, w.rank - 1);
      return tf.concat([i!, f!, c!, o!], w.rank - 1);
    };
    const layer = tf.layers.lstm({
      units: H,
      returnSequences: true,
      recurrentActivation: 'sigmoid',
      inputShape: [T, D],
    });
    layer.apply(x);
    const kernel = reorder(weights.kernel);
    layer.setWeights([kernel.slice([0, 0], [D, -1]), kernel.slice([D, 0], [H, -1]), reorder(weights.bias)]);
    const theirs = layer.apply(x) as tf.Tensor3D;
    expect(largestDifference(lstmLayer(weights, x), theirs)).toBeLessThan(1e-6);
  });

  it('never lets an event change what came before it', () => {
    const layer = initLstmLayer(D, H, createRng(6));
    const { x } = example(7);
    const changed: tf.Tensor3D = tf.concat([tf.slice(x, [0, 0, 0], [B, T - 1, D]), tf.ones([B, 1, D])], 1);
    const [a, b] = [lstmLayer(layer, x), lstmLayer(layer, changed)];
    const before = [0, 0, 0] as [number, number, number];
    expect(largestDifference(a.slice(before, [B, T - 1, H]), b.slice(before, [B, T - 1, H]))).toBe(0);
    expect(largestDifference(a, b)).toBeGreaterThan(1e-3);
  });

  it.each([1, T])(
    'has a last state of its own after %i steps: value and gradients of the formulas',
    (steps) => {
      const { x, weights } = example(9);
      const last =
        (layer: typeof lstmFused) =>
        (...[x, kernel, bias]: tf.Tensor[]): tf.Tensor =>
          layer(x as tf.Tensor3D, { kernel: kernel!, bias: bias! }, 'last');
      const inputs = [tf.slice(x, [0, 0, 0], [B, steps, D]), weights.kernel, weights.bias];
      expectTwins(last(lstmFused), last(lstmPlain), inputs);
      expectNoLeaks(last(lstmFused), inputs);
    },
  );

  it('gives as its last state the last of all states', () => {
    const layer = initLstmLayer(D, H, createRng(10));
    const { x } = example(11);
    const last = tf.slice(lstmLayer(layer, x), [0, T - 1, 0], [B, 1, H]);
    expect(lstmLastState(layer, x).shape).toEqual([B, H]);
    expect(lstmLastState(layer, x).dataSync()).toEqual(last.dataSync());
  });

  it('leaves no tensor behind, forward or backward', () => {
    const { x, weights } = example(8);
    const before = tf.memory().numTensors;
    tf.tidy(() => void lstmFused(x, weights));
    const gradient = tf.grad((kernel) => tf.sum(lstmFused(x, { ...weights, kernel })))(weights.kernel);
    gradient.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
