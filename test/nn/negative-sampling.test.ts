import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { binaryCrossEntropy } from '../../lib/nn/binary-cross-entropy';
import { bpr } from '../../lib/nn/bpr';
import { gbce, gbcePower } from '../../lib/nn/gbce';
import { itemScores } from '../../lib/nn/item-scores';
import {
  draw,
  expectGradientsOfDifferences,
  expectRowWithoutTrace,
  golden,
  largestDifference,
  valueAndGradients,
  type RowLoss,
} from './loss-example';

beforeAll(async () => {
  await startBackend();
});

const [targets, negatives, weights] = [golden.targets_L, golden.negatives_LK, golden.weights_L];
const losses: [string, RowLoss][] = [
  [
    'binaryCrossEntropy',
    (h, t) => binaryCrossEntropy(h, t, targets(), negatives(), { weights_L: weights() }),
  ],
  ['gbce', (h, t) => gbce(h, t, targets(), negatives(), { calibration: 0.75, weights_L: weights() })],
  ['bpr', (h, t) => bpr(h, t, targets(), negatives(), weights())],
];

// numpy 2.4.6, Python 3.11:
//   h = np.sin(np.arange(12)).reshape(4, 3); t = np.cos(np.arange(18)).reshape(6, 3); z = h @ t.T; sp = np.logaddexp
//   y = np.array([1, 5, 3, 2]); w = np.array([1, .5, 2, 0]); w = w / w.sum()
//   neg = np.array([[2, 3], [4, 1], [5, 5], [1, 4]]); pos = z[range(4), y]; n = z[np.arange(4)[:, None], neg]
//   print((w * (sp(0, -pos) + sp(0, n).sum(1)) / 3).sum())
//   a = 2 / 4; beta = a * (.75 * (1 - 1 / a) + 1 / a); print((w * (beta * sp(0, -pos) + sp(0, n).sum(1)) / 3).sum())
//   print((w * sp(0, n - pos[:, None]).mean(1)).sum())
const byNumpy: Record<string, number> = {
  binaryCrossEntropy: 0.5997727840709663,
  gbce: 0.5025237227165466,
  bpr: 0.5732395923644751,
};

describe.each(losses)('%s', (name, loss) => {
  it('agrees with NumPy', () => {
    expect(loss(golden.hidden_LD(), golden.table_VD()).dataSync()[0]).toBeCloseTo(byNumpy[name]!, 6);
  });

  it('has the gradients that finite differences give, also for an item sampled twice in a row', () => {
    expectGradientsOfDifferences(loss, golden.hidden_LD(), golden.table_VD());
  });

  it('leaves no trace of a row of weight 0', () => {
    expectRowWithoutTrace(loss, 3);
  });

  it('stays finite and not flat for scores of ±100', () => {
    // One column: the score of row l for item v is 10 h · t, that is ±100.
    const table = tf.tensor2d([10, -10, 10, 10, -10, 10], [6, 1]);
    const wrong = tf.tensor2d([10, -10, -10, 0], [4, 1]); // negatives above, targets below
    const [value, byHidden, byTable] = valueAndGradients(loss, wrong, table);
    expect(value.dataSync()[0]).toBeGreaterThan(10);
    for (const tensor of [value, byHidden, byTable])
      expect(tensor.dataSync().every(Number.isFinite)).toBe(true);
    expect(Math.abs(byHidden.dataSync()[0]!)).toBeGreaterThan(0.1);
  });

  it('leaves no tensor behind', () => {
    const [h, t] = [golden.hidden_LD(), golden.table_VD()];
    const before = tf.memory().numTensors;
    tf.tidy(() => tf.dispose(tf.grads((h, t) => loss(h as tf.Tensor2D, t as tf.Tensor2D))([h, t])));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('does not mind the order of the negatives', () => {
    const flipped: [string, RowLoss][] = [
      ['binaryCrossEntropy', (h, t) => binaryCrossEntropy(h, t, targets(), tf.reverse(negatives(), 1))],
      ['gbce', (h, t) => gbce(h, t, targets(), tf.reverse(negatives(), 1), { calibration: 0.75 })],
      ['bpr', (h, t) => bpr(h, t, targets(), tf.reverse(negatives(), 1))],
    ];
    const plain: [string, RowLoss][] = [
      ['binaryCrossEntropy', (h, t) => binaryCrossEntropy(h, t, targets(), negatives())],
      ['gbce', (h, t) => gbce(h, t, targets(), negatives(), { calibration: 0.75 })],
      ['bpr', (h, t) => bpr(h, t, targets(), negatives())],
    ];
    const run = (of: [string, RowLoss][]): tf.Scalar =>
      new Map(of).get(name)!(golden.hidden_LD(), golden.table_VD());
    expect(largestDifference(run(flipped), run(plain))).toBeLessThan(1e-6);
  });
});

describe('scores of chosen items', () => {
  it('are dot products, picked from the product with the whole table', () => {
    const [hidden, table] = [draw(5, 3, 1), draw(7, 3, 2)];
    const items = tf.tensor2d([1, 2, 3, 4, 5, 6, 0, 0, 6, 1], [5, 2], 'int32');
    const all = tf.matMul(hidden, table, false, true).dataSync();
    const picked = Float32Array.from(
      items.dataSync(),
      (item, place) => all[Math.floor(place / 2) * 7 + item]!,
    );
    expect(largestDifference(itemScores(hidden, table, items), tf.tensor2d(picked, [5, 2]))).toBeLessThan(
      1e-6,
    );
  });
});

describe('closed forms', () => {
  const one = (score: number): tf.Tensor2D => tf.tensor2d([score], [1, 1]);
  const target = (): tf.Tensor1D => tf.tensor1d([1], 'int32');
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

  it('all are log 2 where scores are 0, whatever K (gbce with t = 0)', () => {
    for (const K of [1, 3]) {
      const sampled: tf.Tensor2D = tf.fill([1, K], 2, 'int32');
      const table: tf.Tensor2D = tf.ones([6, 1]);
      for (const loss of [
        binaryCrossEntropy(one(0), table, target(), sampled),
        gbce(one(0), table, target(), sampled, { calibration: 0 }),
        bpr(one(0), table, target(), sampled),
      ])
        expect(loss.dataSync()[0]).toBeCloseTo(Math.LN2, 6);
    }
  });

  it('one row by hand: scores 2 and -1 for target and negative', () => {
    const table = tf.tensor2d([0, 2, -1], [3, 1]);
    const sampled = tf.tensor2d([2], [1, 1], 'int32');
    const bce = binaryCrossEntropy(one(1), table, target(), sampled).dataSync()[0];
    expect(bce).toBeCloseTo((-Math.log(sigmoid(2)) - Math.log(1 - sigmoid(-1))) / 2, 6);
    expect(bpr(one(1), table, target(), sampled).dataSync()[0]).toBeCloseTo(-Math.log(sigmoid(3)), 6);
  });

  it('are 0 where all rows have weight 0', () => {
    for (const loss of [
      binaryCrossEntropy(golden.hidden_LD(), golden.table_VD(), targets(), negatives(), {
        weights_L: tf.zeros([4]),
      }),
      bpr(golden.hidden_LD(), golden.table_VD(), targets(), negatives(), tf.zeros([4])),
    ])
      expect(loss.dataSync()[0]).toBe(0);
  });
});

describe('gBCE', () => {
  it('is binary cross-entropy for t = 0, to the last bit', () => {
    const [h, t] = [golden.hidden_LD(), golden.table_VD()];
    const a = valueAndGradients((h, t) => gbce(h, t, targets(), negatives(), { calibration: 0 }), h, t);
    const b = valueAndGradients((h, t) => binaryCrossEntropy(h, t, targets(), negatives()), h, t);
    for (const [index, tensor] of a.entries()) expect(largestDifference(tensor, b[index]!)).toBe(0);
  });

  it('has the power 1 for t = 0, the sampling rate for t = 1, and 1 - t (1 - α) between', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (items, t) => {
          const negatives = Math.max(1, Math.floor(items / 3));
          const alpha = negatives / (items - 1);
          expect(gbcePower(t, negatives, items)).toBeCloseTo(1 - t * (1 - alpha), 9);
        },
      ),
    );
    expect(gbcePower(0, 256, 3417)).toBe(1);
  });

  it('looks at the number of items', () => {
    const run = (items?: number): number =>
      gbce(golden.hidden_LD(), golden.table_VD(), targets(), negatives(), {
        calibration: 1,
        ...(items ? { items } : {}),
      }).dataSync()[0]!;
    expect(run(5)).toBe(run());
    expect(run(50)).toBeLessThan(run());
  });

  it.each([
    [-0.1, 2, 10, /calibration must be from 0 to 1, got -0.1/],
    [1.1, 2, 10, /calibration/],
    [Number.NaN, 2, 10, /calibration/],
    [0.5, 10, 10, /negatives must be from 1 to one fewer than the 10 items, got 10/],
    [0.5, 0, 10, /negatives/],
  ])('refuses t = %d with %i negatives of %i items', (t, negatives, items, message) => {
    expect(() => gbcePower(t, negatives, items)).toThrow(message);
  });
});

it('all refuse shapes that do not fit', () => {
  const [h, t] = [golden.hidden_LD(), golden.table_VD()];
  const few = tf.tensor1d([1], 'int32');
  expect(() => binaryCrossEntropy(h, t, few, negatives())).toThrow(/targets_L should be \[4\]/);
  expect(() => bpr(h, t, few, negatives())).toThrow(/targets_L should be \[4\]/);
  expect(() => bpr(h, t, targets(), tf.zeros([3, 2], 'int32'))).toThrow(/negatives_LK should be \[4, any\]/);
});
