import { selectRows, type Matrix } from '../../base/matrix';
import type { Rng } from '../../base/random';
import { adjustedRand } from '../../evaluation/adjusted-rand';

/** How far groups depend on who happens to be among the users. */
export interface BootstrapStability {
  /** The groups of all points. */
  readonly labels: Int32Array;
  /** For each resample: adjusted Rand index between its groups and those of all points, on the points drawn. */
  readonly againstAll: number[];
  /** For each two resamples that have points in common: the same between their groups, on these. */
  readonly between: number[];
  /**
   * For each group of `labels`: how well resamples find it again, 0 to 1, as the mean over resamples of the largest overlap
   * (Jaccard) with any of their groups. A rule of thumb for it: below .6 do not trust the group, from .75 on it is stable.
   * NaN for a group of which no resample holds a point.
   */
  readonly jaccard: Float64Array;
}

export interface BootstrapOptions {
  /** The method in question: a group for each point, from 0; -1 for noise. */
  readonly cluster: (points: Matrix, rng: Rng) => ArrayLike<number>;
  readonly rng: Rng;
  /** Default 20. */
  readonly resamples?: number;
  /**
   * Draw this share of the points without putting them back, above 0 and below 1. Default: N of N with putting back, which
   * holds about 63 % of them, some several times: misleading for a method that reads density, such as HDBSCAN.
   */
  readonly share?: number;
}

/**
 * Ask how sure groups are: draw the users anew, group them again, and compare.
 *
 * Always show it beside the same for data without groups (`pointsWithoutGroups`), or for an untrained encoder: k-means cuts a
 * single cloud along its longest axis, and does so again and again. Resample r depends on `rng` and r only.
 *
 * @param points `[N, D]`
 * @throws RangeError when `resamples` is no whole number from 2, or `share` lies outside 0 to 1
 * @source Hennig, "Cluster-wise assessment of cluster stability", Computational Statistics & Data Analysis 52, 2007, §§2-3
 *   (`jaccard` and its rule of thumb; bootstrap and subsets)
 */
export function bootstrapStability(points: Matrix, options: BootstrapOptions): BootstrapStability {
  const { cluster, rng, resamples = 20, share } = options;
  if (!Number.isInteger(resamples) || resamples < 2) {
    throw new RangeError(`bootstrapStability: resamples must be a whole number from 2, got ${resamples}`);
  }
  if (share !== undefined && !(share > 0 && share < 1)) {
    throw new RangeError(`bootstrapStability: share must be above 0 and below 1, got ${share}`);
  }
  const N = points.rows;
  const labels = Int32Array.from(cluster(points, rng.child('all')));
  const drawn = Array.from({ length: resamples }, (_, resample) => {
    const own = rng.child('resample', resample);
    const rows =
      share === undefined
        ? Array.from({ length: N }, () => own.integer(N))
        : own.shuffle(Array.from({ length: N }, (_unused, row) => row)).slice(0, Math.ceil(share * N));
    return labelsOfDrawn(points, rows, (of) => cluster(of, own.child('cluster')));
  });
  const agreement = (one: Int32Array, other: Int32Array): number[] => {
    const both = Array.from({ length: N }, (_, row) => row).filter(
      (row) => one[row] !== notDrawn && other[row] !== notDrawn,
    );
    if (both.length === 0) return [];
    return [
      adjustedRand(
        both.map((row) => one[row]!),
        both.map((row) => other[row]!),
      ),
    ];
  };
  return {
    labels,
    againstAll: drawn.flatMap((own) => agreement(labels, own)),
    between: drawn.flatMap((one, place) => drawn.slice(place + 1).flatMap((other) => agreement(one, other))),
    jaccard: meanJaccards(labels, drawn),
  };
}

/** Noise is -1, and a grouping of its own. */
const notDrawn = -2;

/** The groups of a resample by row of all points. A point drawn twice has the group of its first copy. */
function labelsOfDrawn(
  points: Matrix,
  rows: readonly number[],
  cluster: (points: Matrix) => ArrayLike<number>,
): Int32Array {
  const found = cluster(selectRows(points, rows));
  const labels = new Int32Array(points.rows).fill(notDrawn);
  for (const [place, row] of rows.entries()) if (labels[row] === notDrawn) labels[row] = found[place]!;
  return labels;
}

function meanJaccards(labels: Int32Array, drawn: readonly Int32Array[]): Float64Array {
  const numGroups = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const sums = new Float64Array(numGroups);
  const seen = new Int32Array(numGroups); // resamples that hold a point of the group
  for (const own of drawn) {
    const both = new Map<string, number>();
    const ofOwn = new Map<number, number>();
    const ofAll = new Int32Array(numGroups);
    for (const [row, label] of labels.entries()) {
      const found = own[row]!;
      if (found === notDrawn) continue;
      if (label >= 0) ofAll[label]!++;
      if (found >= 0) ofOwn.set(found, (ofOwn.get(found) ?? 0) + 1);
      if (label >= 0 && found >= 0) {
        const cell = `${label} ${found}`;
        both.set(cell, (both.get(cell) ?? 0) + 1);
      }
    }
    const best = new Float64Array(numGroups);
    for (const [cell, count] of both) {
      const [label, found] = cell.split(' ').map(Number) as [number, number];
      best[label] = Math.max(best[label]!, count / (ofAll[label]! + ofOwn.get(found)! - count));
    }
    for (let group = 0; group < numGroups; group++) {
      if (ofAll[group] === 0) continue;
      seen[group]!++;
      sums[group]! += best[group]!;
    }
  }
  return sums.map((sum, group) => sum / seen[group]!);
}
