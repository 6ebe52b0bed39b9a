import * as tf from '@tensorflow/tfjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { loadMovieLens100k, movieLens100kFolder } from '../../lib/data/movielens';
import { hitRate } from '../../lib/evaluation/hit-rate';
import { metricTable, protocolDifferences } from '../../lib/evaluation/protocol';
import { compareProtocols, orderAgreements } from '../../lib/experiments/compare-protocols';
import { heldOut } from '../../lib/experiments/held-out';
import { startBackend } from '../../lib/nn/backend';
import { ranksUnder, type TieRule } from '../../lib/nn/rank';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { rowsOf } from '../../lib/preprocessing/splits/split';
import { toSequences } from '../../lib/preprocessing/sequences';
import { markov } from '../../lib/recommendation/markov';
import { countItems, popularity } from '../../lib/recommendation/popularity';
import { rankWithScorer } from '../../lib/recommendation/rank-with-scorer';
import type { Scorer } from '../../lib/recommendation/scorer';

beforeAll(async () => {
  await startBackend();
});

const isThere = existsSync(join(movieLens100kFolder(), 'ml-100k.inter'));

describe.skipIf(!isThere)('MovieLens-100K (needs the cache folder)', () => {
  const loaded = async () => {
    const log = await loadMovieLens100k();
    return { log, split: leaveOneOut(toSequences(log)) };
  };

  it('a Markov chain without fallback scores what the tie rule says: .2598, .1273, .1029', async () => {
    const { split } = await loaded();
    // Transitions are counted with the validation item, which is known when the test is asked.
    const rows = Int32Array.from([...rowsOf(split, 'training'), ...rowsOf(split, 'validation')]).sort();
    const scorer = markov(split.sequences, rows, { fallback: 'none' });
    const { standing, tiedShare } = rankWithScorer(
      scorer,
      heldOut(split, { which: 'test', events: 'last' }),
      {
        seenItems: 'excluded',
      },
    );
    const hr10 = (rule: TieRule): number => hitRate(ranksUnder(standing, rule), 10);
    expect(hr10('strictly-larger')).toBeCloseTo(0.2598, 4);
    expect(hr10('averaged')).toBeCloseTo(0.1273, 4);
    expect(hr10('pessimistic')).toBeCloseTo(0.1029, 4);
    // By index the well-known films, which happen to have small numbers, go first.
    expect(hr10('index')).toBeCloseTo(134 / 943, 10);
    expect(tiedShare).toBeCloseTo(911 / 943, 10);
  });

  it('stands under full, uniform and popular candidates from one pass, and tables refuse the mixture', async () => {
    const { log, split } = await loaded();
    let passes = 0;
    const counted = (scorer: Scorer): Scorer => ({
      ...scorer,
      score: (...asked) => {
        passes += 1;
        return scorer.score(...asked);
      },
    });
    const training = rowsOf(split, 'training');
    const noise: Scorer = {
      name: 'noise',
      numItems: split.sequences.vocabulary.itemIds.length,
      score: (histories) => {
        const rng = createRng(5).child(passes);
        const scores = Float32Array.from({ length: histories.length * noise.numItems }, () => rng.next());
        return tf.tensor2d(scores, [histories.length, noise.numItems]);
      },
    };
    const scorers = [
      popularity(countItems(split)),
      markov(split.sequences, training),
      markov(split.sequences, training, { fallback: 'none' }),
      noise,
    ];
    const grid = { which: 'test', cut: 'none', sampleSeed: 1, ties: ['index', 'pessimistic'] } as const;
    const { columns, tiedShares } = compareProtocols(
      scorers.map((scorer) => ({ scorer: counted(scorer), loss: null, seed: null })),
      split,
      log.source,
      grid,
    );
    expect(passes).toBe(4 * Math.ceil(943 / 256));
    expect(columns.map(({ name }) => name)).toEqual([
      'full, ties: index',
      'full, ties: pessimistic',
      'uniform-100 by seed 1, ties: index',
      'uniform-100 by seed 1, ties: pessimistic',
      'popularity-100 by seed 1, ties: index',
      'popularity-100 by seed 1, ties: pessimistic',
    ]);
    const of = (column: number, row: number, metric = 'HR@10'): number =>
      columns[column]!.rows[row]!.metrics.find((value) => value.metric === metric)!.value;
    expect(of(0, 0)).toBeCloseTo(81 / 943, 10); // the README's .0859
    // Noise has a hit among 100 + 1 in 10 of 101 cases, whatever the candidates; four standard errors are .039.
    for (const column of [2, 4]) expect(Math.abs(of(column, 3) - 10 / 101)).toBeLessThan(0.039);
    // Popularity is five times as good among random items as among all, and little better than noise among popular ones.
    expect(of(2, 0)).toBeGreaterThan(4 * of(0, 0));
    expect(of(4, 0)).toBeLessThan(0.5 * of(2, 0));
    expect(of(1, 2)).toBeLessThan(of(0, 2));
    expect(tiedShares[3]).toBeLessThan(tiedShares[2]!);
    // One column is one table; two are refused, or marked.
    for (const { rows, protocol } of columns) {
      expect(metricTable(rows).notes).toEqual([]);
      expect(protocolDifferences(protocol, rows[0]!.metrics[0]!.protocol)).toEqual([]);
    }
    const both = [...columns[0]!.rows, ...columns[2]!.rows];
    expect(() => metricTable(both)).toThrow('candidates: full / uniform-100 by seed 1');
    expect(metricTable(both, { protocols: 'marked' }).notes).toHaveLength(1);
    const agreements = orderAgreements(columns, 'NDCG@10');
    expect(agreements).toHaveLength(15);
    for (const { tau } of agreements) expect(Math.abs(tau!)).toBeLessThanOrEqual(1);
  }, 60_000);
});

describe('the agreement of orders', () => {
  const column = (name: string, ...values: number[]) => ({
    name,
    protocol: null as never,
    rows: values.map((value, model) => ({
      name: `model ${model}`,
      metrics: [{ metric: 'HR@10', value, interval: null, users: 1, protocol: null as never }],
    })),
  });

  it('is 1 for the same order, less for each swap, and none where all are equal', () => {
    const found = orderAgreements(
      [column('a', 0.1, 0.2, 0.3), column('b', 0.4, 0.6, 0.5), column('c', 1, 1, 1)],
      'HR@10',
    );
    expect(found).toEqual([
      { first: 'a', second: 'b', tau: 1 / 3 },
      { first: 'a', second: 'c', tau: null },
      { first: 'b', second: 'c', tau: null },
    ]);
    expect(() => orderAgreements([column('a', 0.1)], 'HR@10')).toThrow('1 model is no order');
    expect(() => orderAgreements([column('a', 0.1, 0.2)], 'MRR')).toThrow("'model 0' has no MRR");
  });
});
