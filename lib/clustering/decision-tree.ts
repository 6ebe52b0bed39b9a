import type { Matrix } from '../base/matrix';

/** A question about one feature, and where the answers lead; or, without one, a leaf. Plain data. */
export interface TreeNode {
  /** Cases by class. */
  readonly counts: readonly number[];
  readonly split: {
    /** Column that is asked. */
    readonly feature: number;
    /** Cases with at most this go to `low`, the others to `high`. */
    readonly threshold: number;
    readonly low: TreeNode;
    readonly high: TreeNode;
  } | null;
}

/** How far a tree grows. */
export interface TreeLimits {
  /** Questions from the top to a leaf at most; 0: none. Default 3: what can be read at a glance. */
  readonly maxDepth?: number;
  /** Cases of a leaf at least. Default 5. */
  readonly minLeaf?: number;
}

/**
 * Find a few questions about features that tell classes apart: a classification tree (CART), grown by the Gini impurity.
 *
 * Each question is the one that makes both sides purest together. Where several are as good, the first feature and the lowest threshold
 * count, so that the same data give the same tree. Thresholds lie halfway between two neighbouring values. Missing values are refused.
 *
 * @param cases   one row a case
 * @param classes class of each case, from 0
 * @throws RangeError when there are no cases, not one class a case, a class is no whole number from 0, a value is not a number, or a limit
 *   is out of range
 * @source Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984, sections 2.4 and 4.3 (Gini).
 * @differs No pruning: the depth is limited instead. Own code: ml-cart 2.1.1 took 49 s for 5,000 cases of 20 features with 32 values each,
 *   on a busy machine where this took .2 to .35 s.
 */
export function fitDecisionTree(
  cases: Matrix,
  classes: ArrayLike<number>,
  { maxDepth = 3, minLeaf = 5 }: TreeLimits = {},
): TreeNode {
  const { rows, columns, values } = cases;
  if (rows === 0 || rows !== classes.length)
    throw new RangeError(`fitDecisionTree: ${rows} cases and ${classes.length} classes`);
  for (const [name, value, least] of [
    ['maxDepth', maxDepth, 0],
    ['minLeaf', minLeaf, 1],
  ] as const) {
    if (!Number.isInteger(value) || value < least)
      throw new RangeError(`fitDecisionTree: ${name} must be a whole number from ${least}, got ${value}`);
  }
  const notFinite = values.findIndex((value) => !Number.isFinite(value));
  if (notFinite >= 0) {
    throw new RangeError(
      `fitDecisionTree: row ${Math.floor(notFinite / columns)} has ${values[notFinite]} in column ${notFinite % columns}`,
    );
  }
  let numClasses = 0;
  for (let row = 0; row < rows; row++) {
    const own = classes[row]!;
    if (!Number.isInteger(own) || own < 0)
      throw new RangeError(`fitDecisionTree: the class of row ${row} is ${own}, not a whole number from 0`);
    numClasses = Math.max(numClasses, own + 1);
  }
  const valueOf = (row: number, feature: number): number => values[row * columns + feature]!;
  const countsOf = (members: Int32Array): number[] => {
    const counts = new Array<number>(numClasses).fill(0);
    for (const row of members) counts[classes[row]!]! += 1;
    return counts;
  };

  const grow = (members: Int32Array, depth: number): TreeNode => {
    const counts = countsOf(members);
    const isPure = counts.some((count) => count === members.length);
    const split = depth >= maxDepth || isPure ? null : bestSplit(members, counts);
    if (split === null) return { counts, split: null };
    const { feature, threshold } = split;
    return {
      counts,
      split: {
        ...split,
        low: grow(
          members.filter((row) => valueOf(row, feature) <= threshold),
          depth + 1,
        ),
        high: grow(
          members.filter((row) => valueOf(row, feature) > threshold),
          depth + 1,
        ),
      },
    };
  };

  /** The question after which the sides are purest; null where none makes them purer. */
  function bestSplit(
    members: Int32Array,
    counts: readonly number[],
  ): { feature: number; threshold: number } | null {
    const size = members.length;
    const purity = (of: readonly number[], total: number): number =>
      of.reduce((sum, count) => sum + count * count, 0) / total;
    let best = purity(counts, size);
    let split: { feature: number; threshold: number } | null = null;
    for (let feature = 0; feature < columns; feature++) {
      const ordered = members.slice().sort((a, b) => valueOf(a, feature) - valueOf(b, feature));
      const low = new Array<number>(numClasses).fill(0);
      const high = [...counts];
      for (let place = 0; place + minLeaf < size; place++) {
        const own = classes[ordered[place]!]!;
        low[own]! += 1;
        high[own]! -= 1;
        const [here, next] = [valueOf(ordered[place]!, feature), valueOf(ordered[place + 1]!, feature)];
        if (place + 1 < minLeaf || here === next) continue;
        const both = purity(low, place + 1) + purity(high, size - place - 1);
        if (both <= best * (1 + 1e-12)) continue; // purer by more than rounding
        best = both;
        // Half of two neighbours may round to the upper one, which then would be on the wrong side.
        const middle = here + (next - here) / 2;
        split = { feature, threshold: middle < next ? middle : here };
      }
    }
    return split;
  }

  return grow(
    Int32Array.from({ length: rows }, (_, row) => row),
    0,
  );
}

/** The class that most cases of a leaf have; of equal ones the first. */
export const classOfLeaf = ({ counts }: TreeNode): number => counts.indexOf(Math.max(...counts));

/** Ask the tree for the class of each case. */
export function classifyByTree(tree: TreeNode, cases: Matrix): Int32Array {
  return Int32Array.from({ length: cases.rows }, (_, row) => {
    let node = tree;
    while (node.split) {
      const { feature, threshold, low, high } = node.split;
      node = cases.values[row * cases.columns + feature]! <= threshold ? low : high;
    }
    return classOfLeaf(node);
  });
}

/** A way from the top to a leaf: what has to hold, and whom it leads to. */
export interface TreeRule {
  /** `genre Horror > 0.12`; of several bounds of one feature on one side only the tightest. None for a tree without a question. */
  readonly conditions: readonly string[];
  readonly class: number;
  /** Cases that it leads to, and the share of them that are of its class. */
  readonly cases: number;
  readonly share: number;
}

/**
 * Write a tree as rules, one a leaf, most cases first.
 *
 * @param names one a feature
 * @throws RangeError when a feature that is asked has no name
 */
export function treeRules(tree: TreeNode, names: readonly string[]): TreeRule[] {
  const rules: TreeRule[] = [];
  const walk = (node: TreeNode, bounds: ReadonlyMap<string, number>): void => {
    if (!node.split) {
      const cases = node.counts.reduce((sum, count) => sum + count, 0);
      const own = classOfLeaf(node);
      rules.push({
        conditions: [...bounds].map(([bound, value]) => `${bound} ${Number(value.toPrecision(3))}`),
        class: own,
        cases,
        share: node.counts[own]! / cases,
      });
      return;
    }
    const { feature, threshold, low, high } = node.split;
    const name = names[feature];
    if (name === undefined) throw new RangeError(`treeRules: feature ${feature} has no name`);
    // Deeper bounds are tighter.
    walk(low, new Map([...bounds, [`${name} <=`, threshold]]));
    walk(high, new Map([...bounds, [`${name} >`, threshold]]));
  };
  walk(tree, new Map());
  return rules.sort((a, b) => b.cases - a.cases);
}
