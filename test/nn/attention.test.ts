import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import { attention, attentionWeights, initAttention, type AttentionWeights } from '../../lib/nn/attention';
import { attentionMask } from '../../lib/nn/attention-mask';
import { startBackend } from '../../lib/nn/backend';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { inference, trainingMode } from '../../lib/nn/mode';
import {
  attentionWeightsOf,
  scaledDotProductAttention,
  scaledDotProductAttentionPlain,
  type HeadsOptions,
} from '../../lib/nn/scaled-dot-product-attention';
import { expectNoLeaks, expectNumbers, expectSlopes, expectTwins, largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, D, H] = [2, 3, 4, 2];
const isReal_BT = (...rows: number[][]): tf.Tensor2D => tf.tensor2d(rows);
const weights: AttentionWeights = {
  queryKeyValue: { kernel: wave(1, D, 3 * D), bias: wave(2, 3 * D) },
  output: { kernel: wave(3, D, D), bias: wave(4, D) },
};

describe('the mask', () => {
  const rows = (mask: tf.Tensor | null): unknown =>
    tf.add(tf.div(mask!, 1e9), 1).greater(0).cast('int32').arraySync();

  it('hides the future of a causal layer and nothing of another one', () => {
    expect(rows(attentionMask(3, { causal: true }))).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
    ]);
    expect(attentionMask(3, { causal: false })).toBeNull();
  });

  it('hides padding on either side from everyone but itself', () => {
    const real = isReal_BT([1, 1, 0], [0, 1, 1]);
    expect(rows(attentionMask(3, { causal: false, isReal_BT: real }))).toEqual([
      [
        [1, 1, 0],
        [1, 1, 0],
        [1, 1, 1],
      ],
      [
        [1, 1, 1],
        [0, 1, 1],
        [0, 1, 1],
      ],
    ]);
    expect(rows(attentionMask(3, { causal: true, isReal_BT: real }))).toEqual([
      [
        [1, 0, 0],
        [1, 1, 0],
        [1, 1, 1],
      ],
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 1],
      ],
    ]);
  });

  it('lets every event of a sequence without any event see itself alone', () => {
    for (const causal of [true, false]) {
      const mask = attentionMask(3, { causal, isReal_BT: isReal_BT([0, 0, 0]) });
      expect(rows(mask)).toEqual([
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      ]);
    }
  });

  it('keeps a causal layer within its segment, and any other one from later segments', () => {
    expect(rows(attentionMask(4, { causal: true, segment: 2 }))).toEqual([
      [1, 0, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 1, 1],
    ]);
    const real = isReal_BT([1, 1, 1, 0]);
    expect(rows(attentionMask(4, { causal: false, segment: 2 }))).toEqual([
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
    expect(rows(attentionMask(4, { causal: false, segment: 2, isReal_BT: real }))).toEqual([
      [
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [1, 1, 1, 0],
        [1, 1, 1, 1],
      ],
    ]);
    expect(() => attentionMask(4, { causal: true, segment: 0 })).toThrow(
      'attentionMask: segment must be a whole number from 1, got 0',
    );
  });

  it('refuses a row of another length', () => {
    expect(() => attentionMask(4, { causal: true, isReal_BT: isReal_BT([1, 1, 1]) })).toThrow(RangeError);
  });
});

describe('attention', () => {
  /*
   * NumPy 2.4.6:
   *   B, T, D, H = 2, 3, 4, 2
   *   wave = lambda start, *shape: np.sin(start + np.arange(np.prod(shape))).reshape(shape)
   *   x, Wi, bi, Wo, bo = wave(0, B, T, D), wave(1, D, 3*D), wave(2, 3*D), wave(3, D, D), wave(4, D)
   *   bias, real = wave(5, H, T, T), np.array([[1, 1, 0], [0, 1, 1]])
   *   def attend(x, causal):
   *       q, k, v = (x @ Wi + bi).reshape(B, T, 3, H, D // H).transpose(2, 0, 3, 1, 4)
   *       sees = real[:, None, None, :] * (np.tri(T) if causal else 1) + np.eye(T) > 0
   *       e = np.exp(q @ k.swapaxes(2, 3) / np.sqrt(D / H) + bias) * sees
   *       return ((e / e.sum(-1, keepdims=True)) @ v).transpose(0, 2, 1, 3).reshape(B, T, D) @ Wo + bo
   *   attend(x, True); attend(x, False)
   */
  it.each([
    [
      true,
      [
        -0.109875, -0.995011, -0.965338, -0.048138, -0.654585, -2.205639, -1.728839, 0.337448, -1.359381,
        -1.199449, 0.06325, 1.267798, -0.386722, -0.712165, -0.382847, 0.298459, -1.328184, -1.545207,
        -0.341573, 1.176101, -1.328071, -1.547797, -0.344486, 1.175544,
      ],
    ],
    [
      false,
      [
        -1.060032, -0.547163, 0.468766, 1.053713, -0.654585, -2.205639, -1.728839, 0.337448, -1.359381,
        -1.199449, 0.06325, 1.267798, -0.825665, -1.138609, -0.404721, 0.701266, -1.481511, -2.775488,
        -1.517695, 1.135461, -1.328071, -1.547797, -0.344486, 1.175544,
      ],
    ],
  ])('gives the numbers of NumPy with padding on both sides and a bias, causal: %s', (causal, expected) => {
    const options = {
      numHeads: H,
      causal,
      isReal_BT: isReal_BT([1, 1, 0], [0, 1, 1]),
      bias_HTT: wave<tf.Rank.R3>(5, H, T, T),
    };
    expectNumbers(attention(weights, wave(0, B, T, D), options, inference), expected, 1e-5);
  });

  it('averages, worked by hand: equal keys share evenly, a query finds its key', () => {
    // One head of width 1, no projection to speak of: queries, keys, values straight in.
    const look = (query: number[], key: number[]): number[] => {
      const projected = tf.stack([query, key, [10, 20, 60]], 1).expandDims<tf.Tensor3D>(0);
      const options = { numHeads: 1, causal: true };
      return Array.from(scaledDotProductAttention(projected, options, inference).dataSync());
    };
    expect(look([1, 1, 1], [5, 5, 5]).map(Math.round)).toEqual([10, 15, 30]);
    const share = 1 / (1 + Math.E);
    expect(look([0, 1, 100], [1, 0, 1])[1]).toBeCloseTo(10 * (1 - share) + 20 * share, 5);
    expect(look([0, 1, 100], [1, 0, 1])[2]).toBeCloseTo(35, 5);
  });

  it('shares out exactly 1 in each row, and exactly 0 where an event may not look', () => {
    const options = { numHeads: H, causal: true, isReal_BT: isReal_BT([1, 1, 1, 0, 0], [0, 0, 0, 0, 0]) };
    const shares = attentionWeights(weights, wave(3, 2, 5, D), options);
    expect(shares.shape).toEqual([2, H, 5, 5]);
    expectNumbers(tf.sum(shares, 3), new Array<number>(2 * H * 5).fill(1), 1e-6);
    const mask = tf.expandDims(attentionMask(5, options)!, 1);
    expect(tf.sum(tf.mul(shares, tf.less(mask, 0))).dataSync()[0]).toBe(0);
    // Nothing but padding: every row sees itself.
    expect(largestDifference(tf.slice(shares, [1, 0, 0, 0], [1, 1, 5, 5]), tf.eye(5))).toBeLessThan(1e-6);
  });

  it('averages by the weights that it shows', () => {
    const options = { numHeads: H, causal: true };
    const projected = wave<tf.Rank.R3>(0, B, T, 3 * D);
    const value_BTHK = tf.slice(projected, [0, 0, 2 * D], [B, T, D]).reshape([B, T, H, D / H]);
    const averaged = tf.matMul(
      attentionWeightsOf(projected, options),
      tf.transpose(value_BTHK, [0, 2, 1, 3]),
    );
    const gathered = scaledDotProductAttention(projected, options, inference);
    expect(largestDifference(gathered, tf.transpose(averaged, [0, 2, 1, 3]).reshape([B, T, D]))).toBeLessThan(
      1e-6,
    );
  });

  it('refuses heads that do not divide the width, and tensors that do not fit', () => {
    const look = (options: Partial<HeadsOptions>): (() => tf.Tensor) => {
      return () => attention(weights, wave(0, B, T, D), { numHeads: H, causal: true, ...options }, inference);
    };
    expect(look({ numHeads: 3 })).toThrow('attention: 3 heads do not divide a width of 4');
    expect(look({ numHeads: 0 })).toThrow(RangeError);
    expect(look({ isReal_BT: isReal_BT([1, 1, 1]) })).toThrow(/isReal_BT should be \[2, 3\], got \[1, 3\]/);
    expect(look({ bias_HTT: wave(0, 1, T, T) })).toThrow(/bias_HTT should be \[2, 3, 3\], got \[1, 3, 3\]/);
    expect(look({ dropoutRate: 1 })).toThrow(/rate must be in \[0, 1\), got 1/);
  });

  it('starts within the limits of Glorot, biases at zero', () => {
    const params = initAttention(30, createRng(1));
    expect(leaves(params).map(([path, { shape }]) => [path, shape])).toEqual([
      ['queryKeyValue.kernel', [30, 90]],
      ['queryKeyValue.bias', [90]],
      ['output.kernel', [30, 30]],
      ['output.bias', [30]],
    ]);
    const largest = tf.max(tf.abs(params.queryKeyValue.kernel)).dataSync()[0]!;
    expect(largest).toBeLessThanOrEqual(Math.sqrt(6 / 120));
    expect(largest).toBeGreaterThan(0.98 * Math.sqrt(6 / 120));
    expect(tf.sum(tf.abs(params.queryKeyValue.bias)).dataSync()[0]).toBe(0);
  });
});

describe('the gradient of attention, written out', () => {
  const cases: [string, Omit<HeadsOptions, 'numHeads'>][] = [
    ['causal', { causal: true }],
    ['to both sides', { causal: false }],
    ['causal, padded', { causal: true, get isReal_BT() { return isReal_BT([1, 1, 0], [0, 1, 1]); } }], // prettier-ignore
    ['to both sides, padded', { causal: false, get isReal_BT() { return isReal_BT([1, 0, 0], [0, 0, 0]); } }], // prettier-ignore
    ['causal, with dropout', { causal: true, dropoutRate: 0.4, site: 7 }],
  ];
  const by =
    (layer: typeof scaledDotProductAttention, options: HeadsOptions) =>
    (projected: tf.Tensor, bias_HTT?: tf.Tensor): tf.Tensor => {
      const given = bias_HTT ? { ...options, bias_HTT: bias_HTT as tf.Tensor3D } : options;
      return layer(projected as tf.Tensor3D, given, trainingMode(3, 4));
    };

  it.each(cases)('is that of autograd and of finite differences: %s', (_, options) => {
    for (const numHeads of [1, 2, 4]) {
      const given = { ...options, numHeads };
      const inputs = [wave(0, B, T, 3 * D)];
      for (const each of [inputs, [...inputs, wave(5, numHeads, T, T)]]) {
        expectTwins(by(scaledDotProductAttention, given), by(scaledDotProductAttentionPlain, given), each);
      }
      expectSlopes(by(scaledDotProductAttention, given), [...inputs, wave(5, numHeads, T, T)]);
    }
  });

  it('draws other masks for other heads', () => {
    const projected = tf.tile(wave<tf.Rank.R3>(0, B, 20, 3), [1, 1, 4]).reshape([B, 20, 3, 4]);
    const alike = tf.tile(tf.slice(projected, [0, 0, 0, 0], [B, 20, 3, 1]), [1, 1, 1, 2]).reshape([B, 20, 6]);
    const look = (dropoutRate: number): tf.Tensor[] =>
      tf.split(by(scaledDotProductAttention, { causal: true, numHeads: 2, dropoutRate })(alike), 2, 2);
    expect(largestDifference(...(look(0) as [tf.Tensor, tf.Tensor]))).toBe(0);
    expect(largestDifference(...(look(0.5) as [tf.Tensor, tf.Tensor]))).toBeGreaterThan(0.1);
  });

  it('goes through the whole layer', () => {
    const whole = (x: tf.Tensor, ...w: tf.Tensor[]): tf.Tensor => {
      const given = {
        queryKeyValue: { kernel: w[0]!, bias: w[1]! },
        output: { kernel: w[2]!, bias: w[3]! },
      };
      return attention(given, x as tf.Tensor3D, { numHeads: H, causal: true }, inference);
    };
    const inputs = [wave(0, B, T, D), ...[1, 2].map((n) => wave(n, ...(n === 1 ? [D, 3 * D] : [3 * D])))];
    expectSlopes(whole, [...inputs, wave(3, D, D), wave(4, D)]);
    expectNoLeaks(whole, [...inputs, wave(3, D, D), wave(4, D)]);
  });

  it('leaves no tensor behind with mask, bias and dropout', () => {
    const [real, mode] = [isReal_BT([1, 1, 0], [0, 1, 1]), trainingMode(1, 1)];
    expectNoLeaks(
      (projected, bias) =>
        scaledDotProductAttention(
          projected as tf.Tensor3D,
          { numHeads: H, causal: true, isReal_BT: real, bias_HTT: bias as tf.Tensor3D, dropoutRate: 0.2 },
          mode,
        ),
      [wave(0, B, T, 3 * D), wave(5, H, T, T)],
    );
    tf.dispose(attentionWeights(weights, wave(0, B, T, D), { numHeads: H, causal: true }));
  });
});

describe('attention over padded sequences', () => {
  const params = initAttention(4, createRng(3));
  const random = (seed: number, ...shape: [number, number, number]): tf.Tensor3D => {
    const rng = createRng(seed);
    return tf.tensor3d(
      Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
      shape,
    );
  };
  const look = (x: tf.Tensor3D, causal: boolean, real?: tf.Tensor2D): tf.Tensor3D =>
    attention(params, x, { numHeads: 2, causal, ...(real ? { isReal_BT: real } : {}) }, inference);

  it('never lets an event change what came before it, whatever is padding', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 2, maxLength: 6 }),
        fc.nat(),
        fc.nat(1000),
        (reals, at, seed) => {
          const [length, t] = [reals.length, at % reals.length];
          const difference = tf.tidy(() => {
            const real = isReal_BT(reals.map(Number));
            const x = random(seed, 1, length, 4);
            const changed = tf.concat<tf.Tensor3D>(
              [
                tf.slice(x, [0, 0, 0], [1, t, 4]),
                tf.mul<tf.Tensor3D>(random(seed + 1, 1, length - t, 4), 50),
              ],
              1,
            );
            const [before, after] = [look(x, true, real), look(changed, true, real)].map((seen) =>
              seen.slice([0, 0, 0], [1, t, 4]),
            );
            return t === 0 ? 0 : largestDifference(before!, after!);
          });
          expect(difference).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('changes nothing for events by padding on either side, and what stands in it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.nat(3),
        fc.nat(3),
        fc.boolean(),
        fc.nat(1000),
        (length, left, right, causal, seed) => {
          const difference = tf.tidy(() => {
            const x = random(seed, 1, length, 4);
            const noise = (size: number): tf.Tensor3D => tf.mul(random(seed + size, 1, size, 4), 30);
            const padded = tf.concat([noise(left), x, noise(right)], 1);
            const row = Array.from({ length: left + length + right }, (_, place) =>
              Number(place >= left && place < left + length),
            );
            const seen = look(padded, causal, isReal_BT(row)).slice([0, left, 0], [1, length, 4]);
            return largestDifference(seen, look(x, causal));
          });
          expect(difference).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('needs no mask of padding on the right when causal', () => {
    const [x, real] = [random(1, 1, 5, 4), isReal_BT([1, 1, 1, 0, 0])];
    const [with_, without] = [look(x, true, real), look(x, true)].map((y) => y.slice([0, 0, 0], [1, 3, 4]));
    expect(largestDifference(with_!, without!)).toBe(0);
  });

  it('gives padding exactly no gradient when the loss is over events', () => {
    for (const causal of [true, false]) {
      const real = isReal_BT([0, 1, 1, 0], [0, 0, 0, 0]);
      const gradient = tf.grad((x) => {
        const seen = look(x as tf.Tensor3D, causal, real);
        return tf.sum(tf.mul(tf.square(seen), tf.expandDims(real, -1)));
      })(random(2, 2, 4, 4));
      const size_BT = tf.sum(tf.abs(gradient), 2);
      expect(tf.sum(tf.mul(size_BT, tf.sub(1, real))).dataSync()[0]).toBe(0);
      expect(tf.min(tf.where(tf.greater(real, 0), size_BT, 1)).dataSync()[0]).toBeGreaterThan(1e-4);
    }
  });
});

describe('attention in a recorded graph', () => {
  it('gives the gradients of the eager run at other inputs, masks and steps', () => {
    const params = initAttention(D, createRng(5));
    const variables = leaves(params).map(([, leaf]) => leaf);
    const graph = compileGraph({
      variables,
      run: ({ x, real, key }) => {
        const { value, grads } = tf.variableGrads(() => {
          const options = { numHeads: H, causal: true, isReal_BT: real as tf.Tensor2D, dropoutRate: 0.3 };
          const mode = { training: true as const, key: key as tf.Tensor1D };
          return tf.sum(tf.square(attention(params, x as tf.Tensor3D, options, mode)));
        }, variables);
        return { value, ...grads };
      },
      examples: [
        { x: wave(0, B, T, D), real: isReal_BT([1, 1, 0], [1, 1, 1]), key: trainingMode(1, 1).key },
        { x: wave(9, B, T, D), real: isReal_BT([0, 1, 1], [1, 0, 0]), key: trainingMode(1, 2).key },
      ],
    });
    expect(graph.report.largestDifference).toBeLessThan(1e-5);
    graph.dispose();
  });
});
