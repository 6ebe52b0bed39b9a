import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import {
  initReconstruction,
  prepareReconstruction,
  reconstruction,
  type ReconstructionParams,
} from '../../lib/objectives/reconstruction';
import { expectNoLeaks, expectSlopes, wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

const valueOf = (loss: tf.Scalar): number => loss.dataSync()[0]!;
const wanted = [Int32Array.of(1, 5, 5), Int32Array.of(3)];

/** Two users; the decoder is the cosines, with sines as what each item scores with everybody. */
const decoder = (): tf.Tensor2D =>
  tf.tensor2d(
    Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? Math.sin(i) : Math.cos(i))),
    [6, 4],
  );

function paramsOf(values: tf.Tensor2D): ReconstructionParams {
  const params = initReconstruction(6, 3, createRng(1));
  params.decoder.assign(values);
  return params;
}

function lossOf(user: tf.Tensor2D, values = decoder(), lists = wanted, listLength = 6): tf.Scalar {
  const { rows, items, shares } = prepareReconstruction(lists, listLength);
  return reconstruction(paramsOf(values), user, {
    rows_L: tf.tensor1d(rows, 'int32'),
    items_L: tf.tensor1d(items, 'int32'),
    shares_L: tf.tensor1d(shares),
  });
}

describe('asking a vector for items', () => {
  it('agrees with PyTorch', () => {
    // torch 2.15.0: u = sin(0..5) as [2, 3]; i = np.arange(24); d = np.where(i % 4 == 3, np.sin(i), np.cos(i)).reshape(6, 4)
    //   lp = log_softmax(cat([u, ones(2, 1)], 1) @ d[1:].T, 1); -mean([lp[0, [0, 4, 4]].mean(), lp[1, 2]])
    expect(valueOf(lossOf(wave<tf.Rank.R2>(0, 2, 3)))).toBeCloseTo(2.5863841049063336, 5);
  });

  it('is log(V - 1) when the scores say nothing', () => {
    expect(valueOf(lossOf(wave<tf.Rank.R2>(0, 2, 3), tf.zeros([6, 4])))).toBeCloseTo(Math.log(5), 6);
  });

  it('counts every user the same, asks nothing of an empty list, and never for padding', () => {
    const { rows, items, shares } = prepareReconstruction(
      [Int32Array.of(2, 0, 4), new Int32Array(0), Int32Array.of(3, 3, 1, 5)],
      8,
    );
    expect([...rows.subarray(0, 6)]).toEqual([0, 0, 2, 2, 2, 2]);
    expect([...items.subarray(0, 6)]).toEqual([2, 4, 3, 3, 1, 5]);
    expect([...shares]).toEqual([0.25, 0.25, 0.125, 0.125, 0.125, 0.125, 0, 0]);
  });

  it('is the same however long the list is filled up', () => {
    const value = (length: number) => valueOf(lossOf(wave<tf.Rank.R2>(0, 2, 3), decoder(), wanted, length));
    expect(value(40)).toBeCloseTo(value(4), 6);
  });

  it('has the gradients that finite differences give, none for padding, and leaves no tensor behind', () => {
    const params = paramsOf(decoder());
    const { rows, items, shares } = prepareReconstruction(wanted, 5);
    const asked = {
      rows_L: tf.tensor1d(rows, 'int32'),
      items_L: tf.tensor1d(items, 'int32'),
      shares_L: tf.tensor1d(shares),
    };
    const ofUser = (...[user]: tf.Tensor[]): tf.Tensor => reconstruction(params, user as tf.Tensor2D, asked);
    expectSlopes(ofUser, [wave(0, 2, 3)]);
    expectNoLeaks(ofUser, [wave(0, 2, 3)]);
    const user = wave<tf.Rank.R2>(0, 2, 3);
    const values = decoder();
    const ofDecoder = (...[own]: tf.Tensor[]): tf.Tensor =>
      reconstruction({ decoder: own as tf.Variable<tf.Rank.R2> }, user, asked);
    expectSlopes(ofDecoder, [values]);
    // Padding is no candidate.
    const gradient = tf
      .grad((own) => ofDecoder(own))(values)
      .dataSync();
    expect([...gradient.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(Math.max(...gradient.subarray(4).map(Math.abs))).toBeGreaterThan(1e-2);
  });

  it('refuses a list that is too short', () => {
    expect(() => prepareReconstruction(wanted, 3)).toThrow(/4 items do not fit into a list of 3/);
  });
});
