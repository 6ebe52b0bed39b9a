import type { DistinctiveFeature } from './distinctive-features';

/** A name proposed for a group, and why. */
export interface GroupName {
  readonly group: number;
  /** `genre Horror · genre Action`, or `no name`. */
  readonly name: string;
  /** What it is made of, strongest first; none for `no name`. */
  readonly features: readonly DistinctiveFeature[];
}

/** What names are made of. */
export interface NamingOptions {
  /** Features in a name at most. Default 3. */
  readonly most?: number;
  /** A feature names a group only if at least this share of its users have it. Default .3: a name is about most of the group, or near. */
  readonly minShare?: number;
  /** How a feature is written in a name. Default as it is. */
  readonly write?: (feature: string) => string;
}

/** What a group is called that nothing sets apart. */
export const noName = 'no name';

/**
 * Propose a name for each group from what sets it apart: its strongest features that are more common there than outside, after the
 * correction for many tests.
 *
 * Strongest is what is surely most times as common: the lower end of the interval of the ratio decides, what nobody outside has comes
 * first, then p, then the share, then the order of the alphabet; so that the same features give the same names in every run. A feature
 * that sets several groups apart goes to each of them; where two names come out the same, each takes further features until they
 * differ, and a number where there are none. A group without a feature is called `no name`, whatever its number of users: a name that
 * chance explains is worse than none. A proposal it is: read the features before you use it.
 *
 * @param distinctive from `distinctiveFeatures`, of all groups; features that are less common in a group name nothing
 * @param numGroups   groups are 0 to `numGroups` - 1
 * @returns one a group
 * @throws RangeError when `most` is no whole number from 1, `minShare` is not from 0 to 1, or a feature is of no group
 * @source Manning, Raghavan & Schütze, "Introduction to Information Retrieval", 2008, section 17.7 (differential cluster labelling).
 * @differs There features are chosen by mutual information or chi-square; here by a corrected exact test and the size of the ratio.
 */
export function nameGroups(
  distinctive: readonly DistinctiveFeature[],
  numGroups: number,
  { most = 3, minShare = 0.3, write = (feature) => feature }: NamingOptions = {},
): GroupName[] {
  if (!(Number.isInteger(most) && most >= 1))
    throw new RangeError(`nameGroups: most must be a whole number from 1, got ${most}`);
  if (!(minShare >= 0 && minShare <= 1))
    throw new RangeError(`nameGroups: minShare must be from 0 to 1, got ${minShare}`);
  const candidates = Array.from({ length: numGroups }, (): DistinctiveFeature[] => []);
  for (const feature of distinctive) {
    const own = candidates[feature.group];
    if (!own) {
      throw new RangeError(
        `nameGroups: '${feature.feature}' is of group ${feature.group}, groups are 0 to ${numGroups - 1}`,
      );
    }
    if (feature.ratio > 1 && feature.share >= minShare) own.push(feature);
  }
  for (const own of candidates) own.sort(byStrength);

  const taken = candidates.map((own) => Math.min(most, own.length));
  const nameOf = (group: number): string =>
    taken[group] === 0
      ? noName
      : candidates[group]!.slice(0, taken[group])
          .map(({ feature }) => write(feature))
          .join(' · ');
  // Each round, groups that share a name take one more feature, as far as they have one.
  for (;;) {
    const names = candidates.map((_, group) => nameOf(group));
    const more = names.flatMap((name, group) =>
      name !== noName &&
      names.indexOf(name) !== names.lastIndexOf(name) &&
      taken[group]! < candidates[group]!.length
        ? [group]
        : [],
    );
    if (more.length === 0) break;
    for (const group of more) taken[group]! += 1;
  }
  const names = candidates.map((_, group) => nameOf(group));
  return names.map((name, group) => {
    const earlier = names.slice(0, group).filter((other) => other === name).length;
    const isTwice = names.indexOf(name) !== names.lastIndexOf(name);
    return {
      group,
      name: isTwice ? `${name} (${earlier + 1})` : name,
      features: candidates[group]!.slice(0, taken[group]),
    };
  });
}

/** The surest large ratio first. */
function byStrength(a: DistinctiveFeature, b: DistinctiveFeature): number {
  const [isOnlyA, isOnlyB] = [a, b].map(({ ratio }) => Number(ratio === Infinity)) as [number, number];
  return (
    isOnlyB - isOnlyA ||
    b.low - a.low ||
    a.p - b.p ||
    b.share - a.share ||
    (a.feature < b.feature ? -1 : a.feature > b.feature ? 1 : 0)
  );
}
