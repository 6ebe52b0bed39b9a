import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { applyAdamW, createAdamW } from '../../lib/training/adamw';
import { clipByGlobalNorm } from '../../lib/training/clip-by-global-norm';
import { isBest, observe, shouldStop, startEarlyStopping } from '../../lib/training/early-stopping';
import { duration, progressLine } from '../../lib/training/progress-bar';

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

describe('clipping by the global norm', () => {
  const gradients = (): Map<string, tf.Tensor> =>
    new Map([
      ['a', tf.tensor1d([3])],
      ['b', tf.tensor1d([0, 4])],
    ]);

  it('shortens all gradients together to the longest allowed length', () => {
    const { clipped, norm } = clipByGlobalNorm(gradients(), 1);
    expect(norm.dataSync()[0]).toBeCloseTo(5, 6);
    expect(clipped.get('a')!.dataSync()[0]).toBeCloseTo(0.6, 6);
    expect(clipped.get('b')!.dataSync()[1]).toBeCloseTo(0.8, 6);
  });

  it('leaves short ones alone', () => {
    const { clipped } = clipByGlobalNorm(gradients(), 10);
    expect([...clipped.get('a')!.dataSync(), ...clipped.get('b')!.dataSync()]).toEqual([3, 0, 4]);
  });
});

describe('early stopping', () => {
  it('stops after so many epochs without a better value; an equal one is not better', () => {
    let state = startEarlyStopping(2);
    const seen = [0.1, 0.3, 0.3, 0.2].map((value, index) => {
      state = observe(state, index + 1, value);
      return [isBest(state), shouldStop(state)];
    });
    expect(seen).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect([state.bestEpoch, state.bestValue]).toEqual([2, 0.3]);
  });

  it('refuses a value that is not finite, and a patience of none', () => {
    expect(() => observe(startEarlyStopping(1), 3, Number.NaN)).toThrow(/epoch 3 is NaN/);
    expect(() => startEarlyStopping(0)).toThrow(RangeError);
  });
});

describe('the progress line', () => {
  it('says how far, how good and how long', () => {
    const history = [{ epoch: 1, loss: 6, validation: 0.0912, seconds: 3 }];
    expect(
      progressLine(
        { epoch: 2, maxEpochs: 40, step: 6, steps: 12, loss: 5.8119, secondsLeft: 200, history },
        10,
      ),
    ).toBe('epoch 2/40 [#####.....] loss 5.8119 best validation 0.0912 at most 3 min 20 s left');
  });

  it.each([
    [0.4, '0 s'],
    [59.6, '1 min 0 s'],
    [3600, '1 h 0 min'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
