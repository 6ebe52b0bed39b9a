import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { attention, attentionWeights, initAttention } from '../../lib/nn/attention';
import { startBackend } from '../../lib/nn/backend';
import { inference } from '../../lib/nn/mode';
import { initRelativePositions, relativePositionBias } from '../../lib/nn/relative-positions';
import { expectNoLeaks, expectSlopes, largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

describe('relative positions', () => {
  it.each([
    [1, 0, true],
    [5, 2, true],
    [5, 2, false],
    [4, 9, false],
    [4, 9, true],
  ])('give the numbers of a loop: length %s, up to distance %s, causal %s', (T, maxDistance, causal) => {
    const H = 3;
    const config = { numHeads: H, maxDistance, causal };
    const { table } = initRelativePositions(config, createRng(1));
    const rows = table.arraySync() as number[][];
    expect(rows.length).toBe(causal ? maxDistance + 1 : 2 * maxDistance + 1);
    const bias = relativePositionBias({ table }, T, config).arraySync();
    for (let h = 0; h < H; h++) {
      for (let t = 0; t < T; t++) {
        for (let s = 0; s < (causal ? t + 1 : T); s++) {
          const distance = Math.sign(t - s) * Math.min(Math.abs(t - s), maxDistance);
          expect(bias[h]![t]![s]).toBe(rows[distance + (causal ? 0 : maxDistance)]![h]);
        }
      }
    }
  });

  it.each([true, false])(
    'have the gradient of finite differences through attention, causal: %s',
    (causal) => {
      const config = { numHeads: 2, maxDistance: 2, causal };
      const params = initAttention(4, createRng(2));
      const look = (table: tf.Tensor, x: tf.Tensor): tf.Tensor =>
        tf.tidy(() => {
          const bias_HTT = relativePositionBias({ table }, 5, config);
          return attention(params, x as tf.Tensor3D, { numHeads: 2, causal, bias_HTT }, inference);
        });
      const inputs = [wave(0, causal ? 3 : 5, 2), wave(1, 2, 5, 4)];
      expectSlopes(look, inputs);
      expectNoLeaks(look, inputs);
    },
  );

  it('let a head prefer the event before, whatever stands there', () => {
    const config = { numHeads: 2, maxDistance: 3, causal: true };
    const table = tf.tensor2d([0, 0, 20, 0, 0, 0, 0, 0], [4, 2]); // head 0 wants distance 1
    const params = initAttention(4, createRng(3));
    const options = { numHeads: 2, causal: true, bias_HTT: relativePositionBias({ table }, 4, config) };
    const shares = attentionWeights(params, wave(0, 1, 4, 4), options).arraySync()[0]!;
    for (let t = 1; t < 4; t++) expect(shares[0]![t]![t - 1]).toBeGreaterThan(0.999);
    for (let t = 1; t < 4; t++) expect(shares[1]![t]![t - 1]).toBeLessThan(0.9);
  });

  it('do not move with padding on the left', () => {
    const config = { numHeads: 2, maxDistance: 2, causal: false };
    const positions = initRelativePositions(config, createRng(4));
    const params = initAttention(4, createRng(5));
    const look = (x: tf.Tensor3D, isReal_BT: tf.Tensor2D): tf.Tensor3D => {
      const bias_HTT = relativePositionBias(positions, x.shape[1], config);
      return attention(params, x, { numHeads: 2, causal: false, isReal_BT, bias_HTT }, inference);
    };
    const x = wave<tf.Rank.R3>(0, 1, 3, 4);
    const left = look(tf.concat([tf.ones([1, 2, 4]), x], 1), tf.tensor2d([[0, 0, 1, 1, 1]]));
    const none = look(x, tf.tensor2d([[1, 1, 1]]));
    expect(largestDifference(tf.slice(left, [0, 2, 0], [1, 3, 4]), none)).toBeLessThan(1e-6);
  });

  it('refuse settings out of range and a table that does not fit', () => {
    const config = { numHeads: 2, maxDistance: 3, causal: true };
    const rng = createRng(1);
    expect(() => initRelativePositions({ ...config, numHeads: 0 }, rng)).toThrow(RangeError);
    expect(() => initRelativePositions({ ...config, maxDistance: -1 }, rng)).toThrow(/maxDistance .* got -1/);
    const table = tf.zeros([4, 2]);
    expect(() => relativePositionBias({ table }, 4, { ...config, causal: false })).toThrow(
      'relativePositionBias: the table should be [7, 2], got [4, 2]',
    );
  });
});
