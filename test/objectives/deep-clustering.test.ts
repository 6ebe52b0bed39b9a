import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrix, matrixFromRows } from '../../lib/base/matrix';
import { startBackend } from '../../lib/nn/backend';
import { compileGraph } from '../../lib/nn/graph/compile-graph';
import { deepClustering, softAssignment, targetDistribution } from '../../lib/objectives/deep-clustering';
import { expectNoLeaks, expectNumbers, expectSlopes, wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

// torch 2.15.0: w = lambda s, *sh: np.sin(s + np.arange(np.prod(sh))).reshape(sh)
//   z = torch.tensor(w(0, 5, 3), requires_grad=True); m = torch.tensor(w(50, 4, 3), requires_grad=True)
//   q = 1 / (1 + torch.cdist(z, m)**2); q = q / q.sum(1, keepdim=True)
//   p = q.detach()**2 / q.detach().sum(0); p = p / p.sum(1, keepdim=True)
//   kl = F.kl_div(q.log(), p, reduction='batchmean'); kl.backward(); z.grad[0]; m.grad[3]
const users = () => wave<tf.Rank.R2>(0, 5, 3);
const centroids = () => wave<tf.Rank.R2>(50, 4, 3);
// prettier-ignore
const q = [
  0.4749784883121328, 0.07755802428544412, 0.36337174715071185, 0.08409174025171122,
  0.07587331037179154, 0.47922633960171007, 0.07942808951546064, 0.36547226051103787,
  0.4544448821709234, 0.06598102760460156, 0.4105636513014559, 0.0690104389230191,
  0.06629347595687966, 0.45561476488090114, 0.06699489525347188, 0.4110968639087473,
  0.40423976095029, 0.06773984061270595, 0.4596925657280492, 0.0683278327089547,
];
// prettier-ignore
const p = [
  0.5859702838247084, 0.020118120501151603, 0.3667509221477287, 0.027160673526411244,
  0.011382620777053475, 0.5847251603187323, 0.013339932270904777, 0.39055228663330943,
  0.5170373474542197, 0.014034723188021155, 0.45129618806227495, 0.01763174129548417,
  0.008348631354370301, 0.5077798956635681, 0.009117973331091956, 0.47475349965096975,
  0.40628407988300186, 0.014690829185676888, 0.5618597203478768, 0.017165370583444466,
];
const targets = () => tf.tensor2d(p, [5, 4]);
const weights = (...values: number[]) => tf.tensor1d(values);
const valueOf = (loss: tf.Scalar): number => loss.dataSync()[0]!;
const two = (x: tf.Tensor): tf.Tensor2D => x as tf.Tensor2D;
const klOf = (z: tf.Tensor, m: tf.Tensor, targets_NC = targets(), weights_N = weights(1, 1, 1, 1, 1)) =>
  deepClustering(two(m), two(z), { targets_NC, weights_N });

describe('the share of a user in a cluster', () => {
  it('is that of PyTorch, and of one worked by hand', () => {
    expectNumbers(softAssignment(users(), centroids()), q);
    // On a line, centroids at 0 and 1: kernels 1 and 1/2 for the user at 0, so 2/3 and 1/3.
    expectNumbers(softAssignment(tf.tensor2d([[0], [1]]), tf.tensor2d([[0], [1]])), [
      2 / 3,
      1 / 3,
      1 / 3,
      2 / 3,
    ]);
  });

  it('does not depend on where the origin lies', () => {
    const far = (x: tf.Tensor2D): tf.Tensor2D => tf.add(x, 300);
    expectNumbers(softAssignment(far(users()), far(centroids())), q, 1e-4);
  });

  it('sums to 1 and is largest for the nearest centroid, whatever the numbers', () => {
    const rows = fc.array(
      fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 2 }),
      {
        minLength: 2,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(rows, rows, (z, m) => {
        const shares = softAssignment(tf.tensor2d(z), tf.tensor2d(m)).arraySync();
        for (const [user, row] of shares.entries()) {
          expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
          const distance = m.map(([x, y]) => (x! - z[user]![0]!) ** 2 + (y! - z[user]![1]!) ** 2);
          expect(distance[row.indexOf(Math.max(...row))]!).toBeLessThanOrEqual(
            Math.min(...distance) * (1 + 1e-4) + 1e-5,
          );
        }
      }),
    );
  });
});

describe('what a share is to become', () => {
  it('is that of NumPy, and of one worked by hand', () => {
    const found = targetDistribution(matrix(5, 4, Float32Array.from(q)));
    expectNumbers(tf.tensor(found.values), p, 1e-6);
    // Sizes are 1 and 1: 4/9 and 1/9, so .8 and .2.
    const byHand = targetDistribution(
      matrixFromRows([
        [2 / 3, 1 / 3],
        [1 / 3, 2 / 3],
      ]),
    );
    expectNumbers(tf.tensor(byHand.values), [0.8, 0.2, 0.2, 0.8]);
  });

  it('is sharper than the share, and holds a large cluster back', () => {
    // Sizes 1.5 and .5. The undecided user: .25/1.5 against .25/.5, so 1/4 and 3/4.
    const found = targetDistribution(
      matrixFromRows([
        [1, 0],
        [0.5, 0.5],
      ]),
    );
    expectNumbers(tf.tensor(found.values), [1, 0, 0.25, 0.75]);
  });

  it('stays a share where a cluster has nobody', () => {
    const found = targetDistribution(
      matrixFromRows([
        [1, 0],
        [1, 0],
      ]),
    );
    expect([...found.values]).toEqual([1, 0, 1, 0]);
  });
});

describe('the divergence of shares from targets', () => {
  it('is that of PyTorch, gradients by vectors and centroids included', () => {
    expect(valueOf(klOf(users(), centroids()))).toBeCloseTo(0.07713104926926999, 6);
    const [byUser, byCentroid] = tf.grads((z, m) => klOf(z, m))([users(), centroids()]);
    const row = (of: tf.Tensor, index: number): tf.Tensor => tf.slice(of, [index, 0], [1, 3]);
    expectNumbers(row(byUser!, 0), [0.01470860917120817, -0.001678329221984849, -0.01652221946849676]);
    expectNumbers(row(byCentroid!, 3), [-0.0001630633548661618, 0.01801036465573318, 0.019625146460903527]);
  });

  it('by hand: .8 log(.8 / (2/3)) + .2 log(.2 / (1/3))', () => {
    const line = () => tf.tensor2d([[0], [1]]);
    const asked = tf.tensor2d([
      [0.8, 0.2],
      [0.2, 0.8],
    ]);
    expect(valueOf(klOf(line(), line(), asked, weights(1, 1)))).toBeCloseTo(
      0.8 * Math.log(1.2) + 0.2 * Math.log(0.6),
      6,
    );
  });

  it('counts users by weight; one of weight 0 adds nothing, and none at all give 0', () => {
    // per = (p * (p.log() - q.log())).sum(1); (per * w).sum() / w.sum()
    expect(valueOf(klOf(users(), centroids(), targets(), weights(1, 1, 0, 2, 1)))).toBeCloseTo(
      0.08198809282925949,
      6,
    );
    const gradient = tf.grad((z) => klOf(z, centroids(), targets(), weights(1, 1, 0, 2, 1)))(users());
    expect(valueOf(tf.sum(tf.abs(tf.slice(gradient, [2, 0], [1, 3]))))).toBe(0);
    expect(valueOf(klOf(users(), centroids(), targets(), weights(0, 0, 0, 0, 0)))).toBe(0);
  });

  it('is 0 where shares are their targets, also at a target of 0', () => {
    const shares = softAssignment(users(), centroids());
    expect(valueOf(klOf(users(), centroids(), shares))).toBeCloseTo(0, 6);
    const certain = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    const apart = tf.tensor2d([[0], [1e6]]);
    const { value, grads } = tf.valueAndGrads((z, m) => klOf(z, m, certain, weights(1, 1)))([apart, apart]);
    expect(valueOf(value)).toBeCloseTo(0, 6);
    for (const gradient of grads) expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
  });

  it('has the gradients that finite differences give, and leaves no tensor behind', () => {
    const [asked, all] = [targets(), weights(1, 1, 1, 1, 1)];
    const loss = (z: tf.Tensor, m: tf.Tensor) => klOf(z, m, asked, all);
    expectSlopes(loss, [users(), centroids()]);
    expectNoLeaks(loss, [users(), centroids()]);
  });

  it('becomes a graph whose targets are those of the step', () => {
    const m = tf.variable(centroids());
    const example = (seed: number): Record<string, tf.Tensor> => ({
      user_ND: wave(seed, 5, 3),
      targets_NC: tf.softmax(wave<tf.Rank.R2>(seed + 1, 5, 4)),
      weights_N: tf.tensor1d([1, 1, 1, 1, seed % 2]),
    });
    const graph = compileGraph({
      variables: [m],
      examples: [example(2), example(5)],
      run: ({ user_ND, targets_NC, weights_N }) => {
        const { value, grads } = tf.valueAndGrads((z, c) =>
          klOf(z, c, two(targets_NC!), weights_N as tf.Tensor1D),
        )([user_ND!, m]);
        return { value, byUser: grads[0]!, byCentroid: grads[1]! };
      },
    });
    expect(graph.report.largestDifference).toBeLessThan(1e-5);
    graph.dispose();
    m.dispose();
  });
});
