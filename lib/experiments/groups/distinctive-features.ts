import { fisherExact } from '../../evaluation/fisher-exact';
import { adjustPs, type Correction } from '../../evaluation/many-tests';
import { shareRatio, type ShareRatio } from '../../evaluation/share-ratio';

/** A feature and how much more, or less, common it is in one group than among all others. */
export interface DistinctiveFeature extends ShareRatio {
  readonly group: number;
  readonly feature: string;
  /** Users of the group who have it, and their share of the group. */
  readonly users: number;
  readonly share: number;
  /** Share of those outside the group. */
  readonly shareOfOthers: number;
  /** Of an exact test of equal shares, and the same corrected for all tests that were made. */
  readonly p: number;
  readonly adjusted: number;
}

/** Which features are looked at, and when one counts as distinctive. */
export interface DistinctiveOptions {
  /** Only features that so many users have, all groups together. Default 5: of rarer ones nothing can be shown. */
  readonly minUsers?: number;
  /** Below this `adjusted` a feature is distinctive. Default .05. */
  readonly level?: number;
  /** Default `holm`. */
  readonly correction?: Correction;
}

/**
 * Find what sets groups of users apart: features that are more or less common in a group than outside it, by more than chance explains.
 *
 * Every feature is tested in every group, and all tests are corrected together, so that a long list of items does not make
 * differences out of nothing. Features are of users: one who used an item a hundred times has it once.
 *
 * @param features what each user has: items, categories, behaviours, `gender: F`
 * @param labels   group of each user, -1 for none, who count among the others
 * @returns the distinctive ones, group after group; those that are more common there first, then by how sure it is, then by name
 * @throws RangeError when there is not one label a user
 * @source See `fisherExact`, `adjustPs` and `shareRatio`: Fisher 1922, Holm 1979, Katz, Baptista, Azen & Pike 1978.
 */
export function distinctiveFeatures(
  features: readonly ReadonlySet<string>[],
  labels: ArrayLike<number>,
  { minUsers = 5, level = 0.05, correction = 'holm' }: DistinctiveOptions = {},
): DistinctiveFeature[] {
  if (features.length !== labels.length)
    throw new RangeError(`distinctiveFeatures: ${features.length} users and ${labels.length} labels`);
  const sizes = new Map<number, number>();
  const counts = new Map<string, Map<number, number>>();
  for (const [user, own] of features.entries()) {
    const group = labels[user]!;
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
    for (const feature of own) {
      const byGroup = counts.get(feature) ?? new Map<number, number>();
      counts.set(feature, byGroup.set(group, (byGroup.get(group) ?? 0) + 1));
    }
  }
  const groups = [...sizes.keys()].filter((group) => group >= 0).sort((a, b) => a - b);
  const tested: Omit<DistinctiveFeature, 'adjusted'>[] = [];
  for (const [feature, byGroup] of counts) {
    const have = [...byGroup.values()].reduce((sum, count) => sum + count, 0);
    if (have < minUsers) continue;
    for (const group of groups) {
      const [first, firstCases] = [byGroup.get(group) ?? 0, sizes.get(group)!];
      const [second, secondCases] = [have - first, features.length - firstCases];
      if (secondCases === 0) continue;
      const table = { first, firstCases, second, secondCases };
      tested.push({
        group,
        feature,
        users: first,
        share: first / firstCases,
        shareOfOthers: second / secondCases,
        ...shareRatio(table),
        p: fisherExact(table),
      });
    }
  }
  const adjusted = adjustPs(
    tested.map(({ p }) => p),
    correction,
  );
  return tested
    .map((own, test) => ({ ...own, adjusted: adjusted[test]! }))
    .filter((own) => own.adjusted < level)
    .sort(
      (a, b) =>
        a.group - b.group ||
        Number(b.ratio > 1) - Number(a.ratio > 1) ||
        a.p - b.p ||
        (a.feature < b.feature ? -1 : 1),
    );
}
