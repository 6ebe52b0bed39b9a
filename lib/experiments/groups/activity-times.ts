import { createLocalClock } from '../../preprocessing/slicing/local-time';

/** When a group is active. */
export interface ActivityTimes {
  /** Users with a time. */
  readonly users: number;
  readonly events: number;
  /** Share of each hour of the day, 24 numbers that sum to 1; `null` where the group has no time. */
  readonly hours: Float64Array | null;
  /** Share of each day of the week, Monday first, 7 numbers that sum to 1; likewise. */
  readonly days: Float64Array | null;
  /** Share of each hour of the week, Monday 0 h first, 168 numbers that sum to 1; likewise. */
  readonly week: Float64Array | null;
}

/** How times are read. */
export interface ActivityOptions {
  /** A name of the IANA time zone database: 'UTC', 'America/Chicago'. Said always: hours exist only somewhere. */
  readonly timeZone: string;
  /**
   * `users`: each user counts the same, whatever the number of events. `events`: each event does, so that one who rates 700 films in an
   * evening weighs as much as 35 who rate 20. Default `users`.
   */
  readonly weigh?: 'users' | 'events';
}

/**
 * Say at which hours of the day and on which days of the week each group is active.
 *
 * @param timesMs of each user's events; those without a time are left out before
 * @param labels  group of each user, 0 to `numGroups` - 1; -1 for none
 * @throws RangeError when there is not one label a user, a label is no group, or a time is not finite
 * @throws InputError for an unknown zone
 */
export function activityTimes(
  timesMs: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  numGroups: number,
  { timeZone, weigh = 'users' }: ActivityOptions,
): ActivityTimes[] {
  if (timesMs.length !== labels.length)
    throw new RangeError(`activityTimes: ${timesMs.length} users and ${labels.length} labels`);
  const clock = createLocalClock(timeZone);
  const weeks = Array.from({ length: numGroups }, () => new Float64Array(168));
  const users = new Int32Array(numGroups);
  const events = new Int32Array(numGroups);
  for (const [user, own] of timesMs.entries()) {
    const label = labels[user]!;
    if (label === -1 || own.length === 0) continue;
    const week = weeks[label];
    if (!week)
      throw new RangeError(
        `activityTimes: user ${user} has the label ${label}, groups are 0 to ${numGroups - 1}`,
      );
    users[label]! += 1;
    events[label]! += own.length;
    for (let event = 0; event < own.length; event++) {
      const { weekday, hour } = clock(own[event]!);
      week[(weekday - 1) * 24 + hour]! += weigh === 'users' ? 1 / own.length : 1;
    }
  }
  return weeks.map((week, group) => {
    const counted = { users: users[group]!, events: events[group]! };
    if (counted.events === 0) return { ...counted, hours: null, days: null, week: null };
    const total = weigh === 'users' ? counted.users : counted.events;
    const shares = week.map((weight) => weight / total);
    const [hours, days] = [new Float64Array(24), new Float64Array(7)];
    for (const [place, share] of shares.entries()) {
      hours[place % 24]! += share;
      days[Math.floor(place / 24)]! += share;
    }
    return { ...counted, hours, days, week: shares };
  });
}
