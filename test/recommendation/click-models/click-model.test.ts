import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { countParameters, trainableLeaves } from '../../../lib/base/tree';
import { startBackend } from '../../../lib/nn/backend';
import { inference, trainingMode } from '../../../lib/nn/mode';
import {
  clickModel,
  clickModelNames,
  initClickModel,
  type ClickModelConfig,
  type ClickModelParams,
} from '../../../lib/recommendation/click-models/click-model';
import {
  checkFieldValues,
  type Fields,
  type FieldTensors,
} from '../../../lib/recommendation/click-models/fields';
import { historyAttention } from '../../../lib/recommendation/click-models/history-attention';
import { pairwiseProducts } from '../../../lib/recommendation/click-models/pairwise-products';
import {
  applyOptimiser,
  createOptimiser,
  optimiserDefaults,
  stepScalars,
} from '../../../lib/training/optimiser';
import { expectSlopesOfWeights, largestDifference } from '../../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

const fields: Fields = {
  item: { kind: 'category', size: 5 },
  history: { kind: 'categories', size: 5, most: 3 },
  age: { kind: 'number' },
  user: { kind: 'vector', width: 2 },
};
const configs: readonly ClickModelConfig[] = [
  { name: 'logistic', fields },
  { name: 'fm', fields, width: 3 },
  { name: 'wide-and-deep', fields, width: 3, hidden: [6, 4], dropoutRate: 0.2 },
  { name: 'deepfm', fields, width: 3, hidden: [6, 4] },
  { name: 'din', fields, width: 3, hidden: [6], attention: { history: 'history', candidate: 'item' } },
];
/** With weights of fields. */
const weighed: readonly ClickModelConfig[] = configs
  .slice(1)
  .map((config) => ({ ...config, fieldWeights: true }));
const batch = (): FieldTensors => ({
  item: tf.tensor1d([1, 4, 2, 3], 'int32'),
  history: tf.tensor2d(
    [
      [2, 3, 0],
      [1, 0, 0],
      [4, 2, 1],
      [0, 0, 0],
    ],
    undefined,
    'int32',
  ),
  age: tf.tensor1d([0.5, -1, 2, 0]),
  user: tf.tensor2d([
    [1, -1],
    [0.3, 0.7],
    [-2, 0.1],
    [0, 0],
  ]),
});
/** Weights that are not near 0, so that every part shows. */
const drawn = (config: ClickModelConfig, seed = 1): ClickModelParams => {
  const params = initClickModel(config, createRng(seed));
  const rng = createRng(seed).child('shake');
  for (const [path, leaf] of trainableLeaves(params)) {
    const isCode = path.endsWith('.item') || path.endsWith('.history');
    const width = leaf.shape.at(-1)!;
    const values = Float32Array.from(leaf.dataSync(), (_, place) =>
      isCode && place < width ? 0 : rng.normal() / 2,
    );
    tf.tidy(() => leaf.assign(tf.tensor(values, leaf.shape)));
  }
  return params;
};
const logits = (params: ClickModelParams, config: ClickModelConfig): number[] =>
  Array.from(clickModel(params, batch(), config, inference).dataSync());

describe('products of all pairs', () => {
  it('are their sum, pair by pair', () => {
    const number = fc.float({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.array(number, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 6 }),
        (row) => {
          let sum = 0;
          for (const [place, one] of row.entries())
            for (const other of row.slice(place + 1))
              sum += one.reduce((total, own, d) => total + own * other[d]!, 0);
          expect(pairwiseProducts(tf.tensor3d([row])).dataSync()[0]).toBeCloseTo(sum, 3);
        },
      ),
    );
  });
});

describe('models of clicks', () => {
  it('have the number of weights that the formulas say', () => {
    const values = 5 + 5 + 1 + 2;
    const network = (hidden: number[]): number => {
      const widths = [4 * 3, ...hidden, 1];
      return widths.slice(1).reduce((sum, own, layer) => sum + (widths[layer]! + 1) * own, 0);
    };
    expect(configs.map((config) => countParameters(initClickModel(config, createRng(1))))).toEqual([
      1 + values,
      1 + 4 * values,
      1 + 4 * values + network([6, 4]),
      1 + 4 * values + network([6, 4]),
      1 + 4 * values - 3 * 5 + network([6]) + (4 * 3 + 1) * 36 + 36 + 1, // no vectors of its own for the history
    ]);
  });

  it('are a factorization machine by the formula: weights, and the products of all pairs of fields', () => {
    const config = configs[1]!;
    const params = drawn(config);
    const row = (table: 'weights' | 'vectors', name: string): number[][] => params[table]![name]!.arraySync();
    const vectorsOf = (table: 'weights' | 'vectors'): number[][] => {
      const user = row(table, 'user');
      return [
        row(table, 'item')[4]!,
        row(table, 'history')[1]!,
        row(table, 'age')[0]!.map((own) => -own),
        user[0]!.map((own, d) => 0.3 * own + 0.7 * user[1]![d]!),
      ];
    };
    const first = vectorsOf('weights').reduce((sum, [own]) => sum + own!, 0);
    const vectors = vectorsOf('vectors');
    let pairs = 0;
    for (const [place, one] of vectors.entries())
      for (const other of vectors.slice(place + 1))
        pairs += one.reduce((sum, own, d) => sum + own * other[d]!, 0);
    expect(logits(params, config)[1]).toBeCloseTo(params.bias.dataSync()[0]! + first + pairs, 5);
  });

  it('weigh fields at first about once, and not at all where that is not asked for', () => {
    const [fm, own] = [configs[1]!, weighed[0]!];
    const params = drawn(own);
    const { fieldWeights, ...rest } = params;
    // With no way into the network of weights, every factor is 2 · sigmoid(0) = 1.
    for (const leaf of [fieldWeights!.excite.kernel, fieldWeights!.excite.bias])
      leaf.assign(tf.zerosLike(leaf));
    expect(logits(params, own)).toEqual(logits(rest, fm));
    expect(() => initClickModel({ name: 'logistic', fields, fieldWeights: true }, createRng(1))).toThrow(
      'logistic does not read fieldWeights',
    );
  });

  it('are DeepFM: factorization machine and network added', () => {
    const [fm, wide, deep] = [configs[1]!, configs[2]!, configs[3]!];
    const params = drawn(deep);
    const { bias, weights, vectors } = params;
    const bare = logits({ bias, weights }, configs[0]!);
    const [ofFm, ofWide] = [logits({ bias, weights, vectors: vectors! }, fm), logits(params, wide)];
    for (const [at, own] of logits(params, deep).entries())
      expect(own).toBeCloseTo(ofFm[at]! + ofWide[at]! - bare[at]!, 5);
  });

  it('take the mean of several codes, and nothing of an empty field', () => {
    const params = drawn(configs[0]!);
    const history = params.weights['history']!.arraySync().map(([own]) => own!);
    const [first, , , last] = logits(params, configs[0]!);
    const rest = (item: number, age: number, user: number[]): number =>
      params.bias.dataSync()[0]! +
      params.weights['item']!.arraySync()[item]![0]! +
      age * params.weights['age']!.arraySync()[0]![0]! +
      user.reduce((sum, own, d) => sum + own * params.weights['user']!.arraySync()[d]![0]!, 0);
    expect(first).toBeCloseTo(rest(1, 0.5, [1, -1]) + (history[2]! + history[3]!) / 2, 5);
    expect(last).toBeCloseTo(rest(3, 0, [0, 0]), 5);
  });

  it.each([...configs, ...weighed])(
    'have the gradients of finite differences: $name, weights of fields $fieldWeights',
    (config) => {
      const params = drawn(config);
      const value = (): tf.Scalar =>
        tf.tidy(() =>
          tf.sum(tf.mul(clickModel(params, batch(), config, inference), tf.tensor1d([1, -2, 0.5, 3]))),
        );
      expectSlopesOfWeights(params, value);
    },
  );

  it.each([...configs, ...weighed])(
    'learn four rows by heart, moving every table and no row of padding: $name, weights of fields $fieldWeights',
    (config) => {
      const params = initClickModel(config, createRng(2));
      const named = trainableLeaves(params);
      const start = named.map(([, leaf]) => leaf.dataSync().slice());
      const adam = { ...optimiserDefaults.adam, learningRate: 0.05 };
      const optimiser = createOptimiser(params, adam);
      const labels = tf.tensor1d([1, 0, 1, 0]);
      let loss = Infinity;
      for (let step = 0; step < 150; step++) {
        loss = tf.tidy(() => {
          const { value, grads } = tf.variableGrads(
            () =>
              tf.losses.sigmoidCrossEntropy(
                labels,
                clickModel(params, batch(), config, trainingMode(1, step)),
              ),
            named.map(([, leaf]) => leaf),
          );
          const gradients = new Map(named.map(([path, leaf]) => [path, grads[leaf.name]!]));
          applyOptimiser(optimiser, params, gradients, tf.tensor1d(stepScalars(adam, step + 1, 0.05)));
          return value.dataSync()[0]!;
        });
      }
      expect(loss).toBeLessThan(0.1); // from log 2
      for (const [index, [path, leaf]] of named.entries()) {
        const moved = leaf.dataSync().map((own, place) => Math.abs(own - start[index]![place]!));
        expect(Math.max(...moved), path).toBeGreaterThan(0);
        if (!path.endsWith('.item') && !path.endsWith('.history')) continue;
        expect(Math.max(...moved.slice(0, leaf.shape.at(-1))), path).toBe(0);
      }
    },
  );

  it('let an attention weigh a history by the candidate, and padding not at all', () => {
    const config = configs[4]!;
    const params = drawn(config);
    const of = (history: number[], item: number): number =>
      clickModel(
        params,
        {
          item: tf.tensor1d([item], 'int32'),
          history: tf.tensor2d([history], undefined, 'int32'),
          age: tf.zeros([1]),
          user: tf.zeros([1, 2]),
        },
        config,
        inference,
      ).dataSync()[0]!;
    expect(of([2, 3, 0], 1)).toBeCloseTo(of([3, 0, 2], 1), 5);
    const [history, candidate] = [
      tf.tensor3d([
        [
          [1, 2, 3],
          [0.5, -1, 2],
        ],
      ]),
      tf.tensor2d([[2, 1, -1]]),
    ];
    const summed = historyAttention(params.attention!, history, candidate);
    const padded = historyAttention(
      params.attention!,
      history.pad([
        [0, 0],
        [0, 2],
        [0, 0],
      ]),
      candidate,
    );
    expect(Math.max(...summed.dataSync().map(Math.abs))).toBeGreaterThan(1e-3);
    expect(largestDifference(padded, summed)).toBeLessThan(1e-5);
    const gain = (item: number): number => of([2, 3, 0], item) - of([2, 0, 0], item);
    expect(Math.abs(gain(1) - gain(4))).toBeGreaterThan(1e-3);
  });

  it('silence numbers of hidden layers while training, anew at each step, and no others', () => {
    const config = configs[2]!;
    const params = drawn(config);
    const at = (step: number, dropoutRate: number): number[] =>
      Array.from(clickModel(params, batch(), { ...config, dropoutRate }, trainingMode(1, step)).dataSync());
    expect(at(1, 0.5)).toEqual(at(1, 0.5));
    expect(at(1, 0.5)).not.toEqual(at(2, 0.5));
    expect(at(1, 0)).toEqual(logits(params, config));
  });

  it('start alike for the same seed, and near no opinion', () => {
    for (const config of configs) {
      const [one, again] = [1, 1].map((seed) => logits(initClickModel(config, createRng(seed)), config));
      expect(one).toEqual(again);
      expect(Math.max(...one!.map(Math.abs))).toBeLessThan(1);
    }
    expect(configs.map(({ name }) => name)).toEqual([...clickModelNames]);
  });

  it.each([
    [{ name: 'fmm', fields }, "there is no model 'fmm'"],
    [{ name: 'fm', fields }, 'fm needs width'],
    [{ name: 'logistic', fields, width: 3 }, 'logistic does not read width'],
    [{ name: 'fm', fields, width: 3, hidden: [3] }, 'fm does not read hidden'],
    [{ name: 'deepfm', fields, width: 3, hidden: [] }, 'a hidden layer at least'],
    [{ name: 'deepfm', fields, width: 0, hidden: [3] }, 'widths must be whole numbers from 1, got 0'],
    [{ name: 'deepfm', fields, width: 3, hidden: [3], dropoutRate: 1 }, 'dropoutRate must be in [0, 1)'],
    [{ name: 'din', fields, width: 3, hidden: [3] }, 'din needs attention'],
    [
      { name: 'din', fields, width: 3, hidden: [3], attention: { history: 'history', candidate: 'age' } },
      'not history and age',
    ],
    [{ name: 'logistic', fields: {} }, 'there are no fields'],
    [{ name: 'logistic', fields: { a: { kind: 'category', size: 1 } } }, "size of the field 'a' must be"],
  ])('refuse what is no model: %j', (config, message) => {
    expect(() => initClickModel(config as ClickModelConfig, createRng(1))).toThrow(message);
  });
});

describe('the values of fields', () => {
  const values = {
    item: Int32Array.of(1, 4),
    history: Int32Array.of(1, 2, 0, 0, 0, 0),
    age: Float32Array.of(0.5, 1),
    user: Float32Array.of(1, 2, 3, 4),
  };

  it('are counted', () => {
    expect(checkFieldValues('here', fields, values)).toBe(2);
  });

  it.each([
    [{ item: Int32Array.of(1, 5) }, "here: the field 'item' has 5 in row 1, which is no code below 5"],
    [{ user: Float32Array.of(1, 2, 3, NaN) }, "the field 'user' has NaN in row 1, which is no finite number"],
    [{ age: Float32Array.of(1) }, "the field 'age' has 1 values, 1 a row, for 2 rows"],
    [{ price: Float32Array.of(1, 2) }, "there is no field 'price'; there are item, history, age, user"],
    [{ history: undefined }, "the field 'history' has no values"],
  ])('are refused where they do not fit: %j', (change, message) => {
    const all = { ...values, ...change } as Record<string, Int32Array | Float32Array>;
    expect(() => checkFieldValues('here', fields, all)).toThrow(message);
  });
});
