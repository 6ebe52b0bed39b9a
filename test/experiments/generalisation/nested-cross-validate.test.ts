import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { crossValidate } from '../../../lib/experiments/generalisation/cross-validate';
import { bestOverFolds } from '../../../lib/experiments/generalisation/fold-summary';
import {
  nestedCrossValidate,
  type InnerScore,
} from '../../../lib/experiments/generalisation/nested-cross-validate';
import { startBackend } from '../../../lib/nn/backend';
import { innerFolds } from '../../../lib/preprocessing/splits/inner-folds';
import { kFoldByUser } from '../../../lib/preprocessing/splits/k-fold';
import { rollingTime } from '../../../lib/preprocessing/splits/rolling-time';
import { withSequences, type SplitSequences } from '../../../lib/preprocessing/splits/split-sequences';
import type { FoldResult } from '../../../lib/experiments/generalisation/cross-validate';
import { chain, cheat, circle, noise, popular, source } from './shared-log';

beforeAll(async () => {
  await startBackend();
});

const sequences = circle(40, 30, 8);
const outer = (seed: number, withValidation = false) =>
  kFoldByUser(sequences, { folds: 4, withValidation, foldInShare: 0.5, rng: createRng(seed) }).map((fold) =>
    withSequences(fold, sequences),
  );
const inner = (seen: SplitSequences, fold: number) =>
  innerFolds(seen, { folds: 3, foldInShare: 0.5, rng: createRng(9).child(fold) });
const settings = { seed: 3, source, cut: 'none', inner };

describe('nested cross-validation', () => {
  it('chooses inside what is better, and tests it outside', async () => {
    const folds = await nestedCrossValidate(outer(1), [popular, chain], settings);
    expect(folds.map(({ chosen }) => chosen)).toEqual(['Markov', 'Markov', 'Markov', 'Markov']);
    expect(folds[0]!.scores.map(({ name }) => name)).toEqual(['popularity', 'Markov']);
    const plain = await crossValidate(outer(1), [chain], settings);
    expect(folds.map(({ result }) => result)).toEqual(plain);
  });

  it('chooses by the validation where asked to', async () => {
    const folds = await nestedCrossValidate(outer(1, true), [popular, chain], {
      ...settings,
      inner: 'validation',
    });
    expect(folds.map(({ chosen }) => chosen)).toEqual(['Markov', 'Markov', 'Markov', 'Markov']);
  });

  it('goes back in time for its choice under rolling time', async () => {
    const folds = rollingTime(sequences, { folds: 2, testMs: 150 }).map((fold) =>
      withSequences(fold, sequences),
    );
    const latest: number[] = [];
    const found = await nestedCrossValidate(folds, [popular, chain], {
      ...settings,
      inner: ({ sequences: seen }) => {
        latest.push(Math.max(...seen.timesMs!));
        return rollingTime(seen, { folds: 1, testMs: 150 }).map((fold) => withSequences(fold, seen));
      },
    });
    expect(found).toHaveLength(2);
    for (const [fold, { cuts }] of folds.entries()) expect(latest[fold]).toBeLessThan(cuts!.testFromMs);
  });

  it('is not flattered by a choice among noise, where choosing by the test is', async () => {
    // 8 candidates that know nothing, 6 times. 30 items, 7 seen: NDCG@10 is the mean of 1 / log2(place + 1) over 23 places, 0 from 11 on.
    const gains = Array.from({ length: 23 }, (_, place) => (place < 10 ? 1 / Math.log2(place + 2) : 0));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const chance = mean(gains);
    const deviation = Math.sqrt(mean(gains.map((gain) => (gain - chance) ** 2)));
    const [nested, naive]: [number[], number[]] = [[], []];
    for (let draw = 0; draw < 6; draw++) {
      const rng = createRng(100 + draw);
      const candidates = Array.from({ length: 8 }, (_, own) => noise(`noise ${own}`, rng));
      const by = { ...settings, inner: 'validation', events: 'last' } as const;
      const folds = await nestedCrossValidate(outer(draw, true), candidates, by);
      nested.push(...folds.map(({ result }) => result.metrics[1]!.value));
      naive.push(bestOverFolds(await crossValidate(outer(draw), candidates, settings)).mean);
    }
    // 240 answers, 4 standard errors.
    expect(Math.abs(mean(nested) - chance)).toBeLessThan((4 * deviation) / Math.sqrt(240));
    const ofForty = deviation / Math.sqrt(40);
    expect(mean(naive)).toBeGreaterThan(chance + ofForty / 2);
    // The largest of 8 normal numbers is 1.42 standard deviations above the mean, with a standard deviation of .61 (Teichroew 1956).
    expect(Math.abs(mean(naive) - chance - 1.42 * ofForty)).toBeLessThan((4 * 0.61 * ofForty) / Math.sqrt(6));
  });

  it('gives a candidate that looks for the answers nothing to find, inside or outside', async () => {
    const asked = { ...settings, events: 'first' } as const;
    const folds = await nestedCrossValidate(outer(1), [cheat, chain], asked);
    expect(folds.every(({ chosen }) => chosen === 'Markov')).toBe(true);
    for (const { scores } of folds) expect(scores[0]!.mean).toBeLessThan(0.5);
  });

  it('takes the first of equally good candidates', async () => {
    const [fold] = await nestedCrossValidate(outer(1), [chain, { ...chain, name: 'again' }], settings);
    expect(fold!.chosen).toBe('Markov');
  });

  it('goes on where it was interrupted, and ends the same', async () => {
    const candidates = [popular, chain];
    const whole = await nestedCrossValidate(outer(1), candidates, settings);
    const stop = new AbortController();
    const [inside, outside]: [InnerScore[], FoldResult[]] = [[], []];
    const onInner = (score: InnerScore) => {
      inside.push(score);
      if (inside.length === 9) stop.abort(); // 3 inner folds of 2 candidates, and half of the next
    };
    const first = await nestedCrossValidate(outer(1), candidates, settings, {
      onInner,
      onOuter: (result) => outside.push(result),
      signal: stop.signal,
    });
    expect([first.length, outside.length]).toEqual([1, 1]);
    const again: InnerScore[] = [];
    const second = await nestedCrossValidate(outer(1), candidates, settings, {
      knownInner: inside,
      knownOuter: outside,
      onInner: (score) => again.push(score),
    });
    expect(second).toEqual(whole);
    expect(again).toHaveLength(4 * 6 - 9);
  });

  it('refuses no candidate and two of one name', async () => {
    await expect(nestedCrossValidate(outer(1), [], settings)).rejects.toThrow('no candidate');
    await expect(nestedCrossValidate(outer(1), [chain, chain], settings)).rejects.toThrow('one name');
  });
});
