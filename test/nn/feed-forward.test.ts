import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { feedForward, type FeedForwardActivation } from '../../lib/nn/feed-forward';
import { linearPlain } from '../../lib/nn/linear';
import { expectNoLeaks, expectNumbers, expectSlopes, expectTwins, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, D, F] = [2, 3, 4, 6];
const inputs = (): tf.Tensor[] => [wave(0, B, T, D), wave(1, D, F), wave(2, F), wave(3, F, D), wave(4, D)];

const activations: Record<FeedForwardActivation, (x: tf.Tensor) => tf.Tensor> = {
  relu: (x) => tf.relu(x),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
  'gelu-tanh': (x) => {
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3))));
    return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(inner)));
  },
};

type Layer = (...tensors: tf.Tensor[]) => tf.Tensor;
const by =
  (activation: FeedForwardActivation): Layer =>
  (x, k1, b1, k2, b2) =>
    feedForward(
      { expand: { kernel: k1, bias: b1 }, contract: { kernel: k2, bias: b2 } },
      x as tf.Tensor3D,
      activation,
    );
const plain =
  (activation: FeedForwardActivation): Layer =>
  (x, k1, b1, k2, b2) => {
    const wide = linearPlain({ kernel: k1, bias: b1 }, x as tf.Tensor3D);
    return linearPlain({ kernel: k2, bias: b2 }, activations[activation](wide) as tf.Tensor3D);
  };

describe.each(['relu', 'gelu', 'gelu-tanh'] as const)('a feed-forward layer with %s', (activation) => {
  it('is its formula in tfjs, in the value and in each gradient', () => {
    expectTwins(by(activation), plain(activation), inputs(), 2e-5);
    // A slope measured across ReLU's corner is none.
    if (activation !== 'relu') expectSlopes(by(activation), inputs());
  });

  it('leaves no tensor behind', () => {
    expectNoLeaks(by(activation), inputs());
  });
});

/*
 * Python's math.erf, in 64 bits; wave = lambda start, *shape: np.sin(start + np.arange(np.prod(shape))).reshape(shape)
 *   gelu = np.vectorize(lambda v: v * .5 * (1 + math.erf(v / 2 ** .5)))
 *   gelu(wave(0, 1, 2, 4) @ wave(1, 4, 6) + wave(2, 6)) @ wave(3, 6, 4) + wave(4, 4)
 */
it('gives the values of Python with exact GELU', () => {
  const [, ...weights] = inputs();
  const value = by('gelu')(wave(0, 1, 2, D), ...weights);
  expect(value.shape).toEqual([1, 2, D]);
  expectNumbers(
    value,
    [0.683044, -0.350237, -1.061512, -0.796838, -1.187078, -0.817911, 0.303239, 1.145593],
    4e-6,
  );
});
