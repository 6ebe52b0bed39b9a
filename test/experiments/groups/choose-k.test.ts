import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, type Matrix } from '../../../lib/base/matrix';
import { createRng } from '../../../lib/base/random';
import { kmeans } from '../../../lib/clustering/kmeans';
import { daviesBouldin } from '../../../lib/evaluation/davies-bouldin';
import { silhouette } from '../../../lib/evaluation/silhouette';
import { chooseK, criteria, type ChooseKOptions } from '../../../lib/experiments/groups/choose-k';
import { startBackend } from '../../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

const byKmeans: ChooseKOptions['cluster'] = (points, k, rng) =>
  kmeans(points, { k, rng, restarts: 2 }).labels;

/** Points on a line, cut into k parts with as many points each. */
const byOrder: ChooseKOptions['cluster'] = ({ rows, values }, k) => {
  const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => values[a]! - values[b]!);
  const labels = new Int32Array(rows);
  for (const [place, row] of order.entries()) labels[row] = Math.floor((place * k) / rows);
  return labels;
};

function drawGroups(centres: readonly (readonly number[])[], perGroup: number, seed: number): Matrix {
  const rng = createRng(seed);
  return matrixFromRows(
    centres.flatMap((centre) =>
      Array.from({ length: perGroup }, () => centre.map((at) => at + rng.normal())),
    ),
  );
}

describe('the choice of k', () => {
  it('finds planted groups by every criterion, with the smallest p that its references allow', async () => {
    const points = drawGroups([[0, 0], [8, 0], [0, 8]], 20, 1); // prettier-ignore
    const told: string[] = [];
    const { rows, best, p, k } = await chooseK(points, {
      cluster: byKmeans,
      to: 5,
      rng: createRng(2),
      references: 19,
      onProgress: (done, all) => told.push(`${done}/${all}`),
    });
    expect(k).toBe(3);
    for (const criterion of criteria) {
      expect([criterion, best[criterion], p[criterion]]).toEqual([criterion, 3, 0.05]);
    }
    expect(rows.map((row) => row.k)).toEqual([2, 3, 4, 5]);
    expect([told[0], told.at(-1), told.length]).toEqual(['1/20', '20/20', 20]);
    const { labels } = kmeans(points, { k: 3, rng: createRng(1) });
    const at3 = rows[1]!.criteria;
    expect(at3.silhouette.value).toBeCloseTo(silhouette(points, labels), 5);
    expect(at3['Davies-Bouldin'].value).toBeCloseTo(daviesBouldin(points, labels), 5);
    expect(at3['Davies-Bouldin'].value).toBeLessThan(at3['Davies-Bouldin'].expected); // smaller is better there
    expect(at3.stability.value).toBe(1);
    for (const criterion of ['silhouette', 'Calinski-Harabasz'] as const) {
      const { value, expected, above } = at3[criterion];
      const squares = rows.map((row) => row.criteria[criterion].spread ** 2);
      const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
      expect(above).toBeCloseTo((value - expected) / deviation, 8);
    }
  });

  it('says that there are no groups in one slanting cloud, though every k has its criteria', async () => {
    const rng = createRng(13);
    const cloud = matrixFromRows(
      Array.from({ length: 200 }, () => {
        const along = 5 * rng.normal();
        return [along + rng.normal(), along - rng.normal(), rng.normal()];
      }),
    );
    const { k, p, rows } = await chooseK(cloud, { cluster: byKmeans, to: 4, rng: createRng(4) });
    expect(k).toBeNull();
    expect(p.silhouette).toBeGreaterThan(0.05);
    // Cut in two, a long cloud looks well parted and stable: what the comparison is for.
    expect(rows[0]!.criteria.silhouette.value).toBeGreaterThan(0.4);
    expect(rows[0]!.criteria.stability.value).toBeGreaterThan(0.6);
  });

  it('finds groups in data without any as often as its level says', async () => {
    let found = 0;
    for (let seed = 0; seed < 40; seed++) {
      const rng = createRng(100 + seed);
      const cloud = matrixFromRows(Array.from({ length: 30 }, () => [rng.normal()]));
      const { k } = await chooseK(cloud, {
        cluster: byOrder,
        to: 3,
        rng: createRng(seed),
        references: 4,
        resamples: 2,
        level: 0.2,
      });
      if (k !== null) found++;
    }
    // 40 draws with a chance of .2: 2 to 15 in 99.9 % of all.
    expect(found).toBeGreaterThanOrEqual(2);
    expect(found).toBeLessThanOrEqual(15);
  });

  it('uses the cloud, the seed and the resamples that it is given', async () => {
    const points = drawGroups([[0], [4]], 15, 5);
    const base = { cluster: byOrder, to: 2, rng: createRng(1), references: 4, level: 0.2 } as const;
    const ask = async (more: Partial<ChooseKOptions>) => (await chooseK(points, { ...base, ...more })).rows;
    const plain = await ask({});
    expect(await ask({})).toEqual(plain);
    for (const more of [{ cloud: 'columns' }, { rng: createRng(2) }, { resamples: 5 }] as const) {
      expect(await ask(more)).not.toEqual(plain);
    }
  });

  it('stops when asked to, and refuses what makes no sense', async () => {
    const points = drawGroups([[0], [4]], 15, 6);
    const options = { cluster: byOrder, to: 3, rng: createRng(1) };
    await expect(chooseK(points, { ...options, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    await expect(chooseK(points, { ...options, from: 1 })).rejects.toThrow('2 <= from <= to, got 1 and 3');
    await expect(chooseK(points, { ...options, references: 1 })).rejects.toThrow('references must be');
    await expect(chooseK(points, { ...options, references: 10 })).rejects.toThrow('a level of 0.05 needs 19');
    await expect(chooseK(points, { ...options, level: 1 })).rejects.toThrow('level must lie');
  });
});
