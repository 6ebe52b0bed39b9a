import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { pool } from '../../lib/encoders/pooling';
import type { AdditiveAttentionWeights } from '../../lib/nn/additive-attention';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

// Two events and one padding; one event and two padding; nothing at all. Padding holds 99 to be seen if it leaks.
const hidden = (): tf.Tensor3D =>
  tf.tensor3d([1, -8, 3, -4, 99, 99, -5, 6, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99], [3, 3, 2]);
const isReal = (): tf.Tensor2D => tf.tensor2d([1, 1, 0, 1, 0, 0, 0, 0, 0], [3, 3]);

describe('pooling', () => {
  it.each([
    [
      'last',
      [
        [3, -4],
        [-5, 6],
        [0, 0],
      ],
    ],
    [
      'mean',
      [
        [2, -6],
        [-5, 6],
        [0, 0],
      ],
    ],
    [
      'max',
      [
        [3, -4],
        [-5, 6],
        [0, 0],
      ],
    ],
  ] as const)('%s looks at events only, and gives zeros where there are none', (pooling, expected) => {
    expect(pool(hidden(), isReal(), pooling).arraySync()).toEqual(expected);
  });

  it.each(['last', 'mean', 'max'] as const)(
    '%s takes a batch whose longest sequence has one event',
    (pooling) => {
      const h = tf.tensor3d([4, -5, 99, 99], [2, 1, 2]);
      expect(pool(h, tf.tensor2d([1, 0], [2, 1]), pooling).arraySync()).toEqual([
        [4, -5],
        [0, 0],
      ]);
    },
  );

  it('max is the largest of each number, not of each event', () => {
    const h = tf.tensor3d([1, 9, 5, 2], [1, 2, 2]);
    expect(pool(h, tf.ones([1, 2]), 'max').arraySync()).toEqual([[5, 9]]);
  });

  it('attention asks a learned question of the events only, gives the mean where all fit alike, and zeros where there are none', () => {
    const asking = (first: number, second: number): AdditiveAttentionWeights => ({
      projection: { kernel: tf.eye(2), bias: tf.zeros([2]) },
      query: tf.tensor2d([first, second], [2, 1]),
    });
    const means = [
      [2, -6],
      [-5, 6],
      [0, 0],
    ];
    expect(pool(hidden(), isReal(), 'attention', asking(0, 0)).arraySync()).toEqual(means);
    // tanh of 1 and 3 is .7616 and .9951: the second event counts e^(100 * .2335) times as much.
    const [first] = pool(hidden(), isReal(), 'attention', asking(100, 0)).arraySync();
    expect(first![0]).toBeCloseTo(3, 5);
    expect(first![1]).toBeCloseTo(-4, 5);
    expect(() => pool(hidden(), isReal(), 'attention')).toThrow('create it with attentionPooling');
  });
});
