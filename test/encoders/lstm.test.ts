import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { countParameters, leaves } from '../../lib/base/tree';
import { initLstm, lstm, type LstmConfig } from '../../lib/encoders/lstm';
import { inference, trainingMode } from '../../lib/nn/mode';
import { startBackend } from '../../lib/nn/backend';
import { nextItemLoss, prepareNextItem } from '../../lib/objectives/next-item';
import {
  applyOptimiser,
  createOptimiser,
  optimiserDefaults,
  stepScalars,
} from '../../lib/training/optimiser';

beforeAll(async () => {
  await startBackend();
});

const config: LstmConfig = { numItems: 11, width: 8, numLayers: 2, dropoutRate: 0.2 };
const encode = (params: ReturnType<typeof initLstm>, items: number[][], settings = config): tf.Tensor3D =>
  lstm(params, { items_BT: tf.tensor2d(items, undefined, 'int32') }, settings, inference).hidden_BTD;

describe('the LSTM encoder', () => {
  it('has the number of weights that the formulas say', () => {
    // Embedding V*D; a layer 2D * 4D + 4D.
    expect(countParameters(initLstm(config, createRng(1)))).toBe(11 * 8 + 2 * (16 * 32 + 32));
  });

  it('starts with the same weights for the same seed, others for another, and a padding row of zeros', () => {
    const numbers = (seed: number): number[] =>
      leaves(initLstm(config, createRng(seed))).flatMap(([, leaf]) => Array.from(leaf.dataSync()));
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)).not.toEqual(numbers(2));
    expect(numbers(1).slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('is causal: an event changes nothing before it', () => {
    const params = initLstm(config, createRng(1));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 10 }),
        fc.nat(),
        (items, other, at) => {
          const place = 1 + (at % (items.length - 1));
          const changed = items.map((item, index) => (index === place ? other : item));
          const [a, b] = [encode(params, [items]), encode(params, [changed])];
          const head = (h: tf.Tensor3D): number[] =>
            Array.from(h.slice([0, 0, 0], [1, place, -1]).dataSync());
          expect(head(a)).toEqual(head(b));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is not changed by padding on the right, nor by the other rows of the batch', () => {
    const params = initLstm(config, createRng(1));
    const alone = encode(params, [[3, 7, 2]]).dataSync();
    const among = encode(params, [
      [3, 7, 2, 0, 0],
      [9, 9, 9, 9, 9],
    ]).slice([0, 0, 0], [1, 3, -1]);
    expect(Math.max(...alone.map((value, place) => Math.abs(value - among.dataSync()[place]!)))).toBeLessThan(
      1e-6,
    );
  });

  it('can learn one batch by heart, moving every weight but the padding row', () => {
    const settings = { ...config, dropoutRate: 0 };
    const params = initLstm(settings, createRng(1));
    const start = leaves(params).map(([, leaf]) => leaf.dataSync().slice());
    const items = [
      [1, 2, 3, 4],
      [5, 2, 6, 0],
    ];
    const { positions, targets } = prepareNextItem(Int32Array.from([2, 3, 4, 10, 2, 6, 7, 0]));
    const adam = { ...optimiserDefaults.adam, learningRate: 0.05 };
    const optimiser = createOptimiser(params, adam);
    const named = leaves(params);
    let loss = Infinity;
    for (let step = 0; step < 80; step++) {
      loss = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => {
            const { hidden_BTD } = lstm(
              params,
              { items_BT: tf.tensor2d(items, undefined, 'int32') },
              settings,
              trainingMode(1, step),
            );
            return nextItemLoss(
              hidden_BTD,
              params.itemEmbedding,
              tf.tensor1d(positions, 'int32'),
              tf.tensor1d(targets, 'int32'),
            );
          },
          named.map(([, leaf]) => leaf),
        );
        const gradients = new Map(named.map(([path, leaf]) => [path, grads[leaf.name]!]));
        applyOptimiser(optimiser, params, gradients, tf.tensor1d(stepScalars(adam, step + 1, 0.05)));
        return value.dataSync()[0]!;
      });
    }
    expect(loss).toBeLessThan(0.05); // from log(10) = 2.3
    for (const [index, [path, leaf]] of named.entries()) {
      const moved = leaf.dataSync().map((value, place) => Math.abs(value - start[index]![place]!));
      if (path === 'itemEmbedding') {
        expect(Math.max(...moved.slice(0, 8))).toBe(0);
        expect(Math.min(...moved.slice(8))).toBeGreaterThan(0);
      } else expect(Math.min(...moved), path).toBeGreaterThan(0);
    }
  });

  it('uses every setting: changing one changes the result', () => {
    const outcome = (settings: LstmConfig): number[] =>
      Array.from(
        tf.tidy(() =>
          lstm(
            initLstm(settings, createRng(1)),
            { items_BT: tf.tensor2d([[1, 2, 3]], undefined, 'int32') },
            settings,
            trainingMode(1, 1),
          ).hidden_BTD.dataSync(),
        ),
      );
    const base = outcome(config);
    for (const change of [{ width: 4 }, { numLayers: 1 }, { dropoutRate: 0.5 }]) {
      expect(outcome({ ...config, ...change })).not.toEqual(base);
    }
    expect(initLstm({ ...config, numItems: 12 }, createRng(1)).itemEmbedding.shape).toEqual([12, 8]);
  });

  it('refuses settings out of range by name', () => {
    for (const dropoutRate of [1, -0.1, Number.NaN]) {
      expect(() => initLstm({ ...config, dropoutRate }, createRng(1))).toThrow(
        /dropoutRate must be from 0 to below 1/,
      );
    }
    expect(() => initLstm({ ...config, numLayers: 0 }, createRng(1))).toThrow(
      /numLayers must be a whole number from 1, got 0/,
    );
  });
});
