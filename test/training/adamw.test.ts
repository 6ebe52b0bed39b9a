import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { applyAdamW, createAdamW } from '../../lib/training/adamw';

beforeAll(async () => {
  await startBackend();
});

describe('AdamW', () => {
  // torch 2.x's update written out in Python floats (no library):
  //   w = [1., -2.]; m = v = [0., 0.]; lr, b1, b2, eps, wd = .1, .9, .999, 1e-8, .01
  //   for t, g in enumerate([[.5, -1.], [.25, 2.]], 1):
  //     m = [b1*a + (1-b1)*x for a, x in zip(m, g)]; v = [b2*a + (1-b2)*x*x for a, x in zip(v, g)]
  //     w = [a*(1-lr*wd) - lr*(x/(1-b1**t))/((y/(1-b2**t))**.5 + eps) for a, x, y in zip(w, m, v)]
  const gradients = [
    [0.5, -1],
    [0.25, 2],
  ];
  const run = (leaf: tf.Variable, weightDecay: number): number[] => {
    const optimiser = createAdamW({ leaf }, { learningRate: 0.1, weightDecay });
    for (const gradient of gradients)
      applyAdamW(optimiser, { leaf }, new Map([['leaf', tf.tensor(gradient, leaf.shape)]]));
    return Array.from(leaf.dataSync());
  };

  it('moves a matrix as the formulas say, decay included', () => {
    let [w, m, v] = [
      [1, -2],
      [0, 0],
      [0, 0],
    ];
    gradients.forEach((g, index) => {
      const t = index + 1;
      m = m.map((a, place) => 0.9 * a + 0.1 * g[place]!);
      v = v.map((a, place) => 0.999 * a + 0.001 * g[place]! ** 2);
      w = w.map(
        (a, place) =>
          a * (1 - 0.1 * 0.01) -
          (0.1 * (m[place]! / (1 - 0.9 ** t))) / (Math.sqrt(v[place]! / (1 - 0.999 ** t)) + 1e-8),
      );
    });
    const got = run(tf.variable(tf.tensor2d([1, -2], [1, 2])), 0.01);
    got.forEach((value, place) => expect(value).toBeCloseTo(w[place]!, 5));
  });

  it('moves by the learning rate at the first step, whatever the size of the gradient', () => {
    const leaf = tf.variable(tf.tensor1d([0, 0]));
    const optimiser = createAdamW({ leaf }, { learningRate: 0.1 });
    applyAdamW(optimiser, { leaf }, new Map([['leaf', tf.tensor1d([1e-3, -1e3])]]));
    expect(leaf.dataSync()[0]).toBeCloseTo(-0.1, 5);
    expect(leaf.dataSync()[1]).toBeCloseTo(0.1, 5);
  });

  it('lets vectors not decay, as Adam does', () => {
    const decayed = run(tf.variable(tf.tensor1d([1, -2])), 0.5);
    expect(decayed).toEqual(run(tf.variable(tf.tensor1d([1, -2])), 0));
  });

  it('refuses a missing gradient by name', () => {
    const leaf = tf.variable(tf.tensor1d([1]));
    expect(() => applyAdamW(createAdamW({ leaf }), { leaf }, new Map())).toThrow('no gradient for leaf');
  });
});
