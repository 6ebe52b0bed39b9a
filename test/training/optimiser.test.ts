import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import type { TensorRecord } from '../../lib/nn/graph/recording';
import { adamFused, adamPlain } from '../../lib/training/adam';
import { clipByGlobalNorm } from '../../lib/training/clip-by-global-norm';
import { addL2 } from '../../lib/training/l2';
import {
  applyOptimiser,
  createOptimiser,
  disposeOptimiser,
  optimiserDefaults,
  stepScalars,
  type Optimiser,
  type OptimiserConfig,
} from '../../lib/training/optimiser';
import { sgdFused, sgdPlain } from '../../lib/training/sgd';

beforeAll(async () => {
  await startBackend();
});

const { sgd, adam, adamw } = optimiserDefaults;

const weights = (): { matrix: tf.Variable; vector: tf.Variable } => ({
  matrix: tf.variable(tf.tensor2d([1, -2, 0.5, 0, 0.25, -3], [2, 3])),
  vector: tf.variable(tf.tensor1d([0.5, -1])),
});

const gradientsAt = (scale: number): Map<string, tf.Tensor> =>
  new Map([
    ['matrix', tf.tensor2d([0.5, -1, 0, 2, -0.125, 1e-4], [2, 3]).mul(scale)],
    ['vector', tf.tensor1d([3, -0.5]).mul(scale)],
  ]);

const scales = [1, -0.5, 2, 0.25, -3];

const numbersOf = (params: object): number[] =>
  Object.values(params as Record<string, tf.Tensor>).flatMap((leaf) => [...leaf.dataSync()]);

type Apply = (config: OptimiserConfig, params: object, rates?: readonly number[]) => number[];

/** Five steps through `applyOptimiser`; the weights afterwards. */
const steps: Apply = (config, params, rates = scales.map(() => config.learningRate)) => {
  const optimiser = createOptimiser(params, config);
  scales.forEach((scale, index) => {
    const scalars = tf.tensor1d(stepScalars(config, index + 1, rates[index]!));
    applyOptimiser(optimiser, params, gradientsAt(scale), scalars);
  });
  disposeOptimiser(optimiser);
  return numbersOf(params);
};

/** Five steps by the functions of one weight, fused or plain; weights and memory afterwards. */
function stepsOfOneWeight(
  config: OptimiserConfig,
  how: 'fused' | 'plain',
  name: 'matrix' | 'vector',
): number[] {
  const leaf = weights()[name];
  const memory = [...createOptimiser({ leaf }, config).memory.values()];
  scales.forEach((scale, index) => {
    const scalars = tf.unstack(tf.tensor1d(stepScalars(config, index + 1, config.learningRate)));
    const gradient = gradientsAt(scale).get(name)!;
    if (config.name === 'sgd')
      (how === 'fused' ? sgdFused : sgdPlain)(config, { leaf, memory }, gradient, scalars);
    else (how === 'fused' ? adamFused : adamPlain)(config, { leaf, memory }, gradient, scalars);
  });
  return [leaf, ...memory].flatMap((variable) => [...variable.dataSync()]);
}

const expectClose = (got: readonly number[], expected: readonly number[], within: number): void => {
  expect(got.length).toBe(expected.length);
  got.forEach((value, place) => expect(Math.abs(value - expected[place]!)).toBeLessThan(within));
};

describe('every optimiser gives the numbers of an independent implementation', () => {
  // NumPy 2.4.6, 64 bits; the updates of torch.optim.SGD, Adam and AdamW, regularised in matrices only:
  //   start = {'matrix': np.array([[1., -2., .5], [0., .25, -3.]]), 'vector': np.array([.5, -1.])}
  //   grads = [{'matrix': np.array([[.5, -1., 0.], [2., -.125, 1e-4]])*s, 'vector': np.array([3., -.5])*s}
  //            for s in (1., -.5, 2., .25, -3.)]
  //   def sgd(lr, momentum, wd):
  //     w = {k: v.copy() for k, v in start.items()}; buf = {}
  //     for g_all in grads:
  //       for k in w:
  //         g = g_all[k] + (wd*w[k] if w[k].ndim > 1 else 0)
  //         buf[k] = momentum*buf[k] + g if k in buf else g
  //         w[k] = w[k] - lr*buf[k]
  //     return w
  //   def adam(lrs, b1, b2, eps, l2, decay):
  //     w = {k: v.copy() for k, v in start.items()}; m = {k: 0*x for k, x in w.items()}; v = {k: 0*x for k, x in w.items()}
  //     for t, (g_all, lr) in enumerate(zip(grads, lrs), 1):
  //       for k in w:
  //         matrix = w[k].ndim > 1
  //         if matrix: w[k] = w[k]*(1 - lr*decay)
  //         g = g_all[k] + (l2*w[k] if matrix else 0)
  //         m[k] = b1*m[k] + (1 - b1)*g; v[k] = b2*v[k] + (1 - b2)*g*g
  //         w[k] = w[k] - lr*(m[k]/(1 - b1**t))/(np.sqrt(v[k]/(1 - b2**t)) + eps)
  //     return w
  const rate = 0.1;
  it.each<[string, OptimiserConfig, number[]]>([
    [
      'SGD: sgd(.1, 0, 0)',
      { ...sgd, learningRate: rate, momentum: 0 },
      [1.0125, -2.025, 0.5, 0.05, 0.246875, -2.9999975, 0.575, -1.0125],
    ],
    [
      'SGD with L2: sgd(.1, 0, .2)',
      { ...sgd, learningRate: rate, momentum: 0, l2: 0.2 },
      [0.92304219, -1.84608438, 0.4519604, 0.07648557, 0.22119985, -2.71175857, 0.575, -1.0125],
    ],
    [
      'SGD with momentum and L2: sgd(.1, .9, .2)',
      { ...sgd, learningRate: rate, momentum: 0.9, l2: 0.2 },
      [0.50593812, -1.01187625, 0.37465825, -0.97351347, 0.24817372, -2.24799815, -1.08118, -0.73647],
    ],
    [
      'Adam: adam([.1]*5, .9, .999, 1e-8, 0, 0)',
      { ...adam, learningRate: rate },
      [0.76011221, -1.76011221, 0.5, -0.23988779, 0.48988778, -3.23986499, 0.26011221, -0.76011221],
    ],
    [
      'Adam with L2: adam([.1]*5, .8, .99, 1e-3, .2, 0)',
      { ...adam, learningRate: rate, beta1: 0.8, beta2: 0.99, epsilon: 1e-3, l2: 0.2 },
      [0.69507245, -1.68992839, 0.04405412, -0.22356133, 0.31645338, -2.50416316, 0.27365511, -0.77401579],
    ],
    [
      'AdamW: adam([.1]*5, .9, .999, 1e-8, 0, .3)',
      { ...adamw, learningRate: rate, weightDecay: 0.3 },
      [0.63832917, -1.49706319, 0.42936701, -0.22040486, 0.43508835, -2.79658603, 0.26011221, -0.76011221],
    ],
  ])('%s', (_, config, expected) => {
    expectClose(steps(config, weights()), expected, 2e-6);
  });

  it('AdamW under a schedule: adam([.05, .1, .1, .05, .02], .9, .98, 1e-6, 0, .3)', () => {
    expectClose(
      steps(
        { ...adamw, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.3 },
        weights(),
        [0.05, 0.1, 0.1, 0.05, 0.02],
      ),
      [0.74461491, -1.65202215, 0.4537037, -0.16279271, 0.38964343, -2.8835217, 0.33037732, -0.83037758],
      2e-6,
    );
  });
});

describe('the native ops and the plain twins', () => {
  it.each<OptimiserConfig>([
    { ...sgd, momentum: 0 },
    { ...sgd, momentum: 0.9, l2: 0.1 },
    { ...adam, learningRate: 0.01, l2: 0.1 },
    { ...adamw, learningRate: 0.01, weightDecay: 0.3 },
  ])('agree on weights and memory: %o', (config) => {
    for (const name of ['matrix', 'vector'] as const) {
      expectClose(stepsOfOneWeight(config, 'fused', name), stepsOfOneWeight(config, 'plain', name), 1e-6);
    }
  });
});

describe('recorded into a graph with clipping', () => {
  it.each<OptimiserConfig>([
    { ...sgd, momentum: 0, l2: 0.1 },
    { ...sgd, momentum: 0.9 },
    { ...adam, l2: 0.1 },
    { ...adamw, weightDecay: 0.3 },
  ])('every step of %o is that of the eager code', (config) => {
    const start = (): { params: ReturnType<typeof weights>; optimiser: Optimiser } => {
      const params = weights();
      return { params, optimiser: createOptimiser(params, config) };
    };
    const step =
      ({ params, optimiser }: ReturnType<typeof start>) =>
      ({ matrix, vector, scalars }: TensorRecord): TensorRecord => {
        const given = new Map([
          ['matrix', matrix!],
          ['vector', vector!],
        ]);
        const { clipped, norm } = clipByGlobalNorm(given, 2);
        applyOptimiser(optimiser, params, clipped, scalars as tf.Tensor1D);
        return { norm };
      };
    const inputs = scales.map((scale, index) => ({
      ...Object.fromEntries(gradientsAt(scale)),
      scalars: tf.tensor1d(stepScalars(config, index + 1, 0.1 / (index + 1))),
    }));
    const [eager, recorded] = [start(), start()];
    const graph = compileGraph({
      variables: [...Object.values(recorded.params), ...recorded.optimiser.memory.values()],
      run: step(recorded),
      examples: inputs.slice(0, 2),
    });
    for (const input of inputs) {
      step(eager)(input);
      graph.run(input);
    }
    graph.pull();
    for (const of of [eager, recorded]) expect(numbersOf(of.params)).not.toEqual(numbersOf(weights()));
    expectClose(numbersOf(recorded.params), numbersOf(eager.params), 1e-6);
    const memory = ({ optimiser }: typeof eager): number[] => numbersOf(Object.fromEntries(optimiser.memory));
    expectClose(memory(recorded), memory(eager), 1e-6);
    graph.dispose();
  });
});

describe('an optimiser', () => {
  it('moves, as Adam, by the learning rate at the first step, whatever the size of the gradient', () => {
    const leaf = tf.variable(tf.tensor1d([0, 0]));
    const config = { ...adam, learningRate: 0.1 };
    const gradients = new Map([['leaf', tf.tensor1d([1e-3, -1e3])]]);
    applyOptimiser(
      createOptimiser({ leaf }, config),
      { leaf },
      gradients,
      tf.tensor1d(stepScalars(config, 1, 0.1)),
    );
    expectClose([...leaf.dataSync()], [-0.1, 0.1], 2e-6);
  });

  it('regularises matrices only', () => {
    for (const [strong, none] of [
      [
        { ...adamw, weightDecay: 5 },
        { ...adamw, weightDecay: 0 },
      ],
      [
        { ...adam, l2: 5 },
        { ...adam, l2: 0 },
      ],
      [
        { ...sgd, l2: 5 },
        { ...sgd, l2: 0 },
      ],
    ] as [OptimiserConfig, OptimiserConfig][]) {
      const [a, b] = [steps(strong, weights()), steps(none, weights())];
      expect(a.slice(6)).toEqual(b.slice(6));
      expect(a.slice(0, 2)).not.toEqual(b.slice(0, 2));
    }
  });

  it('decays as AdamW by the learning rate times the decay, also a weight without gradient', () => {
    const params = weights();
    const config = { ...adamw, learningRate: 0.1, weightDecay: 0.5 };
    const zero = new Map(Object.entries(params).map(([path, leaf]) => [path, tf.zerosLike(leaf)]));
    applyOptimiser(createOptimiser(params, config), params, zero, tf.tensor1d(stepScalars(config, 1, 0.1)));
    expectClose(numbersOf(params), [0.95, -1.9, 0.475, 0, 0.2375, -2.85, 0.5, -1], 1e-6);
  });

  it('takes its learning rate from the scalars of each step', () => {
    for (const config of [sgd, adam, adamw]) {
      const still = steps({ ...config, learningRate: 0.5 }, weights(), [0, 0, 0, 0, 0]);
      expect(still).toEqual(numbersOf(weights()));
    }
  });

  it('every setting changes something', () => {
    const settings: [OptimiserConfig, string][] = [
      [{ ...sgd, learningRate: 0.02 }, 'sgd'],
      [{ ...sgd, momentum: 0.5 }, 'sgd'],
      [{ ...sgd, l2: 0.1 }, 'sgd'],
      [{ ...adam, learningRate: 0.02 }, 'adam'],
      [{ ...adam, beta1: 0.5 }, 'adam'],
      [{ ...adam, beta2: 0.5 }, 'adam'],
      [{ ...adam, epsilon: 0.1 }, 'adam'],
      [{ ...adam, l2: 0.1 }, 'adam'],
      [{ ...adamw, weightDecay: 0.5 }, 'adamw'],
    ];
    for (const [config, name] of settings) {
      expect(steps(config, weights())).not.toEqual(steps(optimiserDefaults[name as 'sgd'], weights()));
    }
  });

  it('remembers by names of weights: nothing without momentum, else one number or two a weight', () => {
    const names = (config: OptimiserConfig): string[] => [
      ...createOptimiser({ blocks: [{ kernel: weights().matrix }] }, config).memory.keys(),
    ];
    expect(names({ ...sgd, momentum: 0 })).toEqual([]);
    expect(names(sgd)).toEqual(['velocity.blocks.0.kernel']);
    expect(names(adam)).toEqual(['first.blocks.0.kernel', 'second.blocks.0.kernel']);
    expect(names(adamw)).toEqual(names(adam));
  });

  it('keeps no tensors, and does not count steps', () => {
    const params = weights();
    const start = tf.memory().numTensors;
    for (const config of [sgd, adam, adamw]) {
      const optimiser = createOptimiser(params, config);
      const before = tf.memory().numTensors;
      tf.tidy(() =>
        applyOptimiser(optimiser, params, gradientsAt(1), tf.tensor1d(stepScalars(config, 1, 0.1))),
      );
      expect(tf.memory().numTensors).toBe(before);
      expect(optimiser.step).toBe(0);
      disposeOptimiser(optimiser);
    }
    expect(tf.memory().numTensors).toBe(start);
  });

  it('refuses a missing gradient by name, before it moves anything', () => {
    const params = weights();
    const gradients = new Map([...gradientsAt(1)].slice(0, 1));
    expect(() =>
      applyOptimiser(createOptimiser(params, adam), params, gradients, tf.tensor1d(stepScalars(adam, 1, 1))),
    ).toThrow('no gradient for vector');
    expect(numbersOf(params)).toEqual(numbersOf(weights()));
  });

  it.each<[OptimiserConfig, string]>([
    [{ ...sgd, momentum: 1 }, 'momentum must be in [0, 1), got 1'],
    [{ ...adam, beta2: -0.1 }, 'beta2 must be in [0, 1), got -0.1'],
    [{ ...adam, epsilon: 0 }, 'epsilon must be above 0, got 0'],
    [{ ...adamw, learningRate: Number.NaN }, 'learningRate must be above 0, got NaN'],
    [{ ...adamw, weightDecay: -1 }, 'weightDecay must be at least 0, got -1'],
  ])('refuses %o', (config, message) => {
    expect(() => createOptimiser({}, config)).toThrow(new RangeError(`createOptimiser: ${message}`));
  });

  it('refuses a step 0', () => {
    expect(() => stepScalars(adam, 0, 0.1)).toThrow(RangeError);
  });
});

describe('the scalars of a step', () => {
  it('make the quotient of algorithm 1 from the uncorrected means, at every step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 1e-6, max: 10, noNaN: true }),
        (step, second) => {
          const [length, epsilon] = stepScalars(adam, step, 0.1);
          const [beta1, beta2] = [Math.fround(0.9), Math.fround(0.999)];
          const expected = 0.1 / (1 - beta1 ** step) / (Math.sqrt(second / (1 - beta2 ** step)) + 1e-8);
          const got = length! / (Math.sqrt(second) + epsilon!);
          expect(Math.abs(got / expected - 1)).toBeLessThan(2e-7);
        },
      ),
    );
  });
});

describe('L2', () => {
  it('is the gradient of half the sum of squares', () => {
    const { matrix } = weights();
    const slope = tf.grad((w) => tf.mul(tf.sum(tf.square(w)), 0.3 / 2))(matrix);
    expectClose([...addL2(tf.zerosLike(matrix), matrix, 0.3).dataSync()], [...slope.dataSync()], 1e-6);
  });

  it('returns the gradient itself where there is nothing to add', () => {
    const { matrix, vector } = weights();
    expect(addL2(matrix, matrix, 0)).toBe(matrix);
    expect(addL2(vector, vector, 0.3)).toBe(vector);
  });
});
