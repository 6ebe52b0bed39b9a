import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { embedding, embeddingFused, embeddingPlain } from '../../lib/nn/embedding';

beforeAll(async () => {
  await startBackend();
});

const table = (): tf.Tensor2D => tf.tensor2d([0, 0, 1, 2, 3, 4, 5, 6], [4, 2]);
const indices = (): tf.Tensor2D => tf.tensor2d([3, 1, 1, 0], [2, 2], 'int32');

describe('embedding', () => {
  it('looks up one row for each index', () => {
    expect(embedding(table(), indices()).arraySync()).toEqual([
      [
        [5, 6],
        [1, 2],
      ],
      [
        [1, 2],
        [0, 0],
      ],
    ]);
  });

  it.each([
    ['fused', embeddingFused],
    ['plain', embeddingPlain],
  ])('%s: adds up the gradients of a row that was looked up twice, and gives padding none', (_, lookUp) => {
    const upstream = tf.tensor3d([1, 10, 2, 20, 3, 30, 4, 40], [2, 2, 2]);
    const gradient = tf.grad((t) => tf.sum(tf.mul(lookUp(t as tf.Tensor2D, indices()), upstream)))(table());
    expect(gradient.arraySync()).toEqual([
      [0, 0],
      [5, 50],
      [0, 0],
      [1, 10],
    ]);
  });

  it('works inside a tidy of a larger gradient', () => {
    const gradient = tf.grad((t) => tf.tidy(() => tf.sum(tf.square(embedding(t as tf.Tensor2D, indices())))))(
      table(),
    );
    expect(gradient.arraySync()).toEqual([
      [0, 0],
      [4, 8],
      [0, 0],
      [10, 12],
    ]);
  });
});
