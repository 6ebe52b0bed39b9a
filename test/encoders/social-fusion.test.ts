import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { countParameters, leaves } from '../../lib/base/tree';
import { friendWeights } from '../../lib/encoders/friend-attention';
import { pool } from '../../lib/encoders/pooling';
import {
  fusions,
  initSocialFusion,
  socialFusion,
  socialFusionDefaults,
  socialVector,
  type Fusion,
  type SocialFusionConfig,
  type SocialFusionParams,
} from '../../lib/encoders/social-fusion';
import { startBackend } from '../../lib/nn/backend';
import { inference, trainingMode } from '../../lib/nn/mode';
import { expectNumbers, largestDifference, wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

const D = 3;
const linearOf = (start: number, inputs: number) => ({
  kernel: tf.variable(wave<tf.Rank.R2>(start, inputs, D)),
  bias: tf.variable(wave<tf.Rank.R1>(start + 1, D)),
});
const batchOf = (items: number[][], friends: number[][][]) => ({
  items_BT: tf.tensor2d(items, undefined, 'int32'),
  perUser: { friendItems_BFK: tf.tensor3d(friends, undefined, 'int32') },
});
const config = (fusion: Fusion, more: Partial<SocialFusionConfig> = {}): SocialFusionConfig => ({
  numItems: 7,
  width: D,
  fusion,
  numLayers: 1,
  activation: 'sigmoid',
  dropoutRate: 0,
  ...more,
});

/*
PyTorch 2 in float64; wave(s, ...) = sin(s + 0, 1, 2 ...), E = wave(1, 7, 3) with row 0 zero.

x = E[items].mean(0); fs = [E[i].mean(0) for i in friends]; s = torch.stack(fs).mean(0)          (zeros where there are none)
behavior: y = x    social: y = s    concatenation: y = torch.cat([x, s])
gated: g = torch.sigmoid(torch.cat([x, s]) @ wave(2, 6, 3) + wave(3, 3)); y = g * x + (1 - g) * s
attention: h = torch.stack([x] + fs); a = torch.softmax(h @ x, 0); y = torch.cat([x, torch.relu(a @ h @ wave(4, 3, 3) + wave(5, 3))])
for k in range(layers): y = f(y @ wave(6 + 2 * k, len(y), 3) + wave(7 + 2 * k, 3))
answer = y @ wave(20, 3, 3) + wave(21, 3)
for items [1, 2], friends [3, 4] and [5], and for items [6] without friends
*/
describe('fusion with social information', () => {
  const params = (fusion: Fusion, numLayers = 1): SocialFusionParams => {
    const read = fusion === 'concatenation' || fusion === 'attention' ? 2 * D : D;
    const table = tf.concat([tf.zeros([1, D]), tf.slice(wave(1, 7, D), [1, 0])], 0) as tf.Tensor2D;
    return {
      itemEmbedding: tf.variable(table),
      ...(fusion === 'gated' && { gate: linearOf(2, 2 * D) }),
      ...(fusion === 'attention' && { friends: linearOf(4, D) }),
      layers: Array.from({ length: numLayers }, (_, k) => linearOf(6 + 2 * k, k === 0 ? read : D)),
      output: linearOf(20, D),
    };
  };
  const two = () =>
    batchOf(
      [
        [1, 2],
        [6, 0],
      ],
      [
        [
          [3, 4],
          [5, 0],
          [0, 0],
        ],
        [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
      ],
    );

  it.each([
    ['behavior', [1.279049, 0.457102, -0.785103, 1.275398, 0.45849, -0.779952]],
    ['social', [1.280606, 0.455971, -0.787881, 1.279796, 0.457376, -0.785553]],
    ['concatenation', [1.277472, 0.457434, -0.783167, 1.275398, 0.45849, -0.779952]],
    ['gated', [1.28046, 0.45683, -0.786807, 1.278821, 0.457121, -0.784854]],
    ['attention', [1.276902, 0.418927, -0.824207, 1.279808, 0.433671, -0.811181]],
  ] as const)('%s has the values of its equations, also without friends', (fusion, expected) => {
    expectNumbers(socialVector(params(fusion), two(), config(fusion), inference), expected);
  });

  it('stacks layers: the second reads the first', () => {
    const settings = config('attention', { numLayers: 2, activation: 'relu' });
    const vector = socialVector(params('attention', 2), two(), settings, inference);
    expectNumbers(vector.slice([0, 0], [1, -1]), [1.416463, 0.522505, -0.851842]);
  });

  it('knows somebody without items by the friends', () => {
    const batch = batchOf(
      [[0, 0]],
      [
        [
          [3, 4],
          [5, 0],
        ],
      ],
    );
    const vector = socialVector(params('attention'), batch, config('attention'), inference);
    expectNumbers(vector, [1.276791, 0.418067, -0.825026]);
  });

  it.each(fusions)(
    '%s: padding, empty places and the order of items and friends change nothing',
    (fusion) => {
      const own = initSocialFusion(config(fusion, { width: 8, numItems: 20 }), createRng(1));
      const settings = config(fusion, { width: 8, numItems: 20 });
      const vector = (items: number[], friends: number[][]): tf.Tensor =>
        socialVector(own, batchOf([items], [friends]), settings, inference);
      const one = vector(
        [4, 9, 2],
        [
          [7, 3],
          [5, 0],
        ],
      );
      const other = vector(
        [2, 4, 9, 0, 0],
        [
          [5, 0, 0],
          [0, 0, 0],
          [3, 7, 0],
          [0, 0, 0],
        ],
      );
      expect(largestDifference(one, other)).toBeLessThan(1e-6);
      const moved = largestDifference(
        one,
        vector(
          [4, 9, 2],
          [
            [7, 3],
            [6, 0],
          ],
        ),
      );
      if (fusion === 'behavior') expect(moved).toBe(0);
      else expect(moved).toBeGreaterThan(1e-4);
      const alone = largestDifference(
        one,
        vector(
          [4, 9, 1],
          [
            [7, 3],
            [5, 0],
          ],
        ),
      );
      if (fusion === 'social') expect(alone).toBe(0);
      else expect(alone).toBeGreaterThan(1e-4);
    },
  );

  it.each(fusions)('%s has a gradient for every weight', (fusion) => {
    const settings = config(fusion, { width: 8, numItems: 20, numLayers: 2 });
    const own = initSocialFusion(settings, createRng(2));
    const named = leaves(own);
    const { grads } = tf.variableGrads(
      () => {
        const vector = socialVector(
          own,
          batchOf(
            [[4, 9]],
            [
              [
                [7, 3],
                [5, 1],
              ],
            ],
          ),
          settings,
          inference,
        );
        return tf.sum(tf.mul(vector, wave(3, ...vector.shape)));
      },
      named.map(([, leaf]) => leaf),
    );
    for (const [path, leaf] of named)
      expect(tf.max(tf.abs(grads[leaf.name]!)).dataSync()[0], path).toBeGreaterThan(0);
  });

  it('has as many weights as its formulas say', () => {
    const count = (fusion: Fusion): number =>
      countParameters(
        initSocialFusion(config(fusion, { width: 8, numItems: 11, numLayers: 2 }), createRng(1)),
      );
    const [items, square] = [11 * 8, 8 * 8 + 8];
    expect(fusions.map(count)).toEqual([
      items + 3 * square,
      items + 3 * square,
      items + 3 * square + 64,
      items + 4 * square + 64,
      items + 4 * square + 64,
    ]);
  });

  it('gives the answer at the last event in the form of the other encoders', () => {
    const own = params('attention');
    const { hidden_BTD } = socialFusion(own, two(), config('attention'), inference);
    const answers = pool(
      hidden_BTD,
      tf.tensor2d([
        [1, 1],
        [1, 0],
      ]),
      'last',
    );
    expect(largestDifference(answers, socialVector(own, two(), config('attention'), inference))).toBe(0);
  });

  it('silences while training, and only then', () => {
    const settings = { ...config('attention'), dropoutRate: 0.5 };
    const at = (step: number): tf.Tensor =>
      socialVector(params('attention'), two(), settings, trainingMode(1, step));
    expect(largestDifference(at(1), at(2))).toBeGreaterThan(0);
    expect(largestDifference(at(1), at(1))).toBe(0);
  });

  it('refuses a batch without friends, and settings that it does not have', () => {
    const batch = { items_BT: tf.tensor2d([[1, 2]], undefined, 'int32') };
    expect(() => socialVector(params('gated'), batch, config('gated'), inference)).toThrow(
      "the fusion 'gated' needs perUser.friendItems_BFK",
    );
    expect(socialVector(params('behavior'), batch, config('behavior'), inference).shape).toEqual([1, D]);
    const wrong = {
      ...socialFusionDefaults,
      numItems: 7,
      fusion: 'product',
    } as unknown as SocialFusionConfig;
    expect(() => initSocialFusion(wrong, createRng(1))).toThrow('fusion must be one of behavior');
  });
});

describe('attention over friends', () => {
  it('weighs the own vector and the friends that are there, most what is alike', () => {
    const own = tf.tensor2d([
      [2, 0],
      [1, 1],
    ]);
    const friends = tf.tensor3d([
      [
        [2, 0],
        [-2, 0],
      ],
      [
        [9, 9],
        [9, 9],
      ],
    ]);
    const [first, second] = friendWeights(
      own,
      friends,
      tf.tensor2d([
        [1, 1],
        [0, 0],
      ]),
    ).arraySync();
    const sum = 2 * Math.exp(4) + Math.exp(-4);
    [Math.exp(4) / sum, Math.exp(4) / sum, Math.exp(-4) / sum].forEach((share, at) =>
      expect(first![at]).toBeCloseTo(share, 6),
    );
    expect(second).toEqual([1, 0, 0]);
  });
});
