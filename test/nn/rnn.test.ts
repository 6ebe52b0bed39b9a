import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { inputsOf } from '../../lib/nn/native/unroll';
import { initRnnLayer, rnnLastState, rnnLayer, type RnnActivation } from '../../lib/nn/rnn';
import {
  expectNoLeaks,
  expectNumbers,
  expectSlopes,
  expectTwins,
  gradients,
  largestDifference,
  wave,
} from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, D, H] = [3, 6, 4, 5];
const activations = ['tanh', 'relu'] as const;

const by =
  (activation: RnnActivation, layer: typeof rnnLayer | typeof rnnLastState = rnnLayer) =>
  (...[x, inputKernel, recurrentKernel, bias]: tf.Tensor[]): tf.Tensor =>
    layer(
      { inputKernel: inputKernel!, recurrentKernel: recurrentKernel!, bias: bias! },
      x as tf.Tensor3D,
      activation,
    );

/** The recurrence by tfjs's own functions, gradient by its autograd. */
const plain =
  (activation: RnnActivation, isLastOnly = false) =>
  (...[x, inputKernel, recurrentKernel, bias]: tf.Tensor[]): tf.Tensor => {
    let hidden: tf.Tensor = tf.zeros([x!.shape[0], bias!.shape[0]]);
    const states = inputsOf(x as tf.Tensor3D).map((x_BD) => {
      const sum = tf.add(tf.dot(x_BD, inputKernel!), tf.add(tf.dot(hidden, recurrentKernel!), bias!));
      hidden = activation === 'tanh' ? tf.tanh(sum) : tf.relu(sum);
      return hidden;
    });
    return isLastOnly ? hidden : tf.stack(states, 1);
  };

const example = (steps = T): tf.Tensor[] => [
  wave(0, B, steps, D),
  wave(1, D, H),
  tf.mul(wave(2, H, H), 0.5),
  wave(3, H),
];

/*
 * NumPy 2.4.6; slopes by central differences in 64 bits. wave as in linear.test.ts.
 *   def rnn(x, W, U, b, act):
 *       h = np.zeros((x.shape[0], U.shape[0])); hs = []
 *       for t in range(x.shape[1]): h = act(x[:, t] @ W + h @ U + b); hs.append(h)
 *       return np.stack(hs, 1)
 *   tanh: a = wave(0, 2, 3, 2), wave(1, 2, 2), wave(2, 2, 2), wave(3, 2)
 *   relu: a = wave(1, 2, 3, 2), wave(5, 2, 2), wave(4, 2, 2), wave(0, 2)
 *   rnn(*a, act); slopes of (rnn(*a, act) * wave(4, 2, 3, 2)).sum()
 */
const golden = {
  tanh: {
    starts: [0, 1, 2, 3],
    values: [
      0.254172, -0.883967, 0.949462, 0.689365, -0.281583, -0.847245, -0.001286, -0.906598, 0.937469, 0.604434,
      -0.062693, -0.736137,
    ],
    slopes: [
      [
        -0.748807, 0.059014, -0.021805, 0.065013, 0.872249, 0.040539, -0.57416, 0.011279, -0.31227, 0.300952,
        1.101169, -0.086205,
      ],
      [-0.972332, -0.670117, -2.760745, -0.828746],
      [1.803984, 0.370988, 1.130895, 0.679256],
      [0.777103, -0.371202],
    ],
  },
  relu: {
    starts: [1, 5, 4, 0],
    values: [
      0, 1.505972, 0, 1.042694, 0.444619, 1.518004, 0.019995, 1.636728, 0, 1.244222, 0.258739, 1.407458,
    ],
    slopes: [
      [
        0.148378, -0.525377, -0.181984, 0.64437, -1.063872, 1.057728, 1.221033, -1.335354, -0.159436,
        0.564534, -1.131618, 1.294183,
      ],
      [-2.656214, -1.575936, -1.887552, -2.368727],
      [0, 0.011409, 2.264134, 3.153585],
      [0.888776, 1.128176],
    ],
  },
};

describe.each(activations)('the simple recurrent layer, %s', (activation) => {
  it('gives the values and slopes of NumPy', () => {
    const { starts, values, slopes } = golden[activation];
    const shapes = [[2, 3, 2], [2, 2], [2, 2], [2]];
    const inputs = shapes.map((shape, place) => wave(starts[place]!, ...shape));
    expectNumbers(by(activation)(...inputs), values);
    for (const [place, gradient] of gradients(by(activation), inputs, 4).entries()) {
      expectNumbers(gradient, slopes[place]!, 4e-6);
    }
  });

  it('agrees with the formula in tfjs, all states and the last, many steps and one', () => {
    for (const inputs of [example(), example(1)]) {
      expectTwins(by(activation), plain(activation), inputs, 2e-5);
      expectTwins(by(activation, rnnLastState), plain(activation, true), inputs, 2e-5);
    }
  });

  it('has the gradient that finite differences give', () => {
    expectSlopes(plain(activation), example(3), 1e-3);
  });

  it('agrees with tf.layers.simpleRNN', () => {
    const params = initRnnLayer(D, H, createRng(1));
    const x = wave<tf.Rank.R3>(0, B, T, D);
    const layer = tf.layers.simpleRNN({ units: H, returnSequences: true, activation, inputShape: [T, D] });
    layer.apply(x);
    layer.setWeights([params.inputKernel, params.recurrentKernel, params.bias]);
    expect(largestDifference(rnnLayer(params, x, activation), layer.apply(x) as tf.Tensor3D)).toBeLessThan(
      1e-6,
    );
  });

  it('gives as its last state the last of all states', () => {
    const params = initRnnLayer(D, H, createRng(2));
    const x = wave<tf.Rank.R3>(0, B, T, D);
    const last = tf.slice(rnnLayer(params, x, activation), [0, T - 1, 0], [B, 1, H]);
    expect(rnnLastState(params, x, activation).dataSync()).toEqual(last.dataSync());
  });

  it('never lets an event change what came before it', () => {
    const params = initRnnLayer(D, H, createRng(3));
    const x = wave<tf.Rank.R3>(0, B, T, D);
    const changed: tf.Tensor3D = tf.concat([tf.slice(x, [0, 0, 0], [B, T - 1, D]), tf.ones([B, 1, D])], 1);
    const [all, others] = [rnnLayer(params, x, activation), rnnLayer(params, changed, activation)];
    const before = (states: tf.Tensor3D): tf.Tensor => tf.slice(states, [0, 0, 0], [B, T - 1, H]);
    expect(largestDifference(before(all), before(others))).toBe(0);
    expect(largestDifference(all, others)).toBeGreaterThan(1e-3);
  });

  it('leaves no tensor behind', () => {
    expectNoLeaks(by(activation), example());
    expectNoLeaks(by(activation, rnnLastState), example());
  });
});

describe('a new simple recurrent layer', () => {
  it('starts with kernels within ±1/sqrt(H) and a bias of zero', () => {
    const { inputKernel, recurrentKernel, bias } = initRnnLayer(20, 25, createRng(4));
    for (const kernel of [inputKernel, recurrentKernel]) {
      const largest = tf.max(tf.abs(kernel)).dataSync()[0]!;
      expect(largest).toBeLessThanOrEqual(0.2);
      expect(largest).toBeGreaterThan(0.19);
    }
    expect([inputKernel.shape, recurrentKernel.shape]).toEqual([
      [20, 25],
      [25, 25],
    ]);
    expect(bias.dataSync()).toEqual(new Float32Array(25));
  });
});
