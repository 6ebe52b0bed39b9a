import type { UserInfo } from '../../data/event';
import { parseDecimal } from '../../data/parse-number';
import { quarters } from './group-accuracy';

/** Users by what their profiles say. */
export interface ProfileGroups {
  /** By field, the group of a row of the sequences; null where it is not known. */
  readonly groups: Readonly<Record<string, (user: number) => string | null>>;
  /** Fields that make no groups, in sentences. */
  readonly notes: readonly string[];
}

/** A field with more different values than this makes no groups, or quarters where all of them are numbers. */
const mostValues = 24;

/**
 * Group users by every field of their profiles: by its values, or in quarters where it holds many numbers.
 *
 * @source Ekstrand et al., "All The Cool Kids, How Do They Fit In?: Popularity and Demographic Biases in Recommender Evaluation and
 *   Effectiveness", FAT* 2018 (by gender and age).
 */
export function profileGroups(
  userIds: readonly string[],
  userInfo: ReadonlyMap<string, UserInfo> = new Map(),
): ProfileGroups {
  const profiles = userIds.map((userId) => userInfo.get(userId)?.profile ?? {});
  const fields = [...new Set(profiles.flatMap((profile) => Object.keys(profile)))].sort();
  const groups: Record<string, (user: number) => string | null> = {};
  const notes: string[] = [];
  for (const field of fields) {
    const values = profiles.map((profile) => profile[field] ?? null);
    const known = new Set(values.filter((value) => value !== null));
    const numbers = values.map((value) => (value === null ? NaN : (parseDecimal(value) ?? NaN)));
    const areNumbers = values.every((value, user) => value === null || !Number.isNaN(numbers[user]!));
    if (known.size <= mostValues) groups[field] = (user) => values[user]!;
    else if (areNumbers) {
      const isWhole = numbers.every((value) => Number.isNaN(value) || Number.isInteger(value));
      const quarter = quarters(numbers, isWhole ? 0 : 2);
      groups[field] = (user) => quarter[user]!;
    } else notes.push(`'${field}' of the users has ${known.size} different values: too many for groups.`);
  }
  return { groups, notes };
}
