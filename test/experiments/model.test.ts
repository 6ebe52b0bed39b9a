import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { rowOf } from '../../lib/base/matrix';
import { evaluateRanking, metricsOf, rankingProtocol } from '../../lib/experiments/evaluate-ranking';
import { loadModel, saveModel } from '../../lib/experiments/model-folder';
import { createModel, encodeHistories, modelScorer, userVectors } from '../../lib/experiments/sequence-model';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut, type LeaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { buildVocabulary } from '../../lib/preprocessing/vocabulary';
import type { Scorer } from '../../lib/recommendation/scorer';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

const vocabulary = buildVocabulary(['1', '2', '3', '4', '5', '6']);
const model = (seed = 1): ReturnType<typeof createModel> =>
  createModel(vocabulary, { encoder: 'lstm', length: 3, seed, config: { width: 4 } });

describe('a sequence model', () => {
  const histories = [Int32Array.of(1, 2), Int32Array.of(6, 5, 4, 3, 2), Int32Array.of(3)];

  it('gives each user the same vector, alone or in a batch of any size', () => {
    const m = model();
    const together = userVectors(m, histories);
    const one = userVectors(m, histories, { batchSize: 1 });
    together.values.forEach((value, place) => expect(value).toBeCloseTo(one.values[place]!, 6));
    expect([together.rows, together.columns]).toEqual([3, 4]);
  });

  it('reads the latest events only, as many as its length', () => {
    const m = model();
    const vectors = userVectors(m, [Int32Array.of(1, 1, 4, 3, 2), Int32Array.of(4, 3, 2)]);
    expect([...rowOf(vectors, 0)]).toEqual([...rowOf(vectors, 1)]);
  });

  it('pools as it is told', () => {
    const m = model();
    const [last, mean] = (['last', 'mean'] as const).map((pooling) => [
      ...userVectors(m, histories, { pooling }).values,
    ]);
    expect(last!.slice(8)).toEqual(mean!.slice(8)); // one event: last and mean are the same
    expect(last!.slice(0, 8)).not.toEqual(mean!.slice(0, 8));
  });

  it('scores by the dot product of user and item vector, and keeps no tensors', () => {
    const m = model();
    const before = tf.memory().numTensors;
    const scores_NV = modelScorer(m).score(histories);
    const expected = tf.tidy(() =>
      tf.matMul(encodeHistories(m, histories), m.params.itemEmbedding, false, true).arraySync(),
    );
    expect(scores_NV.arraySync()).toEqual(expected);
    scores_NV.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('comes back from its folder with the same numbers and no training data', () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    const m = model(7);
    saveModel(folder, m);
    const again = loadModel(folder);
    expect(userVectors(again, histories)).toEqual(userVectors(m, histories));
    expect(again.vocabulary.itemIds).toEqual(m.vocabulary.itemIds);
    expect(again.length).toBe(3);
  });

  it('keeps its question when it pools by attention, and says what to do where it has none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    const asking = createModel(vocabulary, { encoder: 'lstm', length: 3, seed: 2, attentionPooling: true });
    saveModel(folder, asking);
    const again = userVectors(loadModel(folder), histories, { pooling: 'attention' });
    expect(again).toEqual(userVectors(asking, histories, { pooling: 'attention' }));
    expect(again).not.toEqual(userVectors(asking, histories, { pooling: 'mean' }));
    expect(() => userVectors(model(), histories, { pooling: 'attention' })).toThrow(
      'create it with attentionPooling',
    );
    // The question is drawn beside the encoder's weights: these are the same with and without it.
    const without = createModel(vocabulary, { encoder: 'lstm', length: 3, seed: 2 });
    expect(userVectors(asking, histories)).toEqual(userVectors(without, histories));
  });

  it('is refused when its folder is damaged, by file and remedy', () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    saveModel(folder, model());
    const file = join(folder, 'vocabulary.json');
    writeFileSync(file, JSON.stringify(['', '1']));
    expect(() => loadModel(folder)).toThrow(/vocabulary\.json: .*does not hold the 7 items/);
    writeFileSync(file, readFileSync(file).subarray(0, 3));
    expect(() => loadModel(folder)).toThrow(/vocabulary\.json: this is not JSON/);
    expect(() => loadModel(folder, 'gru')).toThrow('the model is a lstm, not a gru');
    expect(() => loadModel(join(folder, 'absent'))).toThrow(
      /config\.json: there is no such file\. Name the folder/,
    );
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as {
      config: { width: number };
    };
    saveModel(folder, model());
    writeFileSync(
      join(folder, 'config.json'),
      JSON.stringify({ ...config, config: { ...config.config, width: 5 } }),
    );
    expect(() => loadModel(folder)).toThrow(
      /weights\.safetensors: .*itemEmbedding is \[7, 4\] there and \[7, 5\] here/,
    );
  });
});

describe('the evaluation of a ranking', () => {
  // Items 1 to 6. u: 1 2 3 | 4 | 5; v: 6 5 4 | 3 | 6, whose test item is a repeat.
  const split = (): LeaveOneOut =>
    leaveOneOut(
      toSequences(
        toyLog([
          ...[1, 2, 3, 4, 5].map((item) => ['u', String(item), null] as const),
          ...[6, 5, 4, 3, 6].map((item) => ['v', String(item), null] as const),
        ]),
      ),
    );
  /** The larger the item, the better. */
  const byIndex: Scorer = {
    name: 'by index',
    numItems: 7,
    score: (histories) => tf.tile(tf.tensor2d([0, 1, 2, 3, 4, 5, 6], [1, 7]), [histories.length, 1]),
  };

  it('ranks the held-out item among all items not seen before; a repeated target stays a candidate', () => {
    const test = evaluateRanking(byIndex, split(), 'test', { topN: 3 });
    // u saw 1 to 4: candidates 6, 5. v saw 6, 5, 4, 3, but the target 6 stays: 6, 2, 1.
    expect([...test.targets]).toEqual([5, 6]);
    expect([...test.ranks]).toEqual([2, 1]);
    expect(test.top.map((items) => [...items])).toEqual([
      [6, 5],
      [6, 2, 1],
    ]);
    expect([test.repeatShare, test.tiedShare]).toEqual([0.5, 0]);
    expect(test.ndcg10).toBeCloseTo((1 / Math.log2(3) + 1) / 2, 12);
  });

  it('gives the validation item the training events as history, and the test item one more', () => {
    const lengths: number[][] = [];
    const spy: Scorer = {
      ...byIndex,
      score: (histories) => {
        lengths.push(histories.map(({ length }) => length));
        return byIndex.score(histories);
      },
    };
    evaluateRanking(spy, split(), 'validation');
    evaluateRanking(spy, split(), 'test');
    expect(lengths).toEqual([
      [3, 3],
      [4, 4],
    ]);
  });

  it('carries its protocol', () => {
    const s = split();
    const protocol = rankingProtocol(
      s,
      { name: 'toy', sha256: 'ab' },
      { which: 'test', cut: 'none', loss: null, seed: null },
    );
    const metrics = metricsOf(evaluateRanking(byIndex, s, 'test'), protocol);
    expect(metrics.map(({ metric }) => metric)).toEqual([
      'HR@5',
      'HR@10',
      'HR@20',
      'NDCG@5',
      'NDCG@10',
      'NDCG@20',
      'MRR',
    ]);
    expect(metrics[0]!.protocol).toMatchObject({
      data: { name: 'toy', users: 2, items: 6, events: 10 },
      candidates: 'full',
      seenItems: 'excluded',
      target: 'test',
      ties: 'index',
    });
    expect(metrics.at(-1)!.value).toBeCloseTo((1 / 2 + 1) / 2, 12);
  });
});
