import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { initSlices, slices, type SlicesConfig } from '../../lib/encoders/slices';
import { startBackend } from '../../lib/nn/backend';
import { inference } from '../../lib/nn/mode';
import { wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

/** Two slices beside the present one, of three events. */
const config: SlicesConfig = {
  numItems: 21,
  width: 8,
  sliceLength: 3,
  numSlices: 3,
  numBlocks: 1,
  numHeads: 2,
  feedForwardWidth: 12,
  activation: 'gelu',
  norm: 'post',
  dropoutRate: 0,
  attentionDropoutRate: 0,
};
const history = Array.from({ length: 12 }, (_, event) => 1 + ((7 * event) % 20));
const state = (params: ReturnType<typeof initSlices>, items: number[], own = config): number[] => {
  const { hidden_BTD } = slices(
    params,
    { items_BT: tf.tensor2d([items], undefined, 'int32') },
    own,
    inference,
  );
  return Array.from(hidden_BTD.slice([0, items.length - 1, 0], [1, 1, -1]).dataSync());
};
const apart = (a: number[], b: number[]): number =>
  Math.max(...a.map((value, place) => Math.abs(value - b[place]!)));

describe('the slice encoder', () => {
  it('sees m + 1 slices and nothing before them', () => {
    const params = initSlices(config, createRng(1));
    // 12 events are four slices; the last three are seen.
    for (const event of history.keys()) {
      const changed = history.with(event, 20);
      const difference = apart(state(params, history), state(params, changed));
      if (event < 3) expect(difference).toBe(0);
      else expect(difference).toBeGreaterThan(1e-5);
    }
  });

  it('reads a finished slice in both directions: its first event knows its last one', () => {
    // A slice's vector is a mean of states, so only attention tells [a, b, c] from what a causal reading would make of it.
    const params = initSlices(config, createRng(1));
    const single: SlicesConfig = { ...config, numSlices: 1 };
    const one = { ...params, projection: { ...params.projection } };
    const kernel = params.projection.kernel.arraySync() as number[][];
    // The slice before the present one, alone, through the identity.
    const only = (place: number, places: number): tf.Variable<tf.Rank.R2> =>
      tf.variable(
        tf.tensor2d(
          Array.from({ length: 8 * places }, (_, row) =>
            Array.from({ length: 8 }, (_, column) => Number(row === 8 * place + column)),
          ),
        ),
      );
    expect(kernel).toHaveLength(32);
    const before = state(
      { ...one, projection: { kernel: only(1, 4), bias: params.projection.bias } },
      history.slice(0, 4),
    );
    const present = state(
      { ...one, projection: { kernel: only(0, 2), bias: params.projection.bias } },
      history.slice(0, 3),
      single,
    );
    expect(apart(before, present)).toBeGreaterThan(1e-4);
  });

  it('gains nothing by the mean once there are m + 1 slices: the layer without it can be written down', () => {
    const params = initSlices(config, createRng(1));
    tf.tidy(() => params.projection.bias.assign(wave<tf.Rank.R1>(1, 8)));
    const kernel = params.projection.kernel.arraySync() as number[][];
    const folded = kernel.map((row, place) =>
      place < 24
        ? row.map((value, column) => value + kernel[24 + (place % 8)]![column]! / 3)
        : row.map(() => 0),
    );
    const without = {
      ...params,
      projection: { kernel: tf.variable(tf.tensor2d(folded)), bias: params.projection.bias },
    };
    for (const events of [7, 8, 9, 12]) {
      expect(
        apart(state(params, history.slice(0, events)), state(without, history.slice(0, events))),
      ).toBeLessThan(1e-5);
    }
    // Before, the mean is of fewer slices.
    expect(apart(state(params, history.slice(0, 4)), state(without, history.slice(0, 4)))).toBeGreaterThan(
      1e-3,
    );
  });
});
