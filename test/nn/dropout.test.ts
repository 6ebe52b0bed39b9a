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
    // 19,661 of 65,536 draws are dropped.
    expect(new Set(values)).toEqual(new Set([0, Math.fround(65_536 / (65_536 - 19_661))]));
  });

  it('repeats for the same key and site, and differs for another seed, step or site', () => {
    expect(drop(1, 1, 0)).toEqual(drop(1, 1, 0));
    for (const other of [drop(2, 1, 0), drop(1, 2, 0), drop(1, 1, 1)])
      expect(other).not.toEqual(drop(1, 1, 0));
  });

  /** Share of places kept in both, of 10,000 each at rate .5: .25 if neither knows of the other; four standard deviations. */
  const expectIndependent = (a: readonly number[], b: readonly number[]): void => {
    const both = a.filter((value, place) => value > 0 && b[place]! > 0).length / a.length;
    expect(Math.abs(both - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / a.length));
  };

  it('draws independently at two sites of a step', () => {
    expectIndependent(drop(1, 1, 0, 0.5), drop(1, 1, 1, 0.5));
  });

  it('draws independently from the two halves of the same random bits, each with its rate', () => {
    for (const rate of [0.1, 0.5, 0.9]) {
      const values = drop(3, 1, 0, rate);
      const halves = [values.slice(0, 5000), values.slice(5000)] as const;
      for (const half of halves) {
        const dropped = half.filter((value) => value === 0).length / half.length;
        expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / half.length));
      }
      if (rate === 0.5) expectIndependent(...halves);
    }
  });

  it('takes any number of numbers, and rates next to 0 and 1', () => {
    for (const size of [1, 2, 3, 7]) {
      expect(dropout(tf.ones([size]), 0.5, trainingMode(1, 1), 0).shape).toEqual([size]);
    }
    expect(drop(1, 1, 0, 1e-9).every((value) => value === 1)).toBe(true);
    expect(new Set(drop(1, 1, 0, 1 - 1e-9))).toEqual(new Set([0]));
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
