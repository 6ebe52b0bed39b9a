import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixFromRows, rowOf, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { defaultMatrixBytes, squaredDistances } from '../../lib/clustering/distance-matrix';
import { dendrogram } from '../../lib/clustering/dendrogram';
import { hierarchical, type Linkage } from '../../lib/clustering/hierarchical';
import { cutTree } from '../../lib/clustering/merge-tree';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { irisPoints, irisSpecies } from './iris';
import { expected, pointsOf } from './scikit-learn/expected';

const linkages: Linkage[] = ['ward', 'average', 'complete', 'single'];

/** Joins the nearest of all pairs by the definition of the distance, looking at every pair of points. */
function byDefinition(points: Matrix, linkage: Linkage): number[] {
  let groups = Array.from({ length: points.rows }, (_, row) => [row]);
  const heights: number[] = [];
  while (groups.length > 1) {
    let best = { height: Infinity, one: 0, other: 0 };
    for (let one = 0; one < groups.length; one++) {
      for (let other = one + 1; other < groups.length; other++) {
        const height = apart(points, groups[one]!, groups[other]!, linkage);
        if (height < best.height) best = { height, one, other };
      }
    }
    heights.push(best.height);
    const joined = [...groups[best.one]!, ...groups[best.other]!];
    groups = [...groups.filter((_, place) => place !== best.one && place !== best.other), joined];
  }
  return heights;
}

function apart(points: Matrix, a: number[], b: number[], linkage: Linkage): number {
  if (linkage === 'ward') {
    const mean = (rows: number[], axis: number): number =>
      rows.reduce((sum, row) => sum + rowOf(points, row)[axis]!, 0) / rows.length;
    const squared = [...Array(points.columns).keys()].reduce(
      (sum, axis) => sum + (mean(a, axis) - mean(b, axis)) ** 2,
      0,
    );
    return Math.sqrt(((2 * a.length * b.length) / (a.length + b.length)) * squared);
  }
  const all = a.flatMap((one) =>
    b.map((other) =>
      Math.sqrt(
        rowOf(points, one).reduce((sum, value, axis) => sum + (value - rowOf(points, other)[axis]!) ** 2, 0),
      ),
    ),
  );
  if (linkage === 'single') return Math.min(...all);
  if (linkage === 'complete') return Math.max(...all);
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

describe('hierarchical', () => {
  it.each(expected.hierarchical)('equals SciPy and scikit-learn: $method on $data', (wanted) => {
    const tree = hierarchical(pointsOf[wanted.data], { linkage: wanted.method });
    wanted.heights.forEach((height, merge) => expect(tree.heights[merge]).toBeCloseTo(height, 8));
    expect([...tree.left]).toEqual(wanted.left);
    expect([...tree.right]).toEqual(wanted.right);
    for (const [k, labels] of Object.entries(wanted.cut)) {
      expect(adjustedRand(cutTree(tree, { k: Number(k) }), labels)).toBe(1);
    }
  });

  it('groups iris as scikit-learn does', () => {
    // scikit-learn 1.9.1: adjusted_rand_score(y, AgglomerativeClustering(3, linkage='ward').fit(x).labels_)
    const labels = cutTree(hierarchical(irisPoints, { linkage: 'ward' }), { k: 3 });
    expect(adjustedRand(labels, irisSpecies)).toBeCloseTo(0.7311985567707746, 12);
  });

  it.each(linkages)('%s: joins the nearest groups by the definition of their distance', (linkage) => {
    for (let seed = 0; seed < 30; seed++) {
      const rng = createRng(seed); // normal numbers: no two distances are equal
      const points = matrixFromRows(
        Array.from({ length: 1 + (seed % 13) }, () => [rng.normal(), rng.normal()]),
      );
      const { heights } = hierarchical(points, { linkage });
      byDefinition(points, linkage).forEach((height, merge) => expect(heights[merge]).toBeCloseTo(height, 6));
    }
  });

  it.each(linkages)('%s: makes one tree of all points, heights never falling, ties or not', (linkage) => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 1,
      maxLength: 90,
    });
    fc.assert(
      fc.property(rows, (values) => {
        const N = values.length;
        const { left, right, heights, sizes } = hierarchical(matrixFromRows(values), { linkage });
        expect(heights.length).toBe(N - 1);
        if (N > 1) expect(sizes.at(-1)).toBe(N);
        expect([...left, ...right].sort((a, b) => a - b)).toEqual([...Array(2 * N - 2).keys()]);
        for (let merge = 0; merge < N - 1; merge++) {
          expect(Math.max(left[merge]!, right[merge]!)).toBeLessThan(N + merge);
          if (merge > 0) expect(heights[merge]).toBeGreaterThanOrEqual(heights[merge - 1]! - 1e-9);
        }
      }),
    );
  });

  it('joins identical points at height 0, and takes a single point', () => {
    const same = hierarchical(matrixFromRows([[1, 2], [1, 2], [1, 2]]), { linkage: 'ward' }); // prettier-ignore
    expect([...same.heights]).toEqual([0, 0]);
    expect([...cutTree(hierarchical(matrixFromRows([[1]]), { linkage: 'ward' }), { k: 1 })]).toEqual([0]);
  });

  it('refuses what it cannot work with, and distances that do not fit', () => {
    expect(() => hierarchical(matrixFromRows([[1], [NaN]]), { linkage: 'ward' })).toThrow('row 1');
    expect(() => hierarchical(matrixFromRows([]), { linkage: 'ward' })).toThrow('0 points');
    const many = { rows: 40_000, columns: 1, values: new Float32Array(40_000) };
    expect(() => hierarchical(many, { linkage: 'ward' })).toThrow(
      'the distances of 40000 points take 6.0 GiB, more than the 1.0 allowed. Group a sample, or the centroids of k-means',
    );
  });
});

describe('squaredDistances', () => {
  it('holds every pair at its place, for even and odd numbers of points', () => {
    const rng = createRng(5);
    for (let N = 1; N <= 9; N++) {
      const points = matrixFromRows(
        Array.from({ length: N }, () => [rng.normal(), rng.normal(), rng.normal()]),
      );
      const wanted = [...Array(N).keys()].flatMap((one) =>
        [...Array(N).keys()]
          .filter((other) => other > one)
          .map((other) =>
            rowOf(points, one).reduce(
              (sum, value, axis) => sum + (value - rowOf(points, other)[axis]!) ** 2,
              0,
            ),
          ),
      );
      const found = squaredDistances('test', points, defaultMatrixBytes);
      expect(found.length).toBe(wanted.length);
      wanted.forEach((value, pair) => expect(found[pair]).toBeCloseTo(value, 12));
    }
  });
});

describe('cutTree', () => {
  const tree = hierarchical(matrixFromRows([[0], [10], [1], [13]]), { linkage: 'single' });

  it('gives every number of groups, in the order of their first points', () => {
    expect([...tree.heights]).toEqual([1, 3, 9]);
    expect([...cutTree(tree, { k: 4 })]).toEqual([0, 1, 2, 3]);
    expect([...cutTree(tree, { k: 3 })]).toEqual([0, 1, 0, 2]);
    expect([...cutTree(tree, { k: 2 })]).toEqual([0, 1, 0, 1]);
    expect([...cutTree(tree, { k: 1 })]).toEqual([0, 0, 0, 0]);
  });

  it('does the merges up to a height, that height among them', () => {
    expect([...cutTree(tree, { height: 0 })]).toEqual([0, 1, 2, 3]);
    expect([...cutTree(tree, { height: 3 })]).toEqual([0, 1, 0, 1]);
    expect([...cutTree(tree, { height: 2.9 })]).toEqual([0, 1, 0, 2]);
    expect([...cutTree(tree, { height: 99 })]).toEqual([0, 0, 0, 0]);
  });

  it('refuses more groups than points', () => {
    expect(() => cutTree(tree, { k: 5 })).toThrow('4 points make 1 to 4 groups, asked for 5');
    expect(() => cutTree(tree, { k: 0 })).toThrow('asked for 0');
    expect(() => cutTree(tree, { height: NaN })).toThrow('got NaN');
  });
});

describe('dendrogram', () => {
  it('puts the points of each group side by side', () => {
    const { leaves, brackets } = dendrogram(
      hierarchical(matrixFromRows([[0], [10], [1], [13]]), { linkage: 'single' }),
    );
    expect([...leaves]).toEqual([0, 2, 1, 3]);
    expect(brackets).toEqual([
      { left: 0, right: 1, leftHeight: 0, rightHeight: 0, height: 1 },
      { left: 2, right: 3, leftHeight: 0, rightHeight: 0, height: 3 },
      { left: 0.5, right: 2.5, leftHeight: 1, rightHeight: 3, height: 9 },
    ]);
    expect([...dendrogram(hierarchical(matrixFromRows([[7]]), { linkage: 'ward' })).leaves]).toEqual([0]);
  });
});
