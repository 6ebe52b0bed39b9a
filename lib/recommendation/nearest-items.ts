import { BatchMatches, Index, MetricKind, ScalarKind } from 'usearch';
import { matrix, rowOf, type Matrix } from '../base/matrix';

/** How near a user and an item are: larger is nearer, but for the Euclidean distance. */
export const nearnesses = ['dot', 'cosine', 'euclidean'] as const;
export type Nearness = (typeof nearnesses)[number];

/** How an index is built and asked. */
export interface NearestItemsOptions {
  /** Default `dot`, by which an encoder's scores are made. */
  readonly by?: Nearness;
  /** Neighbours that each item is linked to. More take longer to build and find more. Default 32. */
  readonly links?: number;
  /** Items that are looked at while one is put in; default 256. */
  readonly buildWidth?: number;
  /** Items that are looked at when somebody asks; raised to what is asked for. Default 256. */
  readonly searchWidth?: number;
}

/** What an index found for each user, nearest first. */
export interface FoundItems {
  readonly items: Int32Array[];
  /** Dot product, cosine, or distance. */
  readonly nearness: Float32Array[];
}

/** Items in space, to be asked for those near a user. */
export interface NearestItems {
  readonly by: Nearness;
  /** V: padding included, which is not in the index. */
  readonly numItems: number;
  /**
   * Nearly the `n` nearest items of each user; fewer where there are fewer.
   *
   * @throws RangeError when `n` is no whole number from 1, or a vector has another width or is not finite
   */
  find(users_ND: Matrix, n: number): FoundItems;
}

/**
 * Put item vectors into a graph in which each knows some near ones, so that those near a user are found without looking at all: a
 * hierarchical navigable small world.
 *
 * Not exact: measure what is found by `recallOfFound`. Users and items are read as they are, also for dot products,
 * which are no distance: long vectors are then near to everybody, and found. Deterministic: items are put in one after the other.
 *
 * @param items_VD vectors by item index; row 0, padding, is left out
 * @throws RangeError when there is no item, a vector is not finite, or a setting is no whole number from 1
 * @source Malkov & Yashunin, "Efficient and Robust Approximate Nearest Neighbor Search Using Hierarchical Navigable Small World Graphs", IEEE
 *   TPAMI 42(4), 2020; Morozov & Babenko, "Non-metric Similarity Graphs for Maximum Inner Product Search", NeurIPS 2018 (dot products).
 * @differs Bachrach et al. (RecSys 2014) make distances of dot products by one more number for each item: that found .82 of the ten nearest of
 *   5,000 items of very different lengths (32 numbers, the default settings), products as they are 1.000.
 */
export function nearestItems(
  items_VD: Matrix,
  { by = 'dot', links = 32, buildWidth = 256, searchWidth = 256 }: NearestItemsOptions = {},
): NearestItems {
  for (const [name, value] of Object.entries({ links, buildWidth, searchWidth })) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new RangeError(`nearestItems: ${name} must be a whole number from 1, got ${value}`);
  }
  const { rows: numItems, columns: width } = items_VD;
  if (numItems < 2) throw new RangeError('nearestItems: there is no item');
  expectFinite(items_VD);
  const own = matrix(numItems - 1, width, items_VD.values.subarray(width));
  const index = new Index({
    dimensions: width,
    metric: metrics[by],
    connectivity: links,
    expansion_add: buildWidth,
    expansion_search: searchWidth,
    quantization: ScalarKind.F32,
    multi: false,
  });
  const keys = BigUint64Array.from({ length: own.rows }, (_, row) => BigInt(row + 1));
  index.add(keys, own.values, 1); // with several threads the graph would depend on their luck
  return {
    by,
    numItems,
    find: (users_ND, n) => {
      if (!(Number.isInteger(n) && n >= 1))
        throw new RangeError(`nearestItems: n must be a whole number from 1, got ${n}`);
      if (users_ND.columns !== width) {
        throw new RangeError(`nearestItems: users have ${users_ND.columns} numbers, items ${width}`);
      }
      expectFinite(users_ND);
      const most = Math.min(n, own.rows);
      // One thread: the index has room for as many searches at once as there were threads when it was built.
      const found = index.search(users_ND.values, most, 1);
      const items = Array.from({ length: users_ND.rows }, (_, user) => {
        const count = found instanceof BatchMatches ? Number(found.counts[user]!) : found.keys.length;
        return Int32Array.from(found.keys.subarray(user * most, user * most + count), Number);
      });
      return {
        items,
        nearness: items.map((list, user) => nearnessOf(by, rowOf(users_ND, user), list, items_VD)),
      };
    },
  };
}

/** What share of the items that are really nearest was found, mean over users: recall@n, n being the length of the exact lists. */
export function recallOfFound(found: readonly Int32Array[], exact: readonly Int32Array[]): number {
  if (found.length !== exact.length || exact.length === 0 || exact.some(({ length }) => length === 0)) {
    throw new RangeError(
      `recallOfFound: ${found.length} lists beside ${exact.length} exact ones, none of them empty`,
    );
  }
  const shares = exact.map((list, user) => {
    const own = new Set(found[user]);
    return list.reduce((hits, item) => hits + Number(own.has(item)), 0) / list.length;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

const metrics: Readonly<Record<Nearness, MetricKind>> = {
  dot: MetricKind.IP,
  cosine: MetricKind.Cos,
  euclidean: MetricKind.L2sq,
};

function expectFinite({ values }: Matrix): void {
  if (!values.every(Number.isFinite)) throw new RangeError('nearestItems: a vector is not finite');
}

function nearnessOf(by: Nearness, user: Float32Array, items: Int32Array, vectors: Matrix): Float32Array {
  const length = (of: Float32Array): number => Math.hypot(...of);
  return Float32Array.from(items, (item) => {
    const own = rowOf(vectors, item);
    if (by === 'euclidean') return length(own.map((value, d) => value - user[d]!));
    const product = own.reduce((sum, value, d) => sum + value * user[d]!, 0);
    return by === 'dot' ? product : product / (length(own) * length(user) || 1);
  });
}
