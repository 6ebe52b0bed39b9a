import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrix, rowOf } from '../../../lib/base/matrix';
import { createRng } from '../../../lib/base/random';
import { leaves, trainableLeaves } from '../../../lib/base/tree';
import { evaluateRanking } from '../../../lib/experiments/evaluate-ranking';
import { loadModel, saveModel } from '../../../lib/experiments/model-folder';
import { itemVectorsOf } from '../../../lib/experiments/model-side';
import { createModel, modelScorer, userVectors } from '../../../lib/experiments/sequence-model';
import { describeItem, itemTextVectors } from '../../../lib/experiments/text/item-texts';
import { encodeTexts, loadSentenceModel } from '../../../lib/experiments/text/sentence-model';
import { textScorer } from '../../../lib/experiments/text/text-scorer';
import { withItems } from '../../../lib/experiments/text/with-items';
import { trainEncoder, trainingDefaults } from '../../../lib/experiments/train-encoder';
import { startBackend } from '../../../lib/nn/backend';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { coldQuestions, holdOutItems } from '../../../lib/preprocessing/splits/cold-items';
import { buildVocabulary } from '../../../lib/preprocessing/vocabulary';
import { amongItems } from '../../../lib/recommendation/among-items';
import { rankWithScorer } from '../../../lib/recommendation/rank-with-scorer';
import { projectRoot } from '../../lib-files';
import { toyLog } from '../../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Vectors of three subjects: items 1, 4, 7, ... of the first, and so on. The texts of a subject are alike. */
const subjectTexts = (numItems: number) => {
  const rng = createRng(5);
  return matrix(
    numItems,
    6,
    Float32Array.from({ length: numItems * 6 }, (_, place) => {
      const [item, column] = [Math.floor(place / 6), place % 6];
      return item === 0 ? 0 : Number(column === item % 3) + 0.1 * rng.normal();
    }),
  );
};

describe('texts of items', () => {
  it('name title, year and categories, the year once', () => {
    expect(describeItem({ title: 'Toy Story', year: 1995, categories: ['Animation', 'Comedy'] })).toBe(
      'Toy Story (1995): Animation, Comedy',
    );
    expect(describeItem({ title: 'Jumanji (1995)', year: 1995, categories: [] })).toBe('Jumanji (1995)');
    expect(describeItem({ title: 'unknown', year: null, categories: [] })).toBe('unknown');
  });

  it('become a row an item, in the order of the vocabulary, and tell which are missing', () => {
    const model = loadSentenceModel(join(projectRoot, 'data', 'tiny-bert'));
    const titles = new Map([
      ['9', 'the red lamp'],
      ['10', 'a star'],
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'item-texts-'));
    const vocabulary = buildVocabulary(['10', '9', '11']);
    const { vectors, withoutText } = itemTextVectors(model, vocabulary, (id) => titles.get(id), { folder });
    expect(withoutText).toEqual(['11']);
    expect([vectors.rows, Math.max(...rowOf(vectors, 0))]).toEqual([4, 0]);
    const direct = encodeTexts(model, ['the red lamp', 'a star', '']);
    for (const [row, at] of [
      [1, 0],
      [2, 1],
      [3, 2],
    ] as const) {
      for (const [place, value] of rowOf(direct, at).entries()) {
        expect(rowOf(vectors, row)[place]!).toBeCloseTo(value, 5);
      }
    }
  });
});

describe('recommending by text alone', () => {
  it('is the cosine with the mean of the latest items', () => {
    const texts = matrix(4, 2, Float32Array.of(0, 0, 1, 0, 0, 1, 3, 4));
    const scores = (latest: number): number[] => {
      const scored = textScorer(texts, { latest }).score([Int32Array.of(1, 2)]);
      return Array.from(scored.dataSync());
    };
    expect(scores(1)[3]!).toBeCloseTo(0.8, 6);
    expect(scores(Infinity)[3]!).toBeCloseTo(7 / (5 * Math.SQRT2), 6);
    expect(() => textScorer(texts, { latest: 0 })).toThrow('latest must be a whole number from 1, got 0');
    const before = tf.memory().numTensors;
    textScorer(texts)
      .score([Int32Array.of(1), new Int32Array(0)])
      .dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an encoder by texts', () => {
  const vocabulary = buildVocabulary(['1', '2', '3', '4', '5', '6']);
  const settings = { encoder: 'unisrec', length: 6, seed: 1, config: { width: 8 } } as const;

  it('is refused without texts, and texts by an encoder that does not read them', () => {
    expect(() => createModel(vocabulary, settings)).toThrow(
      'unisrec reads items by their texts: give itemTexts',
    );
    expect(() =>
      createModel(vocabulary, { encoder: 'gru', length: 6, seed: 1, itemTexts: subjectTexts(7) }),
    ).toThrow('gru does not read texts, so that itemTexts would be ignored');
    expect(() => createModel(vocabulary, { ...settings, itemTexts: subjectTexts(8) })).toThrow(
      'itemTexts must be 7 x 6, got 8 x 6',
    );
  });

  it('takes its weights to other items, and its ids where there are the same', () => {
    const model = createModel(vocabulary, {
      ...settings,
      config: { width: 8, ids: 'added' },
      itemTexts: subjectTexts(7),
    });
    const other = withItems(model, buildVocabulary(['4', '8', '2']), subjectTexts(4));
    const ids = other.params.ids!.arraySync();
    const own = model.params.ids!.arraySync();
    expect(ids).toEqual([own[0], own[2], own[4], new Array(8).fill(0)]); // ids 2, 4, 8
    for (const [path, leaf] of leaves(model.params)) {
      if (path === 'ids' || path === 'itemEmbedding') continue;
      expect(new Map(leaves(other.params)).get(path)!.dataSync(), path).toEqual(leaf.dataSync());
    }
    // Apart from now on.
    model.params.adapter.center.assign(tf.zeros([6]));
    expect(Math.max(...other.params.adapter.center.dataSync())).toBeGreaterThan(0);
    expect(() => withItems(model, vocabulary, matrix(7, 5, new Float32Array(35)))).toThrow(
      'the model reads texts of 6 numbers, got 5',
    );
  });

  it('is centred on the new texts where it is told so, and nothing else changes', () => {
    const model = createModel(vocabulary, { ...settings, itemTexts: subjectTexts(7) });
    // Texts of another kind: all of them far to one side.
    const far = matrix(
      7,
      6,
      subjectTexts(7).values.map((value, at) => value + (at < 6 ? 0 : 10)),
    );
    const [kept, moved] = (['kept', 'new'] as const).map((center) =>
      withItems(model, vocabulary, far, { center }),
    );
    const other = leaves(moved!.params).filter(
      ([path, leaf]) =>
        !leaf
          .dataSync()
          .every((value, at) => value === new Map(leaves(kept!.params)).get(path)!.dataSync()[at]),
    );
    expect(other.map(([path]) => path)).toEqual(['adapter.center']);
    for (const [column, value] of moved!.params.adapter.center.dataSync().entries()) {
      const mean =
        Array.from({ length: 6 }, (_, item) => rowOf(far, item + 1)[column]!).reduce(
          (sum, own) => sum + own,
          0,
        ) / 6;
      expect(value).toBeCloseTo(mean, 4);
    }
    const alike = (of: typeof model) => {
      const [first, second] = [1, 2].map((item) => itemVectorsOf(of).slice([item, 0], [1, -1]));
      return tf.sum(tf.mul(first!, second!)).dataSync()[0]!;
    };
    expect(alike(kept!)).toBeGreaterThan(0.95); // two items of different subjects
    expect(alike(moved!)).toBeLessThan(0.5);
  });

  it('learns its adapter alone where it is told so: the sequence encoder stays to the bit', async () => {
    const log = toyLog(
      Array.from({ length: 60 * 6 }, (_, at) => {
        const user = Math.floor(at / 6);
        return [`u${user}`, String(1 + ((user + at) % 6)), at % 6] as const;
      }),
    );
    const split = leaveOneOut(toSequences(log));
    const before = createModel(vocabulary, { ...settings, itemTexts: subjectTexts(7) });
    const moved = withItems(before, split.sequences.vocabulary, subjectTexts(7), { learned: 'adapter' });
    expect(trainableLeaves(moved.params).map(([path]) => path)).toEqual([
      'adapter.center',
      'adapter.experts.kernel',
      'adapter.experts.bias',
    ]);
    await trainEncoder(moved, split, { ...trainingDefaults, maxEpochs: 2, batchSize: 16 });
    const own = new Map(leaves(before.params));
    const changed = leaves(moved.params).filter(
      ([path, leaf]) =>
        !own
          .get(path)!
          .dataSync()
          .every((value, at) => value === leaf.dataSync()[at]),
    );
    expect(changed.map(([path]) => path)).toEqual([
      'adapter.center',
      'adapter.experts.kernel',
      'adapter.experts.bias',
    ]);
    // With ids these are learned as well, and without the word everything but the texts.
    const both = createModel(vocabulary, {
      ...settings,
      config: { width: 8, ids: 'added' },
      itemTexts: subjectTexts(7),
    });
    const learnedOf = (learned: 'all' | 'adapter') =>
      trainableLeaves(withItems(both, vocabulary, subjectTexts(7), { learned }).params).map(([path]) => path);
    expect(learnedOf('adapter')).toContain('ids');
    expect(learnedOf('all')).toEqual(trainableLeaves(both.params).map(([path]) => path));
  }, 60_000);

  it('learns on planted subjects, leaves the texts as they are, finds items that it has never seen, and is saved with its texts', async () => {
    // Each user stays with one subject of three; items 1 to 60.
    const rng = createRng(3);
    const log = toyLog(
      Array.from({ length: 120 * 8 }, (_, at) => {
        const user = Math.floor(at / 8);
        return [`u${user}`, String(1 + 3 * rng.integer(20) + (user % 3)), at % 8] as const;
      }),
    );
    const sequences = toSequences(log);
    const all = subjectTexts(sequences.vocabulary.itemIds.length);
    const { warm, isCold } = holdOutItems(sequences, { share: 0.25, rng: createRng(1) });
    const rows = warm.vocabulary.itemIds.map((id) => (id === '' ? 0 : sequences.vocabulary.indexOf(id)));
    const texts = matrix(rows.length, 6, Float32Array.from(rows.flatMap((row) => [...rowOf(all, row)])));
    const model = createModel(warm.vocabulary, { ...settings, itemTexts: texts });
    const split = leaveOneOut(warm);
    const before = evaluateRanking(modelScorer(model), split, 'test').ndcg10;
    await trainEncoder(model, split, { ...trainingDefaults, maxEpochs: 15, batchSize: 32 });
    const after = evaluateRanking(modelScorer(model), split, 'test').ndcg10;
    expect(after).toBeGreaterThan(before + 0.02); // untrained, an adapter keeps much of what texts have in common
    expect(model.params.itemEmbedding.dataSync()).toEqual(texts.values);
    expect(trainableLeaves(model.params).some(([path]) => path === 'itemEmbedding')).toBe(false);

    const extended = withItems(model, sequences.vocabulary, all);
    const questions = coldQuestions(sequences, isCold);
    const { ranks } = rankWithScorer(amongItems(modelScorer(extended), isCold), questions, {
      seenItems: 'excluded',
    });
    // 15 new items, 5 of them of the user's subject (about; drawn): a guess has a mean rank of 8, the best possible is 3.
    const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
    expect(mean).toBeLessThan(4.5);

    const folder = mkdtempSync(join(tmpdir(), 'unisrec-'));
    saveModel(folder, extended);
    const loaded = loadModel(folder, 'unisrec');
    const histories = [Int32Array.of(1, 4, 7), Int32Array.of(2)];
    expect(userVectors(loaded, histories)).toEqual(userVectors(extended, histories));
    expect(itemVectorsOf(loaded).dataSync()).toEqual(itemVectorsOf(extended).dataSync());
  }, 60_000);
});
