import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { gaussianKl } from '../../lib/nn/gaussian-kl';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { standardNormal } from '../../lib/nn/standard-normal';
import { expectNoLeaks, expectNumbers, expectSlopes, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const key = (seed: number, step: number): tf.Tensor1D => tf.tensor1d([seed, step], 'int32');
const numbers = (x: tf.Tensor): number[] => Array.from(x.dataSync());

describe('standard normal numbers', () => {
  it('have mean 0, variance 1, and the shares of a normal distribution', () => {
    const drawn = numbers(standardNormal<tf.Rank.R2>([200, 200], key(1, 2), 3));
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    // Standard errors with 40,000 draws: .005 and .007; of the shares at most .0025.
    expect(Math.abs(mean)).toBeLessThan(0.025);
    expect(Math.abs(variance - 1)).toBeLessThan(0.035);
    for (const [within, share] of [
      [1, 0.6827],
      [2, 0.9545],
    ] as const) {
      const found = drawn.filter((x) => Math.abs(x) < within).length / drawn.length;
      expect(Math.abs(found - share)).toBeLessThan(0.0125);
    }
  });

  it('depend on seed, step and site alone', () => {
    const draw = (seed: number, step: number, site: number): number[] =>
      numbers(standardNormal<tf.Rank.R1>([4], key(seed, step), site));
    expect(draw(1, 2, 3)).toEqual(draw(1, 2, 3));
    const all = [draw(1, 2, 3), draw(2, 2, 3), draw(1, 3, 3), draw(1, 2, 4), draw(2, 1, 3)].map(String);
    expect(new Set(all).size).toBe(5);
  });

  it('are new with each key in a recorded graph, and those of the eager run', () => {
    const graph = compileGraph({
      variables: [],
      run: ({ key }) => ({ drawn: standardNormal<tf.Rank.R1>([5], key as tf.Tensor1D, 7) }),
      examples: [{ key: key(1, 1) }, { key: key(1, 2) }],
    });
    for (const step of [1, 2, 9]) {
      const { drawn } = graph.run({ key: key(4, step) });
      expect(numbers(drawn!)).toEqual(numbers(standardNormal<tf.Rank.R1>([5], key(4, step), 7)));
    }
    graph.dispose();
  });
});

describe('the divergence from the standard normal distribution', () => {
  it('has the values of the formula', () => {
    // Standard: 0. Mean 1: 1/2. Variance e: (e - 1 - 1) / 2. Both sum over the last axis.
    const mean = tf.tensor2d([
      [0, 0],
      [1, 0],
      [0, 0],
      [1, 2],
    ]);
    const logVariance = tf.tensor2d([
      [0, 0],
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    expectNumbers(gaussianKl(mean, logVariance), [0, 0.5, (Math.E - 2) / 2, 0.5 + (4 + Math.E - 2) / 2]);
  });

  it('has the gradients that finite differences give, and leaves no tensor behind', () => {
    const f = (...[mean, logVariance]: tf.Tensor[]): tf.Tensor => gaussianKl(mean!, logVariance!);
    expectSlopes(f, [wave(0, 2, 3), wave(7, 2, 3)]);
    expectNoLeaks(f, [wave(0, 2, 3), wave(7, 2, 3)]);
  });
});
