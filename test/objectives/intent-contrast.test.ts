import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { intentContrast, type SameIntent } from '../../lib/objectives/intent-contrast';
import { expectNoLeaks, expectSlopes, wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

const views = () => wave<tf.Rank.R2>(0, 5, 3);
const intents = [0, 1, 1, 2, 0];
/** The centroids of three intents, a row for each user. */
const centroidsOf = (of: readonly number[] = intents): tf.Tensor2D =>
  tf.gather(wave<tf.Rank.R2>(50, 3, 3), tf.tensor1d([...of], 'int32'));
const valueOf = (loss: tf.Scalar): number => loss.dataSync()[0]!;
const lossOf = (
  view: tf.Tensor,
  change: { of?: readonly number[]; sameIntent?: SameIntent; weights?: number[]; temperature?: number } = {},
): tf.Scalar => {
  const { of = intents, sameIntent = 'left-out', temperature = 0.5 } = change;
  return tf.tidy(() =>
    intentContrast(view as tf.Tensor2D, {
      centroids_ND: centroidsOf(of),
      intents_N: tf.tensor1d([...of], 'int32'),
      weights_N: tf.tensor1d(change.weights ?? of.map(() => 1)),
      sameIntent,
      temperature,
    }),
  );
};

describe('naming the intent of a user from a view', () => {
  // torch 2.15.0: w = lambda s, *sh: np.sin(s + np.arange(np.prod(sh))).reshape(sh)
  //   h = F.normalize(torch.tensor(w(0, 5, 3)), dim=1); C = F.normalize(torch.tensor(w(50, 3, 3)), dim=1)
  //   y = torch.tensor([0, 1, 1, 2, 0]); s = h @ C[y].T / .5
  //   other = (y[:, None] == y[None]) & ~torch.eye(5, dtype=torch.bool)
  //   F.cross_entropy(s.masked_fill(other, -inf), torch.arange(5)); F.cross_entropy(s, torch.arange(5))
  it('agrees with PyTorch, users of the same intent left out or not', () => {
    expect(valueOf(lossOf(views()))).toBeCloseTo(2.2404546478833796, 5);
    expect(valueOf(lossOf(views(), { sameIntent: 'negatives' }))).toBeCloseTo(2.537739799218646, 5);
  });

  it('is as if a row of weight 0 were not there, in value and gradient', () => {
    const weights = [1, 1, 1, 1, 0];
    expect(valueOf(lossOf(views(), { weights }))).toBeCloseTo(2.4998894881931593, 5);
    const gradient = tf.grad((view) => lossOf(view, { weights }))(views());
    expect(valueOf(tf.sum(tf.abs(tf.slice(gradient, [4, 0], [1, 3]))))).toBe(0);
    expect(valueOf(lossOf(views(), { weights: [0, 0, 0, 0, 0] }))).toBe(0);
  });

  it('asks nothing where all have one intent and it is left out; as negatives it is log N', () => {
    const of = [1, 1, 1, 1, 1];
    expect(valueOf(lossOf(views(), { of }))).toBeCloseTo(0, 6);
    expect(valueOf(lossOf(views(), { of, sameIntent: 'negatives' }))).toBeCloseTo(Math.log(5), 5);
  });

  it('by hand: two intents at a right angle, each view upon its own: log(1 + n exp(-1 / τ)) for n users of the other', () => {
    const whole = intentContrast(
      tf.tensor2d([
        [3, 0],
        [0, 1],
        [0, 1],
      ]),
      {
        centroids_ND: tf.tensor2d([
          [1, 0],
          [0, 2],
          [0, 2],
        ]),
        intents_N: tf.tensor1d([0, 1, 1], 'int32'),
        weights_N: tf.tensor1d([1, 1, 1]),
        sameIntent: 'left-out',
        temperature: 0.2,
      },
    );
    const [first, others] = [Math.log1p(2 * Math.exp(-5)), Math.log1p(Math.exp(-5))];
    expect(valueOf(whole)).toBeCloseTo((first + 2 * others) / 3, 6);
  });

  it('has the gradients that finite differences give, and leaves no tensor behind', () => {
    for (const sameIntent of ['left-out', 'negatives'] as const) {
      const loss = (view: tf.Tensor) => lossOf(view, { sameIntent });
      expectSlopes(loss, [views()]);
      expectNoLeaks(loss, [views()]);
    }
  });

  it('becomes a graph whose intents are those of the step', () => {
    const example = (seed: number): Record<string, tf.Tensor> => ({
      view_ND: wave(seed, 5, 3),
      centroids_ND: wave(seed + 7, 5, 3),
      intents_N: tf.tensor1d([0, seed % 3, 1, 2, 0], 'int32'),
      weights_N: tf.tensor1d([1, 1, 1, 1, seed % 2]),
    });
    const graph = compileGraph({
      variables: [],
      examples: [example(2), example(4)],
      run: ({ view_ND, centroids_ND, intents_N, weights_N }) => {
        const { value, grad } = tf.valueAndGrad((view) =>
          intentContrast(view as tf.Tensor2D, {
            centroids_ND: centroids_ND as tf.Tensor2D,
            intents_N: intents_N as tf.Tensor1D,
            weights_N: weights_N as tf.Tensor1D,
            sameIntent: 'left-out',
            temperature: 0.5,
          }),
        )(view_ND!);
        return { value, grad };
      },
    });
    expect(graph.report.largestDifference).toBeLessThan(1e-5);
    graph.dispose();
  });

  it.each([0, -1, Number.NaN])('refuses a temperature of %d', (temperature) => {
    expect(() => lossOf(views(), { temperature })).toThrow('temperature must be above 0');
  });
});
