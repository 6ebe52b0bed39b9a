import type { MergeTree } from './merge-tree';

/** One merge as a bracket: up from the left group, across, down to the right one. */
export interface Bracket {
  /** Places of both legs along the axis of the points. */
  readonly left: number;
  readonly right: number;
  /** Heights where the legs begin: 0 for a point. */
  readonly leftHeight: number;
  readonly rightHeight: number;
  readonly height: number;
}

/** A tree of merges ready for drawing. */
export interface Dendrogram {
  /** Points from left to right: those of a group side by side, so that no lines cross. Leaf i stands at place i. */
  readonly leaves: Int32Array;
  /** One a merge, in the order of the tree. */
  readonly brackets: readonly Bracket[];
}

/**
 * Lay out a tree of merges: a place for each point, a bracket for each merge.
 *
 * @source Everitt, Landau, Leese & Stahl, "Cluster Analysis", 5th ed., 2011, §4.4
 */
export function dendrogram({ numPoints: N, left, right, heights }: MergeTree): Dendrogram {
  const leaves: number[] = [];
  const waiting = [N + left.length - 1];
  while (waiting.length > 0) {
    const node = waiting.pop()!;
    if (node < N) leaves.push(node);
    else waiting.push(right[node - N]!, left[node - N]!);
  }
  const place = new Float64Array(N + left.length);
  for (const [at, point] of leaves.entries()) place[point] = at;
  const heightOf = (node: number): number => (node < N ? 0 : heights[node - N]!);
  const brackets = Array.from(heights, (height, merge) => {
    const [one, other] = [left[merge]!, right[merge]!];
    place[N + merge] = (place[one]! + place[other]!) / 2;
    return {
      left: place[one]!,
      right: place[other]!,
      leftHeight: heightOf(one),
      rightHeight: heightOf(other),
      height,
    };
  });
  return { leaves: Int32Array.from(leaves), brackets };
}
