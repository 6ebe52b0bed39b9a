import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { reverseSequences } from '../../lib/nn/reverse-sequences';
import { expectNoLeaks, expectNumbers, expectSlopes, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const isReal = (): tf.Tensor2D =>
  tf.tensor2d([
    [1, 1, 1],
    [1, 1, 0],
    [0, 0, 0],
  ]);

describe('turning sequences around', () => {
  it('brings the last event of each to the front and leaves padding where it is', () => {
    const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1]);
    expectNumbers(reverseSequences(x, isReal()), [3, 2, 1, 5, 4, 6, 7, 8, 9]);
    expectNumbers(reverseSequences(reverseSequences(x, isReal()), isReal()), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('has the gradients that finite differences give, and leaves no tensor behind', () => {
    const f = (...[x]: tf.Tensor[]): tf.Tensor => reverseSequences(x as tf.Tensor3D, isReal());
    expectSlopes(f, [wave(0, 3, 3, 2)]);
    const [x, real] = [wave<tf.Rank.R3>(0, 3, 3, 2), isReal()];
    expectNoLeaks((...[y]) => reverseSequences(y as tf.Tensor3D, real), [x]);
  });
});
