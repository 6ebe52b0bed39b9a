import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { nearestNeighbors } from '../../lib/clustering/nearest-neighbors';
import { fitPca, projectPca } from '../../lib/clustering/pca';
import { umap } from '../../lib/clustering/umap';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

const numGroups = 8;
const rng = createRng(1);
/** Eight groups, each along a column of its own: no plane holds them. */
const points = matrixFromRows(
  Array.from({ length: 160 }, (_, row) =>
    Array.from({ length: numGroups }, (_, axis) => (row % numGroups === axis ? 8 : 0) + rng.normal()),
  ),
);

/** Share of the five nearest points in a picture that belong to the own group. */
function keptTogether(picture: ReturnType<typeof umap>): number {
  const { indices } = nearestNeighbors(picture, 5);
  const own = indices.filter((other, at) => other % numGroups === Math.floor(at / 5) % numGroups);
  return own.length / indices.length;
}

describe('umap', () => {
  it('keeps groups together that a plane cannot show', () => {
    const picture = umap(points, { rng: createRng(2), neighbors: 10, epochs: 150 });
    expect([picture.rows, picture.columns]).toEqual([160, 2]);
    expect(picture.values.every(Number.isFinite)).toBe(true);
    expect(keptTogether(picture)).toBeGreaterThan(0.97);
    expect(keptTogether(projectPca(fitPca(points, 2), points))).toBeLessThan(0.9);
  });

  it('is the same for the same seed only', () => {
    const run = (seed: number) => umap(points, { rng: createRng(seed), epochs: 5, dimensions: 3 });
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
    expect(run(3).columns).toBe(3);
  });

  it('survives identical points', () => {
    const same = matrixFromRows(Array.from({ length: 20 }, () => [1, 2]));
    expect(umap(same, { rng: createRng(1), neighbors: 5, epochs: 5 }).values.every(Number.isFinite)).toBe(
      true,
    );
  });

  it('refuses what it cannot lay out', () => {
    const few = matrixFromRows([[1], [2], [NaN]]);
    expect(() => umap(few, { rng })).toThrow('row 2');
    expect(() => umap(matrixFromRows([[1], [2]]), { rng })).toThrow(
      '2 points have 1 neighbours at most, asked for 14',
    );
    expect(() => umap(points, { rng, neighbors: 1 })).toThrow('got 1');
    expect(() => umap(points, { rng, dimensions: 0 })).toThrow('got 0');
    expect(() => umap(points, { rng, minDistance: 2 })).toThrow('got 2');
    expect(() => umap(points, { rng, epochs: 0 })).toThrow('got 0');
  });
});
