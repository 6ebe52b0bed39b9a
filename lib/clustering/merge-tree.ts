/**
 * The order in which groups were joined, from N single points to one group.
 *
 * Nodes 0 to N - 1 are the points; merge m makes node N + m out of two earlier nodes. Heights never fall from one merge to
 * the next.
 */
export interface MergeTree {
  readonly numPoints: number;
  /** The joined node of the smaller number, N - 1 entries. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** How far apart the joined groups were. */
  readonly heights: Float64Array;
  /** Points in the new group. */
  readonly sizes: Int32Array;
}

/** Where a tree is cut: into so many groups, or so that only merges up to a height are done. */
export type Cut = { readonly k: number } | { readonly height: number };

/**
 * Write merges of representatives, in any order, as a tree.
 *
 * @param merges a point of each of both groups, and their distance; N - 1 of them
 */
export function mergeTree(
  numPoints: number,
  merges: readonly { readonly a: number; readonly b: number; readonly height: number }[],
): MergeTree {
  const inOrder = [...merges].sort((one, other) => one.height - other.height);
  const groupOf = new Groups(numPoints);
  const node = Int32Array.from({ length: numPoints }, (_, point) => point); // of each group's representative
  const size = new Int32Array(numPoints).fill(1);
  const left = new Int32Array(inOrder.length);
  const right = new Int32Array(inOrder.length);
  const sizes = new Int32Array(inOrder.length);
  for (const [merge, { a, b }] of inOrder.entries()) {
    const one = groupOf.find(a);
    const other = groupOf.find(b);
    left[merge] = Math.min(node[one]!, node[other]!);
    right[merge] = Math.max(node[one]!, node[other]!);
    sizes[merge] = size[one]! + size[other]!;
    const joined = groupOf.join(one, other);
    node[joined] = numPoints + merge;
    size[joined] = sizes[merge];
  }
  return { numPoints, left, right, heights: Float64Array.from(inOrder, ({ height }) => height), sizes };
}

/**
 * Groups of points at one level of a tree, numbered from 0 in the order of their first points.
 *
 * @throws RangeError when there are fewer points than groups, or the height is not a number from 0
 * @source Everitt, Landau, Leese & Stahl, "Cluster Analysis", 5th ed., 2011, §4.4.1
 */
export function cutTree(tree: MergeTree, cut: Cut): Int32Array {
  const { numPoints: N, left, right, heights } = tree;
  const numMerges = 'k' in cut ? N - cut.k : mergesUpTo(heights, cut.height);
  if ('k' in cut && !(Number.isInteger(cut.k) && cut.k >= 1 && cut.k <= N)) {
    throw new RangeError(`cutTree: ${N} points make 1 to ${N} groups, asked for ${cut.k}`);
  }
  // From the top down: a node has the group of the merge that took it in, if that merge is done.
  const groupOf = Int32Array.from({ length: N + numMerges }, (_, node) => node);
  for (let merge = numMerges - 1; merge >= 0; merge--) {
    groupOf[left[merge]!] = groupOf[N + merge]!;
    groupOf[right[merge]!] = groupOf[N + merge]!;
  }
  const labelOf = new Map<number, number>();
  return Int32Array.from({ length: N }, (_, point) => {
    const group = groupOf[point]!;
    if (!labelOf.has(group)) labelOf.set(group, labelOf.size);
    return labelOf.get(group)!;
  });
}

function mergesUpTo(heights: Float64Array, height: number): number {
  if (!(height >= 0)) throw new RangeError(`cutTree: the height must be from 0, got ${height}`);
  const first = heights.findIndex((one) => one > height);
  return first < 0 ? heights.length : first;
}

/** Which points are joined so far (a disjoint-set forest). */
class Groups {
  private readonly parent: Int32Array;

  constructor(numPoints: number) {
    this.parent = Int32Array.from({ length: numPoints }, (_, point) => point);
  }

  /** The representative of a point's group. */
  find(point: number): number {
    let root = point;
    while (this.parent[root] !== root) root = this.parent[root]!;
    for (let at = point; at !== root;) {
      const next = this.parent[at]!;
      this.parent[at] = root;
      at = next;
    }
    return root;
  }

  /** Join the groups of two representatives. Returns that of both. */
  join(one: number, other: number): number {
    this.parent[one] = other;
    return other;
  }
}
