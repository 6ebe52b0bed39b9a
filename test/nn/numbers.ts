import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { trainableLeaves } from '../../lib/base/tree';

/** sin(start), sin(start + 1), ...: the same numbers in NumPy without a file, `np.sin(start + np.arange(n))`. */
export function wave<R extends tf.Rank = tf.Rank>(start: number, ...shape: number[]): tf.Tensor<R> {
  const numbers = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, place) => Math.sin(start + place));
  return tf.tensor(numbers, shape as tf.ShapeMap[R]);
}

export const largestDifference = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

/** Same shape, and no number further off than `tolerance`. */
export function expectNumbers(tensor: tf.Tensor, expected: readonly number[], tolerance = 2e-6): void {
  const numbers = tensor.dataSync();
  expect(numbers.length).toBe(expected.length);
  for (const [place, value] of expected.entries()) {
    expect(
      Math.abs(numbers[place]! - value),
      `number ${place}: ${numbers[place]!} for ${value}`,
    ).toBeLessThan(tolerance);
  }
}

type Inputs = tf.Tensor[];

/** Gradients by all inputs of the sum of the function's values times sin(start), sin(start + 1), ... */
export const gradients = (f: (...inputs: Inputs) => tf.Tensor, inputs: Inputs, start = 3): tf.Tensor[] =>
  tf.grads((...given) => {
    const value = f(...given);
    return tf.sum(tf.mul(value, wave(start, ...value.shape)));
  })(inputs);

/** Two functions have the same value and the same gradient by each input. */
export function expectTwins(
  one: (...inputs: Inputs) => tf.Tensor,
  other: (...inputs: Inputs) => tf.Tensor,
  inputs: Inputs,
  tolerance = 1e-5,
): void {
  const pairs = [
    [one(...inputs), other(...inputs)],
    ...gradients(one, inputs).map((gradient, place) => [gradient, gradients(other, inputs)[place]!]),
  ] as [tf.Tensor, tf.Tensor][];
  for (const [a, b] of pairs) {
    expect(a.shape).toEqual(b.shape);
    expect(largestDifference(a, b)).toBeLessThan(tolerance);
  }
}

/** The gradient by each input is the slope between two values nearby; 32-bit sums leave about 1e-3 of noise in it. */
export function expectSlopes(f: (...inputs: Inputs) => tf.Tensor, inputs: Inputs, step = 1e-2): void {
  const found = gradients(f, inputs);
  for (const [which, input] of inputs.entries()) {
    const [values, gradient] = [input.dataSync().slice(), found[which]!.dataSync()];
    for (const place of new Set([0, Math.floor(values.length / 2), values.length - 1])) {
      const at = (by: number): number => {
        const moved = values.slice();
        moved[place] = moved[place]! + by;
        const value = f(...inputs.map((each, at) => (at === which ? tf.tensor(moved, input.shape) : each)));
        return tf.sum(tf.mul(value, wave(3, ...value.shape))).dataSync()[0]!;
      };
      expect(gradient[place]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 2);
    }
  }
}

/** Neither the value nor the gradients leave a tensor behind. */
export function expectNoLeaks(f: (...inputs: Inputs) => tf.Tensor, inputs: Inputs): void {
  const before = tf.memory().numTensors;
  tf.dispose(f(...inputs));
  tf.dispose(gradients(f, inputs));
  expect(tf.memory().numTensors).toBe(before);
}

/**
 * Check some numbers of the gradient of every weight against finite differences.
 *
 * A ReLU or a maximum may change sides on the way: then the gradient is one of the slopes of the two sides.
 */
export function expectSlopesOfWeights(params: object, value: () => tf.Scalar): void {
  const step = 4e-3;
  const named = trainableLeaves(params);
  const { grads } = tf.variableGrads(
    value,
    named.map(([, leaf]) => leaf),
  );
  for (const [path, leaf] of named) {
    const [start, gradient] = [leaf.dataSync().slice(), grads[leaf.name]!.dataSync()];
    for (const place of new Set([Math.floor(start.length / 2), start.length - 1])) {
      const at = (by: number): number => {
        const moved = start.slice();
        moved[place] = moved[place]! + by;
        tf.tidy(() => leaf.assign(tf.tensor(moved, leaf.shape)));
        return value().dataSync()[0]!;
      };
      const middle = at(0);
      const sides = [(at(step) - middle) / step, (middle - at(-step)) / step];
      tf.tidy(() => leaf.assign(tf.tensor(start, leaf.shape)));
      const noise = 2e-3 + 0.02 * Math.max(...sides.map(Math.abs));
      expect(gradient[place]!, `${path} ${place}`).toBeGreaterThan(Math.min(...sides) - noise);
      expect(gradient[place]!, `${path} ${place}`).toBeLessThan(Math.max(...sides) + noise);
    }
  }
}
