import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { disposeTree } from '../../../lib/base/tree';
import { auroc } from '../../../lib/evaluation/auroc';
import {
  clickChances,
  trainClickModel,
  type ClickRows,
  type ClickTraining,
} from '../../../lib/experiments/clicks/train-click-model';
import { startBackend } from '../../../lib/nn/backend';
import { initClickModel, type ClickModelConfig } from '../../../lib/recommendation/click-models/click-model';
import type { Fields } from '../../../lib/recommendation/click-models/fields';
import { optimiserDefaults } from '../../../lib/training/optimiser';

beforeAll(async () => {
  await startBackend();
});

const fields: Fields = {
  user: { kind: 'category', size: 21 },
  item: { kind: 'category', size: 21 },
  history: { kind: 'categories', size: 21, most: 4 },
  hour: { kind: 'number' },
};

/**
 * Users and items are of two kinds. `pairs`: a user clicks what is of the own kind; no single field tells anything. `history`: clicked is
 * what is of the kind that the history has, and users say nothing.
 */
function draw(count: number, seed: number, planted: 'pairs' | 'history'): ClickRows {
  const rng = createRng(seed);
  const values = {
    user: new Int32Array(count),
    item: new Int32Array(count),
    history: new Int32Array(4 * count),
    hour: new Float32Array(count),
  };
  const labels = new Uint8Array(count);
  const oneOf = (kind: number): number => 1 + 2 * rng.integer(10) + kind;
  for (let row = 0; row < count; row++) {
    const [kind, ofItem, shown] = [rng.integer(2), rng.integer(2), rng.integer(2)];
    values.user[row] = oneOf(kind);
    values.item[row] = oneOf(ofItem);
    values.hour[row] = rng.normal();
    for (let place = 0; place < 1 + rng.integer(4); place++) values.history[4 * row + place] = oneOf(shown);
    const fits = (planted === 'pairs' ? kind : shown) === ofItem;
    labels[row] = Number(rng.next() < (fits ? 0.8 : 0.2));
  }
  return { values, labels };
}

const training: ClickTraining = {
  maxEpochs: 12,
  patience: 4,
  batchSize: 128,
  optimiser: { ...optimiserDefaults.adam, learningRate: 0.02 },
  clipNorm: 5,
  validation: 'log-loss',
  seed: 1,
};
const [logistic, fm, wide, deep, din] = [
  { name: 'logistic', fields },
  { name: 'fm', fields, width: 4 },
  { name: 'wide-and-deep', fields, width: 4, hidden: [16], dropoutRate: 0.1 },
  { name: 'deepfm', fields, width: 4, hidden: [16] },
  { name: 'din', fields, width: 4, hidden: [16], attention: { history: 'history', candidate: 'item' } },
] as const satisfies readonly ClickModelConfig[];

async function areaOf(
  config: ClickModelConfig,
  planted: 'pairs' | 'history',
  change: Partial<ClickTraining> = {},
) {
  const params = initClickModel(config, createRng(1));
  const rows = { training: draw(3_000, 1, planted), validation: draw(1_000, 2, planted) };
  const result = await trainClickModel({ config, params }, rows, { ...training, ...change });
  const test = draw(2_000, 3, planted);
  const chances = clickChances({ config, params }, test.values);
  disposeTree(params);
  return { area: auroc(chances, test.labels), chances, result };
}

describe('training a model of clicks', () => {
  it('finds planted pairs by every model but the floor, as well as they can be known', async () => {
    // Knowing the kinds gives chances of .8 and .2: an area of .8.
    expect((await areaOf(logistic, 'pairs')).area).toBeLessThan(0.56);
    for (const config of [fm, wide, deep])
      expect((await areaOf(config, 'pairs')).area, config.name).toBeGreaterThan(0.75);
  });

  it('finds what a history says of a candidate, by attention', async () => {
    expect((await areaOf(logistic, 'history')).area).toBeLessThan(0.56);
    expect((await areaOf(din, 'history')).area).toBeGreaterThan(0.75);
  });

  it('gives the same for the same seed, keeps the best epoch, and its chances are as often right', async () => {
    const [one, again] = [await areaOf(fm, 'pairs'), await areaOf(fm, 'pairs')];
    expect(one.chances).toEqual(again.chances);
    expect((await areaOf(fm, 'pairs', { seed: 2 })).chances).not.toEqual(one.chances);
    const validations = one.result.history.map(({ validation }) => validation);
    expect(one.result.bestValidation).toBe(Math.min(...validations));
    const mean = one.chances.reduce((sum, chance) => sum + chance, 0) / one.chances.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
    const byArea = await areaOf(fm, 'pairs', { validation: 'auroc' });
    expect(byArea.result.bestValidation).toBe(
      Math.max(...byArea.result.history.map(({ validation }) => validation)),
    );
  });

  it('refuses labels that are none', async () => {
    const rows = draw(20, 1, 'pairs');
    const run = (labels: ArrayLike<number>): Promise<unknown> =>
      trainClickModel(
        { config: logistic, params: initClickModel(logistic, createRng(1)) },
        { training: { ...rows, labels }, validation: rows },
        training,
      );
    await expect(run([1, 0])).rejects.toThrow('2 labels for 20 rows');
    await expect(run(Array.from({ length: 20 }, () => 2))).rejects.toThrow('the label of row 0 is 2');
  });
});
