import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { leaves } from '../../lib/base/tree';
import { readLabels } from '../../lib/data/read-labels';
import { auroc } from '../../lib/evaluation/auroc';
import {
  fineTune,
  fineTuneDefaults,
  fineTuneMethods,
  labelProbabilities,
  type FineTuneMethod,
  type FineTuning,
} from '../../lib/experiments/fine-tune';
import {
  curveLines,
  drawLabelled,
  labelCurve,
  type LabelCurvePoint,
} from '../../lib/experiments/label-curve';
import { createObjectives, type ObjectiveSettings } from '../../lib/experiments/learning/objective-settings';
import { createModel, userVectors, type SequenceModel } from '../../lib/experiments/sequence-model';
import { trainEncoder, trainingDefaults } from '../../lib/experiments/train-encoder';
import { labelUsers } from '../../lib/experiments/user-labels';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { sequenceOf, toSequences } from '../../lib/preprocessing/sequences';
import { toyLog } from '../preprocessing/toy-log';

/** Ninety users of two kinds; each event is an item of the user's kind with probability .8. */
const rng = createRng(11);
const kinds = Array.from({ length: 90 }, (_, user) => user % 2);
const sequences = toSequences(
  toyLog(
    kinds.flatMap((kind, user) =>
      Array.from({ length: 10 }, (_, step) => {
        const own = rng.next() < 0.8 ? kind : 1 - kind;
        return [`u${user}`, `i${6 * own + rng.integer(6)}`, step] as const;
      }),
    ),
  ),
);
const histories = sequences.userIds.map((_, user) => sequenceOf(sequences, user));
const [learned, tested] = [
  Array.from({ length: 60 }, (_, user) => user),
  Array.from({ length: 30 }, (_, n) => 60 + n),
];
const labelled = {
  histories: learned.map((user) => histories[user]!),
  labels: learned.map((user) => kinds[user]!),
};
let base: SequenceModel;
const tuning = (method: FineTuneMethod): FineTuning => ({
  ...fineTuneDefaults(method),
  maxEpochs: 25,
  batchSize: 32,
});
const bits = (model: SequenceModel): Map<string, Float32Array> =>
  new Map(leaves(model.params).map(([path, leaf]) => [path, leaf.dataSync<'float32'>().slice()]));

beforeAll(async () => {
  await startBackend();
  base = createModel(sequences.vocabulary, {
    encoder: 'sasrec',
    length: 10,
    seed: 1,
    config: { width: 8, numBlocks: 1, feedForwardWidth: 16 },
  });
});

describe('fine-tuning', () => {
  it.each(fineTuneMethods)('%s: finds a planted label of users never seen', async (method) => {
    const tuned = await fineTune(base, labelled, tuning(method));
    const probabilities = labelProbabilities(
      tuned,
      tested.map((user) => histories[user]!),
    );
    expect([probabilities.rows, probabilities.columns]).toEqual([30, 2]);
    const scores = tested.map((_, at) => probabilities.values[2 * at + 1]!);
    // Ten events of .8: the best that can be is .99. A frozen model of random weights keeps some of it.
    expect(
      auroc(
        scores,
        tested.map((user) => kinds[user]!),
      ),
    ).toBeGreaterThan(method === 'head' ? 0.75 : 0.9);
    expect(tuned.counts).toEqual({ learned: 48, validation: 12 });
    expect(tuned.validation).toBeLessThan(Math.log(2));
  });

  it('leaves the model that it is given as it was, to the bit, and changes of the new one what the method says', async () => {
    const before = bits(base);
    for (const method of fineTuneMethods) {
      for (const engine of ['eager', 'graph'] as const) {
        const { model, trained, head } = await fineTune(base, labelled, {
          ...tuning(method),
          maxEpochs: 3,
          engine,
        });
        expect(bits(base), method).toEqual(before);
        const changed = [...bits(model)].filter(([path, values]) =>
          values.some((x, at) => x !== before.get(path)![at]),
        );
        const paths = changed.map(([path]) => path);
        const matrices = leaves(base.params).filter(
          ([, { shape }]) => shape.length === 2 && Math.min(...shape) > 4,
        );
        const adapted = matrices.reduce((sum, [, { shape }]) => sum + 4 * (shape[0] + shape[1]!), 0);
        const numHead = head.kernel.size + 1;
        const all = [...before.values()].reduce((sum, { length }) => sum + length, 0);
        switch (method) {
          case 'head':
            expect(paths).toEqual([]);
            expect(trained).toBe(numHead);
            break;
          case 'low-rank':
            expect(paths).toEqual(matrices.map(([path]) => path));
            expect(trained).toBe(numHead + adapted);
            break;
          case 'all':
          case 'scratch':
            expect(paths).toEqual([...before.keys()]);
            expect(trained).toBe(numHead + all);
        }
      }
    }
  }, 60_000);

  it('takes a model that pools by attention, or reads texts, and leaves alone what the label does not reach', async () => {
    const { vocabulary } = sequences;
    const size = { length: 10, seed: 1 };
    const asking = createModel(vocabulary, {
      encoder: 'gru',
      ...size,
      config: { width: 8 },
      attentionPooling: true,
    });
    const texts = new Float32Array(vocabulary.itemIds.length * 8).map(() => rng.normal());
    const reading = createModel(vocabulary, {
      encoder: 'unisrec',
      ...size,
      config: { width: 8 },
      itemTexts: matrix(vocabulary.itemIds.length, 8, texts),
    });
    for (const method of fineTuneMethods) {
      const few = { ...tuning(method), maxEpochs: 2 };
      for (const pooling of ['mean', 'attention'] as const) {
        const before = bits(asking);
        const { model } = await fineTune(asking, labelled, { ...few, pooling });
        expect(bits(asking)).toEqual(before);
        const query = (of: SequenceModel) => bits(of).get('attentionPooling.query')!;
        const isTaught = pooling === 'attention' && (method === 'all' || method === 'scratch');
        if (method !== 'scratch')
          expect([...query(model)].some((x, at) => x !== query(asking)[at])).toBe(isTaught);
      }
      const { model } = await fineTune(reading, labelled, few);
      const frozen = leaves(reading.params).filter(([, { trainable }]) => !trainable);
      expect(frozen.length).toBeGreaterThan(0);
      for (const [path, leaf] of frozen) expect(bits(model).get(path), path).toEqual(leaf.dataSync());
    }
  }, 60_000);

  it('is the same for the same seed, and as a graph what it is step by step', async () => {
    for (const method of ['low-rank', 'all'] as const) {
      const said: string[] = [];
      const run = async (engine: 'eager' | 'graph') => {
        const own = { ...tuning(method), maxEpochs: 3, engine };
        const tuned = await fineTune(base, labelled, own, { say: (sentence) => said.push(sentence) });
        return labelProbabilities(tuned, histories.slice(60)).values;
      };
      const [eager, again, graph] = [await run('eager'), await run('eager'), await run('graph')];
      expect(again).toEqual(eager);
      for (const [at, value] of graph.entries()) expect(value).toBeCloseTo(eager[at]!, 3);
      expect(said).toEqual([expect.stringMatching(/^compiled \d+ operations for 1 shapes/)]);
    }
  }, 60_000);

  it('knows three classes, by either loss', async () => {
    const three = {
      ...labelled,
      labels: labelled.labels.map((kind, user) => (kind === 0 ? 0 : 1 + (user % 3 === 0 ? 1 : 0))),
    };
    for (const loss of ['cross-entropy', 'squared-error'] as const) {
      const tuned = await fineTune(base, three, { ...tuning('head'), loss });
      const { columns, values } = labelProbabilities(tuned, histories.slice(0, 1));
      expect(columns).toBe(3);
      expect(values.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      expect(tuned.validation).toBeLessThan(loss === 'cross-entropy' ? Math.log(3) : 2 / 9);
    }
  });

  it('refuses what means nothing', async () => {
    const tune = (more: Partial<FineTuning>, users = labelled) =>
      fineTune(base, users, { ...tuning('head'), ...more });
    await expect(tune({ rank: 2 })).rejects.toThrow('head has no rank');
    await expect(tune({ validationShare: 0 })).rejects.toThrow('validationShare must be above 0');
    await expect(tune({}, { ...labelled, labels: [1] })).rejects.toThrow('1 labels for 60 users');
    const lonely = { ...labelled, labels: labelled.labels.map((_, at) => Number(at === 0)) };
    await expect(tune({}, lonely)).rejects.toThrow('class 1 has 1 of the users');
  });
});

describe('the label-scarce curve', () => {
  const rows = Int32Array.from({ length: 200 }, (_, row) => row);
  const labels = Array.from(rows, (row) => Number(row % 10 === 0));

  it('knows exactly the share of labels, two of each class at least, the larger share all of the smaller', () => {
    const draw = (share: number): number[] => [...drawLabelled(labels, rows, share, createRng(1))];
    expect([0.01, 0.05, 0.2, 1].map((share) => draw(share).length)).toEqual([4, 10, 40, 200]);
    for (const share of [0.01, 0.05]) {
      const own = draw(share);
      for (const label of [0, 1])
        expect(own.filter((row) => labels[row] === label).length).toBeGreaterThanOrEqual(2);
      expect(draw(0.2)).toEqual(expect.arrayContaining(own));
    }
    expect(() => draw(0)).toThrow('share must be above 0');
  });

  it('tests everybody once in five draws, the same users for all rivals, and goes on where it was', async () => {
    const vectors = userVectors(base, histories, { pooling: 'mean' });
    const settings = {
      shares: [0.2, 1],
      draws: 5,
      methods: ['head'] as const,
      tuning: { maxEpochs: 12, batchSize: 32 },
      seed: 1,
    };
    const all = { histories, labels: kinds };
    const rivals = [{ name: 'logistic regression', vectors }];
    const points = await labelCurve(base, all, rivals, settings);
    expect(points.length).toBe(5 * 2 * 3);
    expect(points.map(({ labelled }) => labelled)).toEqual(
      Array.from({ length: 5 }, () => [14, 14, 14, 72, 72, 72]).flat(),
    );
    const lines = curveLines(points);
    expect(lines.map(({ name }) => name)).toEqual(['majority', 'logistic regression', 'head']);
    expect(lines[0]!.means).toEqual([0.5, 0.5]);
    expect(lines[2]!.means[1]).toBeGreaterThan(0.65);
    expect(lines[2]!.means[1]).toBeGreaterThan(lines[2]!.means[0]! - 0.05);
    // Interrupted after seven points, and again from there.
    const stop = new AbortController();
    const some: LabelCurvePoint[] = [];
    await labelCurve(base, all, rivals, settings, {
      onPoint: (point) => {
        some.push(point);
        if (some.length === 7) stop.abort();
      },
      signal: stop.signal,
    });
    expect(some).toEqual(points.slice(0, 7));
    const made: LabelCurvePoint[] = [];
    const whole = await labelCurve(base, all, rivals, settings, {
      known: some,
      onPoint: (own) => made.push(own),
    });
    expect(whole).toEqual(points);
    expect(made).toEqual(points.slice(7));
  }, 60_000);
});

describe('labels of users', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'labels-')), 'labels.csv');

  it('are read from two columns, classes in the order of numbers or words', async () => {
    writeFileSync(file, 'user,age\nu1,30\nu0,4\nu9,30\n');
    const labels = await readLabels(file);
    expect(labelUsers(labels, ['u0', 'u1', 'u2'])).toEqual({
      name: 'age',
      classes: ['4', '30'],
      ofUsers: Int32Array.of(0, 1, -1),
    });
    const words = {
      name: 'x',
      ofUser: new Map([
        ['a', 'no'],
        ['b', 'Yes'],
        ['c', '1'],
      ]),
    };
    expect(labelUsers(words, ['a', 'b', 'c']).classes).toEqual(['1', 'Yes', 'no']);
  });

  it.each([
    ['user,age\nu1\n', 'found 1 columns, not 2'],
    ['user,age\nu1,\n', 'a cell is empty'],
    ['user,age\nu1,3\nu1,4\n', "the user 'u1' has two labels"],
    ['user,age\n', 'there is no label'],
  ])('refuse %j', async (text, problem) => {
    writeFileSync(file, text);
    await expect(readLabels(file)).rejects.toThrow(problem);
  });

  it('refuse one class, and numbers that are no classes', () => {
    const of = (n: number) => ({
      name: 'x',
      ofUser: new Map(Array.from({ length: 60 }, (_, user) => [`u${user}`, `${user % n}`])),
    });
    expect(() => labelUsers(of(1), ['u0', 'u1'])).toThrow('has 1 values among the 2 of 2 users');
    expect(() => labelUsers(of(60), sequences.userIds)).toThrow('has 60 values');
  });

  it('are learned beside next items, and not alone', async () => {
    const split = leaveOneOut(sequences);
    const labels = labelUsers(
      { name: 'kind', ofUser: new Map(kinds.map((kind, user) => [`u${user}`, `${kind}`])) },
      sequences.userIds,
    );
    const own: ObjectiveSettings = {
      name: 'classification',
      labels: 'kind.csv',
      loss: 'cross-entropy',
      pooling: 'mean',
    };
    const training = {
      ...trainingDefaults,
      maxEpochs: 2,
      batchSize: 32,
      objectives: [{ name: 'next-item' as const }, own],
    };
    const model = createModel(sequences.vocabulary, {
      encoder: 'gru',
      length: 8,
      seed: 1,
      config: { width: 8 },
    });
    const run = await trainEncoder(model, split, training, { labels });
    expect(run.history[1]!.loss).toBeLessThan(run.history[0]!.loss);
    const make = (all: ObjectiveSettings[], more = {}) =>
      createObjectives(model, split, all, { batchSize: 8, ...more }, createRng(1));
    expect(() => make([own], { labels })).toThrow('a classification stands first');
    expect(() => make([{ name: 'next-item' }, own])).toThrow('a classification needs labels');
    expect(() => make([{ name: 'next-item' }], { labels })).toThrow('no classification to learn them');
  });
});
