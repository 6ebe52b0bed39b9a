import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrix, matrixFromRows, rowOf } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { truncatedSvd } from '../../lib/clustering/truncated-svd';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

describe('the truncated singular value decomposition', () => {
  // numpy 2.4.6:
  //   x = (np.arange(2400).reshape(60, 40) * 7919 % 101 < 12).astype(float)
  //   u, s, vt = np.linalg.svd(x, full_matrices=False)
  //   sign = np.sign(vt[range(4), np.abs(vt[:4]).argmax(1)])
  //   s[:4], (u * s)[0, :4] * sign, (vt[:4].T * sign).T[0, :5]
  const golden = {
    s: [6.19376497, 5.97116369, 5.78604222, 5.52261093],
    row0: [1.72474595, -0.13591975, -0.5763357, -0.3634694],
    component0: [0.34623758, 0.02031574, 0.08143728, 0.06982399, 0.00699863],
  };
  const [N, D] = [60, 40];
  const x = matrix(
    N,
    D,
    Float32Array.from({ length: N * D }, (_, i) => Number((i * 7919) % 101 < 12)),
  );

  it('agrees with numpy', () => {
    const { singularValues, vectors, components } = truncatedSvd(x, 4, { rng: createRng(1), rounds: 20 });
    expect(singularValues.length).toBe(4);
    for (const [place, value] of golden.s.entries()) expect(singularValues[place]).toBeCloseTo(value, 3);
    for (const [place, value] of golden.row0.entries())
      expect(rowOf(vectors, 0)[place]).toBeCloseTo(value, 3);
    for (const [place, value] of golden.component0.entries()) {
      expect(rowOf(components, 0)[place]).toBeCloseTo(value, 3);
    }
  });

  it('gives the matrix back where all components are kept, whatever its shape', () => {
    for (const points of [
      matrixFromRows([
        [1, 2, 3],
        [4, 5, 7],
      ]),
      matrixFromRows([
        [1, 2],
        [3, 4],
        [5, -7],
      ]),
    ]) {
      // prettier-ignore
      const before = tf.memory().numTensors;
      const { vectors, components } = truncatedSvd(points, 2, { rng: createRng(1) });
      expect(tf.memory().numTensors).toBe(before);
      for (let row = 0; row < points.rows; row++) {
        for (let column = 0; column < points.columns; column++) {
          const [a, b] = rowOf(vectors, row);
          const found = a! * rowOf(components, 0)[column]! + b! * rowOf(components, 1)[column]!;
          expect(found).toBeCloseTo(rowOf(points, row)[column]!, 4);
        }
      }
    }
  });

  it('has components of unit length at right angles, signs that no seed changes, and the seed in the rest', () => {
    const { components } = truncatedSvd(x, 6, { rng: createRng(2), rounds: 20 });
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b <= a; b++) {
        const dot = rowOf(components, a).reduce((sum, value, d) => sum + value * rowOf(components, b)[d]!, 0);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
      }
      const largest = rowOf(components, a).reduce(
        (best, value) => (Math.abs(value) > Math.abs(best) ? value : best),
        0,
      );
      expect(largest).toBeGreaterThan(0);
    }
    const rough = (seed: number) => truncatedSvd(x, 2, { rng: createRng(seed), rounds: 0 }).singularValues;
    expect(rough(1)).not.toEqual(rough(2));
    expect(rough(1)).toEqual(rough(1));
    expect(rough(1)[1]!).toBeLessThan(golden.s[1]!);
  });

  it('does with a matrix of zeros, and refuses what makes no sense', () => {
    expect(
      Array.from(truncatedSvd(matrix(3, 3, new Float32Array(9)), 2, { rng: createRng(1) }).vectors.values),
    ).toEqual(Array(6).fill(0));
    expect(() => truncatedSvd(x, 41, { rng: createRng(1) })).toThrow(
      '60 x 40 have 1 to 40 components, asked for 41',
    );
    expect(() => truncatedSvd(x, 2, { rng: createRng(1), rounds: -1 })).toThrow('got -1');
    expect(() => truncatedSvd(matrixFromRows([[NaN]]), 1, { rng: createRng(1) })).toThrow('row 0');
  });
});
