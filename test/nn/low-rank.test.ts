import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { countParameters, leaves } from '../../lib/base/tree';
import { encoderOf } from '../../lib/experiments/encoder-catalogue';
import { startBackend } from '../../lib/nn/backend';
import { initLowRank, withLowRank } from '../../lib/nn/low-rank';
import { inference } from '../../lib/nn/mode';
import { wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const entry = encoderOf('sasrec');
const config = { ...entry.defaults, numItems: 11, width: 8, feedForwardWidth: 12, maxLength: 4 };
const batch = {
  items_BT: tf.tensor2d(
    [
      [1, 2, 3, 4],
      [5, 6, 0, 0],
    ],
    [2, 4],
    'int32',
  ),
};
const start = () => {
  const params = entry.init(config, createRng(1));
  return { params, adapter: initLowRank(params, { rank: 2 }, createRng(2)) };
};

describe('an adapter of low rank', () => {
  it('starts as nothing: the adapted transformer is the transformer, to the bit', () => {
    const { params, adapter } = start();
    const plain = entry.encode(params, batch, config, inference).hidden_BTD;
    const adapted = entry.encode(withLowRank(params, adapter), batch, config, inference).hidden_BTD;
    expect(adapted.dataSync()).toEqual(plain.dataSync());
  });

  it('stands beside every matrix larger than the rank, with r (I + O) numbers', () => {
    const { params, adapter } = start();
    const matrices = leaves(params).filter(([, { shape }]) => shape.length === 2);
    expect(Object.keys(adapter)).toEqual(matrices.map(([path]) => path));
    expect(countParameters(adapter)).toBe(
      matrices.reduce((sum, [, { shape }]) => sum + 2 * (shape[0] + shape[1]!), 0),
    );
    // The table of places has 4 rows: from rank 4 on it has no adapter.
    expect(Object.keys(initLowRank(params, { rank: 4 }, createRng(1)))).not.toContain('positions.table');
  });

  it('adds down · up, and leaves the padding of a table at zero', () => {
    const { params, adapter } = start();
    for (const { up } of Object.values(adapter)) up.assign(wave<tf.Rank.R2>(2, ...up.shape));
    const adapted = withLowRank(params, adapter);
    const { down, up } = adapter['itemEmbedding']!;
    const expected = tf.add(params.itemEmbedding, tf.matMul(down, up)).dataSync();
    expect(adapted.itemEmbedding.dataSync()).toEqual(expected);
    expect([...adapted.itemEmbedding.dataSync().slice(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(adapted.itemEmbedding.dataSync().slice(8)).not.toEqual(params.itemEmbedding.dataSync().slice(8));
  });

  it('has the gradient of finite differences, through attention and all', () => {
    const { params, adapter } = start();
    for (const { up } of Object.values(adapter)) up.assign(wave<tf.Rank.R2>(3, ...up.shape));
    const value = (): tf.Scalar =>
      tf.tidy(() => {
        const { hidden_BTD } = entry.encode(withLowRank(params, adapter), batch, config, inference);
        return tf.sum(tf.mul(hidden_BTD, wave(5, ...hidden_BTD.shape)));
      });
    const named = leaves(adapter);
    const { grads } = tf.variableGrads(
      value,
      named.map(([, leaf]) => leaf),
    );
    for (const [path, leaf] of named) {
      const [before, gradient] = [leaf.dataSync().slice(), grads[leaf.name]!.dataSync()];
      const place = leaf.size - 1;
      const at = (by: number): number => {
        const moved = before.slice();
        moved[place] = moved[place]! + by;
        tf.tidy(() => leaf.assign(tf.tensor(moved, leaf.shape)));
        return value().dataSync()[0]!;
      };
      const slope = (at(4e-3) - at(-4e-3)) / 8e-3;
      tf.tidy(() => leaf.assign(tf.tensor(before, leaf.shape)));
      expect(Math.abs(gradient[place]! - slope), path).toBeLessThan(5e-3 + 0.03 * Math.abs(slope));
    }
  });

  it('refuses a rank that is none, or as large as everything, and an adapter of another model', () => {
    const { params, adapter } = start();
    expect(() => initLowRank(params, { rank: 0 }, createRng(1))).toThrow(
      'rank must be a whole number from 1',
    );
    expect(() => initLowRank(params, { rank: 99 }, createRng(1))).toThrow('no matrix is larger than rank 99');
    expect(() => withLowRank({ kernel: params.itemEmbedding }, adapter)).toThrow(
      'the model has no itemEmbedding',
    );
  });
});
