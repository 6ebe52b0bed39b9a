import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { initSkipGram, keepProbabilities, skipGramLoss, skipGramPairs } from '../../lib/objectives/skip-gram';
import { expectSlopes, wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

describe('pairs of neighbours', () => {
  const pairsOf = (row: number[], window: number, shuffled = false, seed = 1): string[] => {
    const { centres, contexts } = skipGramPairs(Int32Array.from(row), { window, shuffled }, createRng(seed));
    return centres.map((centre, at) => `${centre}${contexts[at]}`);
  };

  it('are all within the window, both ways, and no item with itself', () => {
    expect(pairsOf([1, 2, 3], 1)).toEqual(['12', '21', '23', '32']);
    expect(pairsOf([1, 2, 3], 2)).toEqual(['12', '21', '13', '31', '23', '32']);
    expect(pairsOf([4, 4, 5], 1)).toEqual(['45', '54']);
    expect(pairsOf([7], 3)).toEqual([]);
    expect(() => pairsOf([1, 2], 0)).toThrow('window must be a whole number from 1, got 0');
  });

  it('of a shuffled history are other ones at a small window, and the same at a large one', () => {
    const row = [1, 2, 3, 4, 5, 6];
    expect(pairsOf(row, 1, true)).not.toEqual(pairsOf(row, 1));
    expect(pairsOf(row, 5, true).sort()).toEqual(pairsOf(row, 5).sort());
  });
});

describe('leaving out frequent items', () => {
  it('keeps sqrt(threshold / share), at most all', () => {
    expect([...keepProbabilities([0, 0.04, 0.01, 0.0025], 0.01)]).toEqual([1, 0.5, 1, 1]);
    expect([...keepProbabilities([0, 0.9], 0)]).toEqual([1, 1]);
    expect(() => keepProbabilities([1], -1)).toThrow('threshold must be a finite number from 0, got -1');
  });
});

describe('the loss of skip-gram', () => {
  const [V, D] = [5, 3];
  const asked = () => ({
    centres: tf.tensor1d([1, 2, 1], 'int32'),
    contexts: tf.tensor1d([3, 4, 1], 'int32'),
    negatives: tf.tensor2d([[2, 4], [1, 1], [1, 1]], [3, 2], 'int32'), // prettier-ignore
    weights: tf.tensor1d([1, 1, 0]),
  });
  const lossOf = (items: tf.Tensor, context: tf.Tensor): tf.Scalar => {
    const { centres, contexts, negatives, weights } = asked();
    const params = { context: context as tf.Variable<tf.Rank.R2> };
    return skipGramLoss(params, items as tf.Tensor2D, centres, contexts, negatives, weights);
  };

  /*
   * NumPy 2.4.6:
   *   u, v = np.sin(0 + np.arange(15)).reshape(5, 3), np.sin(2 + np.arange(15)).reshape(5, 3)
   *   s = lambda x: np.log1p(np.exp(-x))  # -log sigmoid(x)
   *   pair = lambda c, o, n: s(u[c] @ v[o]) + sum(s(-u[c] @ v[i]) for i in n)
   *   (pair(1, 3, [2, 4]) + pair(2, 4, [1, 1])) / 2
   */
  it('is that of NumPy; a pair that fills up the list counts nothing', () => {
    expect(lossOf(wave(0, V, D), wave(2, V, D)).dataSync()[0]).toBeCloseTo(2.659212, 5);
  });

  it('is (K + 1) log 2 at the start, where all contexts are zeros', () => {
    expect(lossOf(wave(0, V, D), initSkipGram(V, D).context).dataSync()[0]).toBeCloseTo(3 * Math.LN2, 6);
  });

  it('has the gradient of finite differences', () => {
    expectSlopes((items, context) => tf.reshape(lossOf(items, context), [1]), [wave(0, V, D), wave(2, V, D)]);
  });
});
