import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { dropout } from '../../lib/nn/dropout';
import { inference, trainingMode } from '../../lib/nn/mode';

beforeAll(async () => {
  await startBackend();
});

const ones = (): tf.Tensor1D => tf.ones([10_000]);
const drop = (seed: number, step: number, site: number, rate = 0.3): number[] =>
  Array.from(tf.tidy(() => dropout(ones(), rate, trainingMode(seed, step), site).dataSync()));

describe('dropout', () => {
  it('changes nothing without training, or at rate 0', () => {
    const x = ones();
    expect(dropout(x, 0.3, inference, 0)).toBe(x);
    expect(dropout(x, 0, trainingMode(1, 1), 0)).toBe(x);
  });

  it('drops the share it was told and scales the rest so that the mean stays', () => {
    const values = drop(1, 1, 0);
    const dropped = values.filter((value) => value === 0).length / values.length;
    // 10,000 draws: a standard deviation of sqrt(.3 * .7 / 10000) = .0046; four of them.
    expect(Math.abs(dropped - 0.3)).toBeLessThan(0.0184);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
  });

  it('repeats for the same key and site, and differs for another seed, step or site', () => {
    expect(drop(1, 1, 0)).toEqual(drop(1, 1, 0));
    for (const other of [drop(2, 1, 0), drop(1, 2, 0), drop(1, 1, 1)])
      expect(other).not.toEqual(drop(1, 1, 0));
  });

  it('draws independently at two sites of a step', () => {
    const [a, b] = [drop(1, 1, 0, 0.5), drop(1, 1, 1, 0.5)];
    const both = a.filter((value, place) => value > 0 && b[place]! > 0).length / a.length;
    expect(Math.abs(both - 0.25)).toBeLessThan(0.0173); // four standard deviations
  });

  it('passes gradients through what it kept and nothing else', () => {
    const mode = trainingMode(5, 9);
    const gradient = tf
      .grad((x) => tf.sum(dropout(x, 0.5, mode, 2)))(ones())
      .dataSync();
    expect(Array.from(gradient)).toEqual(Array.from(dropout(ones(), 0.5, mode, 2).dataSync()));
  });

  it('refuses a rate outside [0, 1)', () => {
    expect(() => dropout(ones(), 1, inference, 0)).toThrow(/rate must be in \[0, 1\), got 1/);
    expect(() => dropout(ones(), Number.NaN, inference, 0)).toThrow(RangeError);
  });
});
