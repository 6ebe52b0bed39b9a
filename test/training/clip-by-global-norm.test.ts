import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { clipByGlobalNorm } from '../../lib/training/clip-by-global-norm';

beforeAll(async () => {
  await startBackend();
});

describe('clipping by the global norm', () => {
  const gradients = (): Map<string, tf.Tensor> =>
    new Map([
      ['a', tf.tensor1d([3])],
      ['b', tf.tensor1d([0, 4])],
    ]);

  it('shortens all gradients together to the longest allowed length', () => {
    const { clipped, norm } = clipByGlobalNorm(gradients(), 1);
    expect(norm.dataSync()[0]).toBeCloseTo(5, 6);
    expect(clipped.get('a')!.dataSync()[0]).toBeCloseTo(0.6, 6);
    expect(clipped.get('b')!.dataSync()[1]).toBeCloseTo(0.8, 6);
  });

  it('leaves short ones alone', () => {
    const { clipped } = clipByGlobalNorm(gradients(), 10);
    expect([...clipped.get('a')!.dataSync(), ...clipped.get('b')!.dataSync()]).toEqual([3, 0, 4]);
  });
});
