import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, type Matrix } from '../../../lib/base/matrix';
import { createRng } from '../../../lib/base/random';
import { kmeans } from '../../../lib/clustering/kmeans';
import { summarise } from '../../../lib/evaluation/summary';
import { bootstrapStability } from '../../../lib/experiments/groups/bootstrap-stability';
import { startBackend } from '../../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

const bySign = ({ rows, columns, values }: Matrix): number[] =>
  Array.from({ length: rows }, (_, row) => Number(values[row * columns]! > 0));
const ten = matrixFromRows(Array.from({ length: 10 }, (_, row) => [row < 5 ? -1 - row : row]));

describe('stability by bootstrap', () => {
  it('is 1 for a rule that looks at each point alone', () => {
    const { labels, againstAll, between, jaccard } = bootstrapStability(ten, {
      cluster: bySign,
      rng: createRng(1),
      resamples: 6,
    });
    expect([...labels]).toEqual(bySign(ten));
    expect(againstAll).toEqual([1, 1, 1, 1, 1, 1]);
    expect(between).toEqual(Array(15).fill(1));
    expect([...jaccard]).toEqual([1, 1]);
  });

  it('is that of chance, and the overlap a share of the drawn, where resamples are not parted at all', () => {
    // 8 of 10 drawn, so some of both groups; one group of all overlaps with each by its share of the drawn.
    const { againstAll, between, jaccard } = bootstrapStability(ten, {
      cluster: (points) => (points.rows === 10 ? bySign(points) : new Int32Array(points.rows)),
      rng: createRng(2),
      share: 0.8,
    });
    expect(againstAll).toEqual(Array(20).fill(0));
    expect(between).toEqual(Array(190).fill(1)); // one group of all is one group of all
    expect(jaccard[0]! + jaccard[1]!).toBeCloseTo(1, 12);
    expect(jaccard[0]!).toBeGreaterThan(0.35);
  });

  it('counts noise as a group where groupings are compared, and nowhere else', () => {
    const { labels, againstAll, jaccard } = bootstrapStability(ten, {
      cluster: (points) => bySign(points).map((label) => label - 1),
      rng: createRng(3),
    });
    expect([...labels]).toEqual(bySign(ten).map((label) => label - 1));
    expect(summarise(againstAll).mean).toBe(1);
    expect([...jaccard]).toEqual([1]);
  });

  it('draws with putting back: about 63 % of the points, copies among them', () => {
    const seen: number[] = [];
    const many = matrixFromRows(Array.from({ length: 1000 }, (_, row) => [row]));
    bootstrapStability(many, {
      cluster: ({ rows, values }) => {
        seen.push(new Set(values).size);
        return new Int32Array(rows);
      },
      rng: createRng(4),
      resamples: 8,
    });
    expect(seen[0]).toBe(1000);
    for (const distinct of seen.slice(1))
      expect(Math.abs(distinct / 1000 - (1 - 1 / Math.E))).toBeLessThan(0.04);
    expect(new Set(seen).size).toBeGreaterThan(3); // not one draw again and again
  });

  it('tells planted groups from a cloud that is cut, and the one true group from the cut ones', () => {
    const rng = createRng(5);
    const far = matrixFromRows(
      Array.from({ length: 120 }, (_, row) => [(row % 3) * 20 + rng.normal(), rng.normal()]),
    );
    const cloud = matrixFromRows(Array.from({ length: 120 }, () => [rng.normal(), rng.normal()]));
    const half = matrixFromRows(
      Array.from({ length: 120 }, (_, row) =>
        row < 60 ? [30, rng.normal() / 50] : [rng.normal(), rng.normal()],
      ),
    );
    const ask = (points: Matrix) =>
      bootstrapStability(points, {
        cluster: (of, own) => kmeans(of, { k: 3, rng: own, restarts: 3 }).labels,
        rng: createRng(6),
        resamples: 10,
      });
    expect(Math.min(...ask(far).between)).toBe(1);
    expect(summarise(ask(cloud).between).mean).toBeLessThan(0.75);
    const { labels, jaccard } = ask(half);
    const whole = jaccard.indexOf(Math.max(...jaccard));
    expect(jaccard[whole]).toBe(1);
    expect(labels.filter((label) => label === whole).length).toBe(60);
    expect(Math.min(...jaccard)).toBeLessThan(0.9);
  });

  it('is the same for the same seed, other for another, and refuses what makes no sense', () => {
    const rng = createRng(7);
    const cloud = matrixFromRows(Array.from({ length: 40 }, () => [rng.normal(), rng.normal()]));
    const ask = (seed: number) =>
      bootstrapStability(cloud, {
        cluster: (of, own) => kmeans(of, { k: 4, rng: own, restarts: 1 }).labels,
        rng: createRng(seed),
        resamples: 3,
      });
    expect(ask(1)).toEqual(ask(1));
    expect(ask(1).between).not.toEqual(ask(2).between);
    const options = { cluster: bySign, rng: createRng(1) };
    expect(() => bootstrapStability(ten, { ...options, resamples: 1 })).toThrow('from 2, got 1');
    expect(() => bootstrapStability(ten, { ...options, share: 1 })).toThrow('below 1, got 1');
  });
});
