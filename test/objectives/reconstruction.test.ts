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

function paramsOf(kernel: tf.Tensor, bias: tf.Tensor): ReconstructionParams {
  const params = initReconstruction(3, createRng(1));
  params.project.kernel.assign(kernel);
  params.project.bias.assign(bias);
  return params;
}

function lossOf(user: tf.Tensor2D, table: tf.Tensor2D, lists = wanted, listLength = 6): tf.Scalar {
  const { rows, items, shares } = prepareReconstruction(lists, listLength);
  const asked = {
    rows_L: tf.tensor1d(rows, 'int32'),
    items_L: tf.tensor1d(items, 'int32'),
    shares_L: tf.tensor1d(shares),
  };
  const loss = reconstruction(paramsOf(wave(50, 3, 3), tf.tensor1d([0.1, -0.2, 0.3])), user, table, asked);
  return loss;
}
const table = (): tf.Tensor2D =>
  tf.tensor2d(
    Array.from({ length: 18 }, (_, i) => Math.cos(i)),
    [6, 3],
  );

describe('asking a vector for items', () => {
  it('agrees with PyTorch', () => {
    // torch 2.15.0: u = sin(0..5) as [2, 3]; E = cos(0..17) as [6, 3]; k = sin(50..58) as [3, 3]; b = [.1, -.2, .3]
    //   lp = log_softmax((u @ k + b) @ E[1:].T, 1); -mean([lp[0, [0, 4, 4]].mean(), lp[1, 2]])
    expect(valueOf(lossOf(wave<tf.Rank.R2>(0, 2, 3), table()))).toBeCloseTo(1.6013102087465567, 5);
  });

  it('is log(V - 1) when the scores say nothing', () => {
    expect(valueOf(lossOf(wave<tf.Rank.R2>(0, 2, 3), tf.zeros([6, 3])))).toBeCloseTo(Math.log(5), 6);
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
    const value = (length: number) => valueOf(lossOf(wave<tf.Rank.R2>(0, 2, 3), table(), wanted, length));
    expect(value(40)).toBeCloseTo(value(4), 6);
  });

  it('has the gradients that finite differences give, and leaves no tensor behind', () => {
    const params = initReconstruction(3, createRng(2));
    const { rows, items, shares } = prepareReconstruction(wanted, 5);
    const [rows_L, items_L, shares_L] = [
      tf.tensor1d(rows, 'int32'),
      tf.tensor1d(items, 'int32'),
      tf.tensor1d(shares),
    ];
    const loss = (...[user, items]: tf.Tensor[]): tf.Tensor =>
      reconstruction(params, user as tf.Tensor2D, items as tf.Tensor2D, { rows_L, items_L, shares_L });
    expectSlopes(loss, [wave(0, 2, 3), table()]);
    expectNoLeaks(loss, [wave(0, 2, 3), table()]);
  });

  it('moves the layer between', () => {
    const params = initReconstruction(3, createRng(2));
    const { rows, items, shares } = prepareReconstruction(wanted, 5);
    const { grads } = tf.variableGrads(() =>
      reconstruction(params, wave<tf.Rank.R2>(0, 2, 3), table(), {
        rows_L: tf.tensor1d(rows, 'int32'),
        items_L: tf.tensor1d(items, 'int32'),
        shares_L: tf.tensor1d(shares),
      }),
    );
    const moved = Object.values(grads).map((grad) => tf.max(tf.abs(grad)).dataSync()[0]!);
    expect(moved).toHaveLength(2);
    for (const largest of moved) expect(largest).toBeGreaterThan(1e-3);
  });

  it('refuses a list that is too short', () => {
    expect(() => prepareReconstruction(wanted, 3)).toThrow(/4 items do not fit into a list of 3/);
  });
});
