import { setImmediate } from 'node:timers/promises';
import type { Matrix } from '../../base/matrix';
import type { Rng } from '../../base/random';
import { pointsWithoutGroups, type Cloud } from '../../clustering/without-groups';
import { calinskiHarabasz } from '../../evaluation/calinski-harabasz';
import { daviesBouldin } from '../../evaluation/davies-bouldin';
import { silhouette } from '../../evaluation/silhouette';
import { summarise } from '../../evaluation/summary';
import { bootstrapStability } from './bootstrap-stability';

/**
 * What speaks for a number of groups: separation as mean silhouette, by the index of Davies & Bouldin or of Caliński &
 * Harabasz; agreement of the groups of bootstrap resamples.
 */
export const criteria = ['silhouette', 'Davies-Bouldin', 'Calinski-Harabasz', 'stability'] as const;
export type Criterion = (typeof criteria)[number];

/** A criterion at one k, beside the same in data without groups. */
export interface CriterionAt {
  readonly value: number;
  /** Mean and standard deviation in data without groups that were cut into as many. */
  readonly expected: number;
  readonly spread: number;
  /**
   * By how much the points are better than data without groups, in standard deviations of these; one deviation for all k
   * (the root of the mean square), so that no k wins because chance happens to vary little there. Infinite where data without
   * groups all have one value at each k.
   */
  readonly above: number;
}

/** Several criteria for several numbers of groups, and what follows. */
export interface ChoiceOfK {
  readonly rows: readonly {
    readonly k: number;
    readonly criteria: Readonly<Record<Criterion, CriterionAt>>;
  }[];
  /** The k at which a criterion lies farthest above data without groups. */
  readonly best: Readonly<Record<Criterion, number>>;
  /**
   * Chance that data without groups do as well at any k, by each criterion; at least 1 / (references + 1). The search over
   * k is allowed for, looking at several criteria is not.
   */
  readonly p: Readonly<Record<Criterion, number>>;
  /** The best k by silhouette; null where its `p` is above `level`: no groups to be shown here. */
  readonly k: number | null;
}

export interface ChooseKOptions {
  /** The method whose k is sought: a group for each point, 0 to k - 1, none empty. */
  readonly cluster: (points: Matrix, k: number, rng: Rng) => Int32Array;
  /** Default 2. */
  readonly from?: number;
  readonly to: number;
  readonly rng: Rng;
  /** Data sets without groups. Default 20, from which the smallest p is 1/21. */
  readonly references?: number;
  /** How they are drawn. Default `normal`. */
  readonly cloud?: Cloud;
  /** Bootstrap resamples of each data set, compared with each other. Default 3. */
  readonly resamples?: number;
  /** Default .05. */
  readonly level?: number;
  /** Told of each data set that is done. */
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Choose the number of groups by several criteria, and say so when there are none.
 *
 * Every criterion favours some k by itself (few groups, or many), also where there is nothing to find. So each is
 * computed for data of the same width without groups too, and read as the distance from these. Groups here means: more
 * than one cloud of this shape would show; two clouds that lie on each other are one, and a single cloud with heavy tails
 * or a hole may count as groups: look at the picture, and try another `cloud`. Draws depend on `rng`, the number of the
 * data set and k only. Time: (references + 1) x numbers of k x (resamples + 1) clusterings; N² for the silhouettes,
 * so give a sample of tens of thousands.
 *
 * @param points `[N, D]`
 * @throws RangeError when `from`, `to`, `references` or `level` make no sense
 * @throws InputError when a point is not finite or there are fewer than `to`
 * @source Hennig & Lin, "Flexible parametric bootstrap for testing homogeneity against clustering and assessing the number
 *   of clusters", Statistics and Computing 25, 2015, §3 (criteria calibrated by data without groups, test by their maximum)
 * @differs One deviation for all k; theirs is that of each. And the test takes what is above the mean of all data sets, the
 *   points among them, which keeps its level with a few references.
 */
export async function chooseK(points: Matrix, options: ChooseKOptions): Promise<ChoiceOfK> {
  const {
    cluster,
    from = 2,
    to,
    rng,
    references = 20,
    cloud = 'normal',
    resamples = 3,
    level = 0.05,
  } = options;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 2 || to < from) {
    throw new RangeError(`chooseK: needs whole numbers 2 <= from <= to, got ${from} and ${to}`);
  }
  if (!Number.isInteger(references) || references < 2) {
    throw new RangeError(`chooseK: references must be a whole number from 2, got ${references}`);
  }
  if (!(level > 0 && level < 1)) throw new RangeError(`chooseK: level must lie within 0 and 1, got ${level}`);
  if (1 / (references + 1) > level) {
    throw new RangeError(
      `chooseK: ${references} references can show nothing below ${(1 / (references + 1)).toFixed(3)}; a level of ${level} needs ${Math.ceil(1 / level) - 1}`,
    );
  }
  const ks = Array.from({ length: to - from + 1 }, (_, place) => from + place);
  const draw = pointsWithoutGroups(points, cloud);
  const measured: Record<Criterion, number>[][] = [];
  for (let set = 0; set <= references; set++) {
    const own = rng.child('set', set);
    const data = set === 0 ? points : draw(own.child('points'));
    measured.push(ks.map((k) => measure(data, k, cluster, own.child('k', k), resamples)));
    options.onProgress?.(set + 1, references + 1);
    await setImmediate();
    options.signal?.throwIfAborted();
  }

  const sets = measured.map((_, set) => set);
  const summaryOf = (of: readonly number[], place: number, criterion: Criterion) =>
    summarise(of.map((set) => measured[set]![place]![criterion]));
  const compared = byCriterion((criterion) => {
    const chance = ks.map((_, place) => summaryOf(sets.slice(1), place, criterion));
    const squares = chance.map(({ standardDeviation }) => standardDeviation! ** 2);
    const deviation = Math.sqrt(summarise(squares).mean);
    return ks.map((_, place): CriterionAt => {
      const value = measured[0]![place]![criterion];
      const { mean, standardDeviation } = chance[place]!;
      return {
        value: shown(criterion, value),
        expected: shown(criterion, mean),
        spread: standardDeviation!,
        above: value === mean ? 0 : (value - mean) / deviation,
      };
    });
  });
  const rows = ks.map((k, place) => ({
    k,
    criteria: byCriterion((criterion) => compared[criterion][place]!),
  }));
  const best = byCriterion((criterion) => {
    const above = compared[criterion].map((at) => at.above);
    return ks[above.indexOf(Math.max(...above))]!;
  });
  const p = byCriterion((criterion) => {
    // From the mean of all sets, the points among them: then any set is as likely as another to lie farthest above.
    const means = ks.map((_, place) => summaryOf(sets, place, criterion).mean);
    const largest = measured.map((set) =>
      Math.max(...means.map((mean, place) => set[place]![criterion] - mean)),
    );
    return largest.filter((value) => value >= largest[0]!).length / sets.length;
  });
  return { rows, best, p, k: p.silhouette <= level ? best.silhouette : null };
}

const byCriterion = <T>(of: (criterion: Criterion) => T): Record<Criterion, T> =>
  Object.fromEntries(criteria.map((criterion) => [criterion, of(criterion)])) as Record<Criterion, T>;

/** All larger for better: the index of Davies & Bouldin, better the smaller, with the other sign. */
function measure(
  points: Matrix,
  k: number,
  cluster: ChooseKOptions['cluster'],
  rng: Rng,
  resamples: number,
): Record<Criterion, number> {
  const { labels, between } = bootstrapStability(points, {
    cluster: (of, own) => cluster(of, k, own),
    rng,
    resamples,
  });
  return {
    silhouette: silhouette(points, labels),
    'Davies-Bouldin': -daviesBouldin(points, labels),
    'Calinski-Harabasz': calinskiHarabasz(points, labels),
    stability: summarise(between).mean,
  };
}

const shown = (criterion: Criterion, value: number): number =>
  criterion === 'Davies-Bouldin' ? -value : value;
