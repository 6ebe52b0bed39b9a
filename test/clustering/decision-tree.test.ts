import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, matrixFromRows } from '../../lib/base/matrix';
import {
  classifyByTree,
  classOfLeaf,
  fitDecisionTree,
  treeRules,
  type TreeNode,
} from '../../lib/clustering/decision-tree';

/** `[feature, threshold, counts]` of every node, the low side first. */
function nodes({ counts, split }: TreeNode): [number, number, readonly number[]][] {
  if (!split) return [[-1, 0, counts]];
  return [[split.feature, split.threshold, counts], ...nodes(split.low), ...nodes(split.high)];
}

describe('a decision tree', () => {
  it('is that of scikit-learn', () => {
    /*
    scikit-learn 1.7, the same for random_state 0 to 5:
    X = np.array([[np.sin(i*1.3+j*2.1)*(j+1) for j in range(3)] for i in range(240)]).astype(np.float32)
    y = [(1 if np.sin(i*1.3)>0.3 else 0)+(1 if 3*np.sin(i*1.3+4.2)>1.1 and (i%11) else 0) for i in range(240)]
    DecisionTreeClassifier(max_depth=3, min_samples_leaf=6).fit(X, y).tree_
    */
    const x = (i: number, j: number): number => Math.sin(i * 1.3 + j * 2.1) * (j + 1);
    const points = matrixFromRows(Array.from({ length: 240 }, (_, i) => [0, 1, 2].map((j) => x(i, j))));
    const classes = Array.from(
      { length: 240 },
      (_, i) => Number(Math.sin(i * 1.3) > 0.3) + Number(3 * Math.sin(i * 1.3 + 4.2) > 1.1 && i % 11 !== 0),
    );
    const expected: [number, number, number[]][] = [
      [1, 1.2891714572906494, [74, 149, 17]],
      [1, -1.9531479477882385, [7, 149, 17]],
      [1, -1.9998964071273804, [0, 1, 17]],
      [-1, 0, [0, 1, 5]],
      [-1, 0, [0, 0, 12]],
      [2, 1.3167983889579773, [7, 148, 0]],
      [-1, 0, [0, 86, 0]],
      [-1, 0, [7, 62, 0]],
      [-1, 0, [67, 0, 0]],
    ];
    const found = nodes(fitDecisionTree(points, classes, { maxDepth: 3, minLeaf: 6 }));
    expect(found.map(([feature, , counts]) => [feature, counts])).toEqual(
      expected.map(([feature, , counts]) => [feature, counts]),
    );
    for (const [place, [, threshold]] of found.entries())
      expect(threshold).toBeCloseTo(expected[place]![1], 6);
  });

  it('asks what decides, takes the first of equal questions, and can be read', () => {
    const points = matrixFromRows([[0, 5, 1], [0, 6, 1], [9, 5, 2], [9, 6, 2]]); // prettier-ignore
    const tree = fitDecisionTree(points, [0, 0, 1, 1], { minLeaf: 1 });
    expect(nodes(tree)).toEqual([
      [0, 4.5, [2, 2]],
      [-1, 0, [2, 0]],
      [-1, 0, [0, 2]],
    ]);
    expect(treeRules(tree, ['price', 'hour', 'size'])).toEqual([
      { conditions: ['price <= 4.5'], class: 0, cases: 2, share: 1 },
      { conditions: ['price > 4.5'], class: 1, cases: 2, share: 1 },
    ]);
    expect([...classifyByTree(tree, matrixFromRows([[4.5, 0, 0], [4.6, 0, 0]]))]).toEqual([0, 1]); // prettier-ignore
    expect(() => treeRules(tree, [])).toThrow('feature 0 has no name');
  });

  it('names only the tightest bound of a feature', () => {
    const points = matrixFromRows(Array.from({ length: 8 }, (_, i) => [i]));
    const rules = treeRules(fitDecisionTree(points, [0, 0, 1, 1, 1, 1, 2, 2], { minLeaf: 1 }), ['x']);
    expect(rules.map(({ conditions }) => conditions.join(' and ')).sort()).toEqual([
      'x <= 1.5',
      'x > 1.5 and x <= 5.5',
      'x > 5.5',
    ]);
  });

  it('never has a leaf below the limit, nor more questions than asked, and knows its cases better than the majority', () => {
    const some = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 2 }),
      ),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(
        some,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 4 }),
        (all, minLeaf, maxDepth) => {
          const points = matrixFromRows(all.map(([a, b]) => [a, b]));
          const classes = all.map(([, , own]) => own);
          const tree = fitDecisionTree(points, classes, { minLeaf, maxDepth });
          const depth = (node: TreeNode): number =>
            node.split ? 1 + Math.max(depth(node.split.low), depth(node.split.high)) : 0;
          expect(depth(tree)).toBeLessThanOrEqual(maxDepth);
          const leaves = nodes(tree).filter(([feature]) => feature < 0);
          const sizes = leaves.map(([, , counts]) => counts.reduce((sum, count) => sum + count, 0));
          if (leaves.length > 1) expect(Math.min(...sizes)).toBeGreaterThanOrEqual(minLeaf);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(all.length);
          const right = [...classifyByTree(tree, points)].filter((own, row) => own === classes[row]).length;
          expect(right).toBeGreaterThanOrEqual(tree.counts[classOfLeaf(tree)]!);
        },
      ),
    );
  });

  it('refuses what it cannot ask', () => {
    const one = matrix(1, 1, Float32Array.of(1));
    expect(() => fitDecisionTree(matrix(0, 1, new Float32Array(0)), [])).toThrow('0 cases and 0 classes');
    expect(() => fitDecisionTree(one, [0, 1])).toThrow('1 cases and 2 classes');
    expect(() => fitDecisionTree(one, [-1])).toThrow('the class of row 0 is -1');
    expect(() => fitDecisionTree(matrix(1, 2, Float32Array.of(1, NaN)), [0])).toThrow(
      'row 0 has NaN in column 1',
    );
    expect(() => fitDecisionTree(one, [0], { minLeaf: 0 })).toThrow('minLeaf');
  });
});
