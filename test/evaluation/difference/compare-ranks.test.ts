import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { compareRanks, type RankedModel } from '../../../lib/evaluation/difference/compare-ranks';
import { hitRate } from '../../../lib/evaluation/hit-rate';
import { mrr } from '../../../lib/evaluation/mrr';
import { ndcg } from '../../../lib/evaluation/ndcg';
import { protocol } from '../protocol-example';

const model = (name: string, ranks: number[], more: Partial<RankedModel> = {}): RankedModel => ({
  name,
  ranks,
  protocol,
  ...more,
});
const rng = createRng(1);
const small = { rng, resamples: 200 };
const first = model('a', [1, 5, 30, 2, 11, 4]);
const second = model('b', [2, 1, 8, 2, 3, 40]);

describe('comparing two models', () => {
  it('gives the metrics of both, their difference, and who gained', () => {
    const found = compareRanks(first, second, { ...small, metric: 'NDCG', k: 10 });
    expect(found.metric).toBe('NDCG@10');
    expect(found.values[0]).toBeCloseTo(ndcg(first.ranks, 10), 12);
    expect(found.values[1]).toBeCloseTo(ndcg(second.ranks, 10), 12);
    expect(found.difference).toBeCloseTo(found.values[1] - found.values[0], 12);
    expect(found).toMatchObject({ users: 6, better: 3, worse: 2, names: ['a', 'b'], protocol });
    expect(found.low).toBeLessThan(found.difference);
    expect(found.high).toBeGreaterThan(found.difference);
    expect(found.method).toContain('sign flips (all)');
    const hits = compareRanks(first, second, { ...small, metric: 'HR', k: 10 });
    expect(hits.values).toEqual([hitRate(first.ranks, 10), hitRate(second.ranks, 10)]);
    const reciprocal = compareRanks(first, second, { ...small, metric: 'MRR' });
    expect(reciprocal.values[1]).toBeCloseTo(mrr(second.ranks), 12);
  });

  it('counts a person once, however many events there are', () => {
    // user 7: hits 1, 0, 0 and 1, 1, 0; user 9: 0 and 1
    const users = [7, 7, 9, 7];
    const found = compareRanks(model('a', [1, 99, 99, 99], { users }), model('b', [1, 1, 1, 99], { users }), {
      ...small,
      metric: 'HR',
      k: 10,
    });
    expect(found.users).toBe(2);
    expect(found.values[0]).toBeCloseTo(1 / 6, 12);
    expect(found.values[1]).toBeCloseTo((2 / 3 + 1) / 2, 12);
  });

  it('finds a planted difference, and none between a model and itself', () => {
    const draw = createRng(2);
    const ranks = Array.from({ length: 800 }, () => 1 + draw.integer(40));
    const better = ranks.map((rank) => (draw.next() < 0.2 ? Math.max(1, rank - 15) : rank));
    const planted = compareRanks(model('a', ranks), model('b', better), {
      rng,
      resamples: 2000,
      metric: 'HR',
      k: 10,
    });
    expect(planted.p).toBeLessThan(0.001);
    expect(planted.low).toBeGreaterThan(0);
    expect(planted.rankBiserial).toBe(1);
    const none = compareRanks(model('a', ranks), model('again', ranks), { ...small, metric: 'HR', k: 10 });
    expect(none).toMatchObject({ difference: 0, low: 0, high: 0, p: 1, cohensD: 0, rankBiserial: 0 });
  });

  it('is the same for the same seed, and turns with its models', () => {
    const options = { rng: createRng(3), resamples: 300, metric: 'NDCG', k: 10 } as const;
    const [one, again] = [0, 1].map(() => compareRanks(first, second, options));
    expect(again).toEqual(one);
    const turned = compareRanks(second, first, options);
    expect(turned.difference).toBeCloseTo(-one!.difference, 12);
    expect(turned.p).toBe(one!.p);
  });

  it('lets loss and seed differ, and says so', () => {
    const other = { ...protocol, loss: 'bce', seed: 2 };
    const found = compareRanks(first, { ...second, protocol: other }, { ...small, metric: 'HR', k: 5 });
    expect(found).toMatchObject({ losses: ['cross-entropy', 'bce'], seeds: [1, 2] });
  });

  it('refuses two protocols, other people, other questions', () => {
    const options = { ...small, metric: 'HR', k: 10 } as const;
    const sampled = { ...protocol, candidates: 'uniform-100' };
    expect(() => compareRanks(first, { ...second, protocol: sampled }, options)).toThrow(
      /not measured alike \(candidates: full \/ uniform-100\)/,
    );
    expect(() => compareRanks(first, model('b', [1, 2]), options)).toThrow(/6 ranks, b 2/);
    const users = [0, 1, 2, 3, 4, 5];
    expect(() => compareRanks({ ...first, users }, second, options)).toThrow(/only one/);
    expect(() =>
      compareRanks({ ...first, users }, { ...second, users: [0, 1, 2, 3, 5, 4] }, options),
    ).toThrow(/rank 4 is of users 4 for a and 5 for b/);
    expect(() =>
      compareRanks({ ...first, targets: users }, { ...second, targets: [9, 1, 2, 3, 4, 5] }, options),
    ).toThrow(/rank 0 is of targets/);
    expect(() => compareRanks(first, second, { ...small, metric: 'HR' })).toThrow(/k must be/);
    expect(() => compareRanks(first, second, { ...small, metric: 'MRR', k: 5 })).toThrow(/leave it out/);
    expect(() => compareRanks(first, model('b', [0, 1, 1, 1, 1, 1]), options)).toThrow(/row 0 is 0/);
  });
});
