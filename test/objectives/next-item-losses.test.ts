import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { startBackend } from '../../lib/nn/backend';
import { prepareNextItem } from '../../lib/objectives/next-item';
import {
  describeLoss,
  lossOfNextItems,
  negativesOf,
  nextItemLossNames,
  type NextItemLoss,
} from '../../lib/objectives/next-item-losses';
import { readLossOptions } from '../../scripts/loss-options';

beforeAll(async () => {
  await startBackend();
});

const V = 7;
const losses: readonly NextItemLoss[] = [
  { name: 'cross-entropy' },
  { name: 'sampled-softmax', negatives: 400 },
  { name: 'importance-softmax', negatives: 400 },
  { name: 'bce', negatives: 3 },
  { name: 'gbce', negatives: 3, calibration: 0.5 },
  { name: 'bpr', negatives: 3 },
];
/** Two sequences of three places, five targets, a list of six. */
const asked = prepareNextItem(Int32Array.from([2, 3, 0, 4, 5, 6]), 6);
const states = (): tf.Tensor3D =>
  tf.tensor3d(
    Array.from({ length: 2 * 3 * 4 }, (_, place) => Math.sin(place)),
    [2, 3, 4],
  );
const table = (): tf.Tensor2D =>
  tf.tensor2d(
    Array.from({ length: V * 4 }, (_, place) => (place < 4 ? 0 : Math.cos(3 * place))),
    [V, 4],
  );
const inputsOf = (loss: NextItemLoss, seed = 1): Record<string, tf.Tensor> => ({
  positions_L: tf.tensor1d(asked.positions, 'int32'),
  targets_L: tf.tensor1d(asked.targets, 'int32'),
  weights_L: tf.tensor1d(asked.weights),
  ...Object.fromEntries(
    Object.entries(negativesOf(loss, asked, V, createRng(seed))).map(([name, { values, shape }]) => [
      name,
      tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  ),
});
const value = (loss: NextItemLoss, inputs = inputsOf(loss)): number =>
  lossOfNextItems(loss, states(), table(), inputs).dataSync()[0]!;

/** Scores of all items at each of the five targets, in plain numbers. */
const scores = Array.from({ length: 5 }, (_, row) => {
  const place = asked.positions[row]!;
  return Array.from({ length: V }, (_, item) =>
    [0, 1, 2, 3].reduce(
      (sum, d) => sum + Math.sin(4 * place + d) * (item === 0 ? 0 : Math.cos(3 * (4 * item + d))),
      0,
    ),
  );
});
const mean = (of: (row: number) => number): number =>
  [0, 1, 2, 3, 4].reduce((sum, row) => sum + of(row) / 5, 0);
const softplus = (x: number): number => Math.log1p(Math.exp(x));

describe('the losses of the next item', () => {
  it('are those of the formulas, over the targets alone', () => {
    const entropy = mean((row) => {
      const all = scores[row]!.slice(1).reduce((sum, score) => sum + Math.exp(score), 0);
      return Math.log(all) - scores[row]![asked.targets[row]!]!;
    });
    expect(value({ name: 'cross-entropy' })).toBeCloseTo(entropy, 5);
    // Uniform draws: the correction is the same for all, and cancels.
    const shared = negativesOf({ name: 'sampled-softmax', negatives: 4 }, asked, V, createRng(1));
    const sampled = mean((row) => {
      const [own, target] = [scores[row]!, asked.targets[row]!];
      const others = Array.from(shared['negatives_N']!.values).filter((item) => item !== target);
      const all = others.reduce((sum, item) => sum + Math.exp(own[item]!), Math.exp(own[target]!));
      return Math.log(all) - own[target]!;
    });
    expect(value({ name: 'sampled-softmax', negatives: 4 })).toBeCloseTo(sampled, 5);

    // Each of 4 draws stands for 6 / 4 items; the same seed draws the same.
    const estimated = mean((row) => {
      const [own, target] = [scores[row]!, asked.targets[row]!];
      const others = Array.from(shared['negatives_N']!.values).filter((item) => item !== target);
      const all = others.reduce((sum, item) => sum + (6 / 4) * Math.exp(own[item]!), Math.exp(own[target]!));
      return Math.log(all) - own[target]!;
    });
    expect(value({ name: 'importance-softmax', negatives: 4 })).toBeCloseTo(estimated, 5);
    expect(Math.abs(estimated - sampled)).toBeGreaterThan(0.1);

    const drawn = negativesOf({ name: 'bce', negatives: 3 }, asked, V, createRng(1))['negatives_LK']!.values;
    const of = (row: number, wrong: (right: number, negative: number) => number): number =>
      [0, 1, 2].reduce(
        (sum, k) => sum + wrong(scores[row]![asked.targets[row]!]!, scores[row]![drawn[3 * row + k]!]!),
        0,
      );
    const bce = mean(
      (row) => (softplus(-scores[row]![asked.targets[row]!]!) + of(row, (_, no) => softplus(no))) / 4,
    );
    expect(value({ name: 'bce', negatives: 3 })).toBeCloseTo(bce, 5);
    // Half calibrated, 3 of 5 other items drawn: the power is .6 (.5 (1 - 1/.6) + 1/.6) = .8.
    const calibrated = mean(
      (row) => (0.8 * softplus(-scores[row]![asked.targets[row]!]!) + of(row, (_, no) => softplus(no))) / 4,
    );
    expect(value({ name: 'gbce', negatives: 3, calibration: 0.5 })).toBeCloseTo(calibrated, 5);
    const bpr = mean((row) => of(row, (right, no) => softplus(no - right)) / 3);
    expect(value({ name: 'bpr', negatives: 3 })).toBeCloseTo(bpr, 5);
  });

  it('come near the cross-entropy by importance sampling with many negatives, by sampled softmax not', () => {
    const full = value({ name: 'cross-entropy' });
    const error = (name: 'importance-softmax' | 'sampled-softmax'): number =>
      Math.abs(value({ name, negatives: 20_000 }) - full);
    expect(error('importance-softmax')).toBeLessThan(0.02);
    expect(error('sampled-softmax')).toBeGreaterThan(1);
  });

  it.each(losses)('of $name does not depend on the rows that fill the list up', (loss) => {
    const inputs = inputsOf(loss);
    const other = { ...inputs, targets_L: tf.tensor1d([...asked.targets.slice(0, 5), 6], 'int32') };
    expect(value(loss, other)).toBe(value(loss, inputs));
  });

  it('draw negatives from their key alone, never padding and never the target', () => {
    for (const loss of losses.slice(1)) {
      const [a, again, b] = [1, 1, 2].map((seed) => negativesOf(loss, asked, V, createRng(seed)));
      expect(a).toEqual(again);
      expect(a).not.toEqual(b);
    }
    const { values } = negativesOf({ name: 'bce', negatives: 50 }, asked, V, createRng(3))['negatives_LK']!;
    for (const [place, item] of Array.from(values).entries()) {
      expect(item).toBeGreaterThan(0);
      expect(item).not.toBe(asked.targets[Math.floor(place / 50)]);
    }
    expect(() => negativesOf({ name: 'bpr', negatives: 0 }, asked, V, createRng(1))).toThrow(RangeError);
  });

  it('are each named in a protocol in their own way', () => {
    expect(new Set(losses.map((loss) => describeLoss(loss, 'every position'))).size).toBe(
      nextItemLossNames.length,
    );
    expect(describeLoss({ name: 'gbce', negatives: 256, calibration: 0.75 }, 'every position')).toBe(
      'gBCE, 256 uniform negatives a position, t 0.75, every position',
    );
  });
});

describe('the options of a loss', () => {
  it('become a loss', () => {
    expect(readLossOptions({})).toBeUndefined();
    expect(readLossOptions({ loss: 'bce' })).toEqual({ name: 'bce', negatives: 1 });
    expect(readLossOptions({ loss: 'gbce', negatives: '256' })).toEqual({
      name: 'gbce',
      negatives: 256,
      calibration: 0.75,
    });
  });

  it.each([
    [{ loss: 'hinge' }, '--loss is'],
    [{ negatives: '3' }, '--negatives means nothing for cross-entropy'],
    [{ loss: 'bce', calibration: '.5' }, '--calibration means nothing for bce'],
    [{ loss: 'gbce', calibration: '2' }, 'from 0 to 1'],
    [{ loss: 'bpr', negatives: '0' }, "--negatives is '0'"],
  ])('are refused where they make no sense: %j', (values, message) => {
    expect(() => readLossOptions(values)).toThrow(message);
  });
});
