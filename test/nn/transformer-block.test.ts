import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import { startBackend } from '../../lib/nn/backend';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { inference, trainingMode, type Mode } from '../../lib/nn/mode';
import { relu } from '../../lib/nn/relu';
import {
  initTransformerBlock,
  sitesPerBlock,
  transformerBlock,
  transformerBlockWeights,
  type TransformerBlockOptions,
  type TransformerBlockWeights,
} from '../../lib/nn/transformer-block';
import { expectNoLeaks, expectNumbers, expectSlopes, largestDifference, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, D, H, F] = [2, 3, 4, 2, 6];
const base: TransformerBlockOptions = {
  numHeads: H,
  causal: true,
  norm: 'pre',
  activation: 'gelu',
  dropoutRate: 0,
};
const weightInputs = (): tf.Tensor[] => [
  wave(1, D, 3 * D),
  wave(2, 3 * D),
  wave(3, D, D),
  wave(4, D),
  wave(6, D),
  wave(7, D),
  wave(10, D, F),
  wave(11, F),
  wave(12, F, D),
  wave(13, D),
  wave(8, D),
  wave(9, D),
];
const asBlock = (w: tf.Tensor[]): TransformerBlockWeights => ({
  attention: { queryKeyValue: { kernel: w[0]!, bias: w[1]! }, output: { kernel: w[2]!, bias: w[3]! } },
  attentionNorm: { scale: w[4]!, shift: w[5]! },
  expand: { kernel: w[6]!, bias: w[7]! },
  contract: { kernel: w[8]!, bias: w[9]! },
  feedForwardNorm: { scale: w[10]!, shift: w[11]! },
});

describe('relu', () => {
  it('cuts off below 0, in the value and in the gradient', () => {
    const x = tf.tensor1d([-2, -0.5, 0, 0.5, 2]);
    expect(Array.from(relu(x).dataSync())).toEqual([0, 0, 0, 0.5, 2]);
    const gradient = tf.grad((v) => tf.sum(tf.mul(relu(v), [1, 2, 3, 4, 5])))(x);
    expect(Array.from(gradient.dataSync())).toEqual([0, 0, 0, 4, 5]);
    expectNoLeaks((v) => relu(v), [wave(0, 4)]);
  });
});

describe('a transformer block', () => {
  /*
   * NumPy 2.4.6; B, T, D, H, wave, attend, bias and real as in attention.test.ts, F = 6:
   *   norm = lambda x, a, b: (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * a + b
   *   one, two = (lambda x: norm(x, wave(6, D), wave(7, D))), (lambda x: norm(x, wave(8, D), wave(9, D)))
   *   relu, gelu = (lambda x: np.maximum(x, 0)), np.vectorize(lambda x: x * (1 + math.erf(x / 2**.5)) / 2)
   *   gelu_tanh = lambda x: x / 2 * (1 + np.tanh((2 / np.pi)**.5 * (x + .044715 * x**3)))
   *   think = lambda x, act: act(x @ wave(10, D, F) + wave(11, F)) @ wave(12, F, D) + wave(13, D)
   *   pre = lambda act: (lambda h: h + think(two(h), act))(x + attend(one(x), True))
   *   post = lambda act: (lambda h: two(h + think(h, act)))(one(x + attend(x, True)))
   *   pre(gelu); pre(gelu_tanh); post(relu)
   */
  it.each([
    [
      'pre',
      'gelu',
      [
        0.028725, -0.644117, -0.724761, -0.139063, 0.560278, -0.101233, -0.669671, -0.622417, 0.131559,
        0.189161, 0.072849, -0.11044, 0.533008, 1.596601, 1.192286, -0.308211, 0.447512, -0.268508, -0.737663,
        -0.528614, -0.062633, -0.393178, -0.362236, 0.001743,
      ],
    ],
    [
      'pre',
      'gelu-tanh',
      [
        0.028746, -0.643826, -0.724467, -0.139036, 0.560547, -0.10068, -0.669342, -0.622614, 0.131015,
        0.188868, 0.073077, -0.109901, 0.533345, 1.597199, 1.192596, -0.308474, 0.447911, -0.267711,
        -0.737201, -0.528912, -0.062879, -0.392915, -0.361707, 0.002053,
      ],
    ],
    [
      'post',
      'relu',
      [
        1.667397, -0.397776, -0.932496, 0.96299, 1.813773, -0.388437, -0.70004, 0.706311, 1.793493, -0.39653,
        -0.760905, 0.778054, 1.510458, -0.349403, -1.006906, 1.058516, 1.692157, -0.401885, -0.911865,
        0.940122, 1.718789, -0.404204, -0.884364, 0.910862,
      ],
    ],
  ] as const)('gives the numbers of NumPy: %s-norm, %s', (norm, activation, expected) => {
    const options = {
      ...base,
      norm,
      activation,
      isReal_BT: tf.tensor2d([
        [1, 1, 0],
        [0, 1, 1],
      ]),
      bias_HTT: wave<tf.Rank.R3>(5, H, T, T),
    };
    const seen = transformerBlock(asBlock(weightInputs()), wave(0, B, T, D), options, inference);
    expectNumbers(seen, expected, 1e-5);
  });

  it.each([
    ['pre', 'gelu', inference],
    ['post', 'gelu-tanh', 'dropping'],
  ] as const)('has the gradients of finite differences: %s-norm, %s, %o', (norm, activation, how) => {
    const smaller = weightInputs().map((w) => tf.mul(w, 0.5));
    const run =
      (mode: Mode) =>
      (x: tf.Tensor, ...w: tf.Tensor[]): tf.Tensor => {
        const options = { ...base, norm, activation, dropoutRate: 0.3, attentionDropoutRate: 0.2 };
        return transformerBlock(asBlock(w), x as tf.Tensor3D, options, mode);
      };
    const mode = how === 'dropping' ? trainingMode(1, 2) : how;
    expectSlopes(run(mode), [wave(0, B, T, D), ...smaller]);
    expectNoLeaks(run(mode), [wave(0, B, T, D), ...smaller]);
  });

  it('is causal and blind to padding, with both norms', () => {
    const params = initTransformerBlock(4, 8, createRng(1));
    fc.assert(
      fc.property(
        fc.constantFrom('pre', 'post'),
        fc.boolean(),
        fc.nat(3),
        fc.nat(3),
        (norm, causal, left, t) => {
          const [later, real] = tf.tidy(() => {
            const isReal_BT = tf.tensor2d([
              Array.from({ length: left + 6 }, (_, place) => Number(place >= left && place < left + 4)),
            ]);
            const look = (x: tf.Tensor3D): tf.Tensor3D =>
              transformerBlock(params, x, { ...base, norm, causal, isReal_BT }, inference);
            const x = wave<tf.Rank.R3>(0, 1, left + 6, 4);
            const swap = (start: number, size: number): tf.Tensor3D =>
              tf.concat(
                [
                  tf.slice(x, [0, 0, 0], [1, start, 4]),
                  wave<tf.Rank.R3>(99, 1, size, 4),
                  tf.slice(x, [0, start + size, 0], [1, left + 6 - start - size, 4]),
                ],
                1,
              );
            const events = (from: tf.Tensor3D, size: number): tf.Tensor =>
              tf.slice(from, [0, left, 0], [1, size, 4]);
            const padding = largestDifference(events(look(x), 4), events(look(swap(left + 4, 2)), 4));
            if (!causal || t === 0) return [0, padding];
            const changed = look(swap(left + t, 6 - t));
            return [largestDifference(events(look(x), t), events(changed, t)), padding];
          });
          expect(later).toBe(0);
          expect(real).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('obeys every setting', () => {
    const block = asBlock(weightInputs());
    const mode = trainingMode(1, 1);
    const run = (options: Partial<TransformerBlockOptions>): tf.Tensor =>
      transformerBlock(block, wave(0, B, T, D), { ...base, ...options }, mode);
    const before = run({});
    const isReal_BT = tf.tensor2d([
      [1, 1, 0],
      [0, 1, 1],
    ]);
    for (const change of [
      { numHeads: 4 },
      { causal: false },
      { norm: 'post' },
      { activation: 'relu' },
      { activation: 'gelu-tanh' },
      { isReal_BT },
      { bias_HTT: wave<tf.Rank.R3>(5, H, T, T) },
      { dropoutRate: 0.5 },
      { attentionDropoutRate: 0.5 },
    ] as const)
      expect(largestDifference(before, run(change)), Object.keys(change)[0]).toBeGreaterThan(1e-4);
    const dropping = { dropoutRate: 0.5, attentionDropoutRate: 0.5 };
    const next = run({ ...dropping, site: sitesPerBlock });
    expect(largestDifference(run(dropping), next)).toBeGreaterThan(1e-4);
    expect(largestDifference(run(dropping), run(dropping))).toBe(0);
  });

  it('moves every leaf of its weights', () => {
    const params = initTransformerBlock(4, 8, createRng(2));
    const names = leaves(params);
    expect(names.length).toBe(12);
    const variables = names.map(([, leaf]) => leaf);
    const { grads } = tf.variableGrads(() => {
      const seen = transformerBlock(params, wave(0, B, T, D), base, inference);
      return tf.sum(tf.mul(seen, wave(1, B, T, D)));
    }, variables);
    for (const [path, leaf] of names) {
      // A key's bias adds the same to all scores of a row, so that only the other two thirds of this bias count.
      expect(tf.max(tf.abs(grads[leaf.name]!)).dataSync()[0], path).toBeGreaterThan(1e-3);
    }
  });

  it('shows the weights that its attention averages by', () => {
    const block = asBlock(weightInputs());
    const x = wave<tf.Rank.R3>(0, B, T, D);
    const [pre, post] = (['pre', 'post'] as const).map((norm) =>
      transformerBlockWeights(block, x, { numHeads: H, causal: true, norm }),
    );
    expect(pre!.shape).toEqual([B, H, T, T]);
    expectNumbers(tf.sum(pre!, 3), new Array<number>(B * H * T).fill(1));
    expect(largestDifference(pre!, post!)).toBeGreaterThan(1e-3);
  });

  it('can be recorded: the graph gives the gradients of the eager run, dropout included', () => {
    const params = initTransformerBlock(D, F, createRng(5));
    const variables = leaves(params).map(([, leaf]) => leaf);
    for (const activation of ['relu', 'gelu'] as const) {
      const graph = compileGraph({
        variables,
        run: ({ x, real, key }) => {
          const options = {
            ...base,
            activation,
            isReal_BT: real as tf.Tensor2D,
            dropoutRate: 0.3,
            attentionDropoutRate: 0.3,
          };
          const mode = { training: true as const, key: key as tf.Tensor1D };
          const { value, grads } = tf.variableGrads(
            () => tf.sum(tf.square(transformerBlock(params, x as tf.Tensor3D, options, mode))),
            variables,
          );
          return { value, ...grads };
        },
        examples: [1, 2].map((step) => ({
          x: wave(step, B, T, D),
          real: tf.tensor2d([1, 1, step - 1, 2 - step, 1, 1], [B, T]),
          key: trainingMode(1, step).key,
        })),
      });
      expect(graph.report.largestDifference).toBeLessThan(1e-5);
      graph.dispose();
    }
  });
});
