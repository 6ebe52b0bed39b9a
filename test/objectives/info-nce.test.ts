import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { infoNce } from '../../lib/objectives/info-nce';
import { expectNoLeaks, expectSlopes, wave } from '../nn/numbers';

beforeAll(async () => {
  await startBackend();
});

const [first, second] = [() => wave<tf.Rank.R2>(0, 4, 3), () => wave<tf.Rank.R2>(100, 4, 3)];
const valueOf = (loss: tf.Scalar): number => loss.dataSync()[0]!;
const asMatrix = (x: tf.Tensor): tf.Tensor2D => x as tf.Tensor2D;

describe('telling the views of users apart', () => {
  it('agrees with PyTorch', () => {
    // torch 2.15.0, numpy: a = np.sin(np.arange(12)).reshape(4, 3); b = np.sin(np.arange(12) + 100).reshape(4, 3)
    //   z = F.normalize(torch.tensor(np.r_[a, b]), dim=1); s = z @ z.T / .2; s.fill_diagonal_(-inf)
    //   F.cross_entropy(s, torch.tensor([4, 5, 6, 7, 0, 1, 2, 3]))
    expect(valueOf(infoNce(first(), second(), { temperature: 0.2 }))).toBeCloseTo(1.3049158218563461, 4);
  });

  it('is as if a pair of weight 0 were not there', () => {
    const weights_N = tf.tensor1d([1, 1, 1, 0]);
    const three = infoNce(tf.slice(first(), 0, 3), tf.slice(second(), 0, 3), { temperature: 0.2 });
    expect(valueOf(three)).toBeCloseTo(0.867605409392105, 4);
    expect(valueOf(infoNce(first(), second(), { temperature: 0.2, weights_N }))).toBeCloseTo(
      0.867605409392105,
      4,
    );
    const [gradient] = tf.grads((a, b) => infoNce(asMatrix(a), asMatrix(b), { temperature: 0.2, weights_N }))(
      [first(), second()],
    );
    expect(valueOf(tf.sum(tf.abs(tf.slice(gradient!, 3, 1))))).toBe(0);
  });

  it('is log(2n - 1) when all views are the same, and next to nothing when users differ and views do not', () => {
    const same = tf.ones<tf.Rank.R2>([5, 3]);
    expect(valueOf(infoNce(same, same, { temperature: 0.1 }))).toBeCloseTo(Math.log(9), 5);
    const apart = tf.eye(5);
    // Right: cosine 1; eight others: cosine 0.
    expect(valueOf(infoNce(apart, apart, { temperature: 0.1 }))).toBeCloseTo(
      Math.log1p(8 * Math.exp(-10)),
      6,
    );
  });

  it('does not depend on the length of vectors, only on their direction', () => {
    const longer = tf.mul(first(), 7);
    const options = { temperature: 0.2 };
    expect(valueOf(infoNce(asMatrix(longer), second(), options))).toBeCloseTo(
      valueOf(infoNce(first(), second(), options)),
      4,
    );
  });

  it('has the gradients that finite differences give, and leaves no tensor behind', () => {
    const loss = (a: tf.Tensor, b: tf.Tensor) => infoNce(asMatrix(a), asMatrix(b), { temperature: 0.5 });
    expectSlopes(loss, [first(), second()]);
    expectNoLeaks(loss, [first(), second()]);
  });

  it('stays finite for a vector of zeros, with a finite gradient', () => {
    const zeros = tf.zeros<tf.Rank.R2>([4, 3]);
    const { value, grad } = tf.valueAndGrad((a) => infoNce(asMatrix(a), second(), { temperature: 0.1 }))(
      zeros,
    );
    expect(Number.isFinite(valueOf(value))).toBe(true);
    expect([...grad.dataSync()].every(Number.isFinite)).toBe(true);
  });

  it.each([0, -1, Number.NaN])('refuses a temperature of %d', (temperature) => {
    expect(() => infoNce(first(), second(), { temperature })).toThrow(RangeError);
  });
});
