import type { Behavior } from '../../data/event';
import type { EventColumn } from '../../data/tables/event-table';

/** What to drop. A rule that is not given does nothing: without rules every row stays. Applied in this order. */
export interface CleaningRules {
  /** Behaviours that stay. */
  readonly behaviors?: readonly Behavior[];
  /** Drop events with neither item nor query. */
  readonly dropWithoutObject?: boolean;
  /** Drop events without a time. */
  readonly dropWithoutTime?: boolean;
  /** Drop events with no value in one of these columns. To fill them instead, see `preprocessing/missing`. */
  readonly dropWithout?: readonly EventColumn[];
  /** Times before this, in ms since 1970-01-01 UTC, are impossible. */
  readonly earliestMs?: number;
  /** Times after this, in ms since 1970-01-01 UTC, are impossible. */
  readonly latestMs?: number;
  /** Keep the first of several events that are equal in everything, their time included. */
  readonly dropDuplicates?: boolean;
  /** A view of the same item by the same user at most this long after the view before it is a part of that one. */
  readonly repeatWindowMs?: number;
  /** What a view is. Default `browse` and `click`. */
  readonly repeatBehaviors?: readonly Behavior[];
  /** Users with more events than this within any 60 seconds go, with all their events. */
  readonly maxEventsPerUserPerMinute?: number;
  /** Users who are unlike all others go, with all their events; `{}` for the usual limits. */
  readonly anomalousUsers?: AnomalousUsers;
  /** Users with fewer events go, and items below their minimum, until all that stay have enough. */
  readonly minEventsPerUser?: number;
  readonly minEventsPerItem?: number;
}

/** Names of all rules: a misspelt one, which the compiler has not seen, must not be taken in silence. */
const ruleNames = [
  'behaviors',
  'dropWithoutObject',
  'dropWithoutTime',
  'dropWithout',
  'earliestMs',
  'latestMs',
  'dropDuplicates',
  'repeatWindowMs',
  'repeatBehaviors',
  'maxEventsPerUserPerMinute',
  'anomalousUsers',
  'minEventsPerUser',
  'minEventsPerItem',
] as const satisfies readonly (keyof CleaningRules)[];

/** When a user is unlike the others. */
export interface AnomalousUsers {
  /**
   * How far above the upper quartile, in interquartile ranges of the logarithm, a user's events per active day and
   * events in the busiest minute may be. Default 3.
   */
  readonly fence?: number;
  /**
   * The least quartile coefficient of dispersion of the pauses between a user's events: 0 for a clock, about .65 where events come
   * at random. Default .1.
   */
  readonly leastDispersion?: number;
  /** Users with fewer events are not judged. Default 20. */
  readonly minEvents?: number;
}

/**
 * Refuse rules that there are not, and rules whose numbers are out of range.
 *
 * @throws RangeError naming the rule and its value
 */
export function checkRules(rules: CleaningRules): void {
  const unknown = Object.keys(rules).find((name) => !(ruleNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`cleaning: there is no rule '${unknown}'; the rules are ${ruleNames.join(', ')}`);
  }
  const { earliestMs, latestMs, repeatWindowMs } = rules;
  for (const [name, value] of Object.entries({ earliestMs, latestMs, repeatWindowMs })) {
    if (value !== undefined && (!Number.isFinite(value) || (name === 'repeatWindowMs' && value < 0))) {
      throw new RangeError(`cleaning: ${name} must be a number of milliseconds, got ${value}`);
    }
  }
  const { maxEventsPerUserPerMinute, minEventsPerUser, minEventsPerItem } = rules;
  const minEvents = rules.anomalousUsers?.minEvents;
  const counts = { maxEventsPerUserPerMinute, minEventsPerUser, minEventsPerItem, minEvents };
  for (const [name, value] of Object.entries(counts)) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`cleaning: ${name} must be a whole number from 1, got ${value}`);
    }
  }
  const { fence = 0, leastDispersion = 0 } = rules.anomalousUsers ?? {};
  if (!(fence >= 0)) throw new RangeError(`cleaning: fence must be 0 or more, got ${fence}`);
  if (!(leastDispersion >= 0 && leastDispersion <= 1)) {
    throw new RangeError(`cleaning: leastDispersion must be from 0 to 1, got ${leastDispersion}`);
  }
}

/** The rules in a line, for the protocol of a number: `minEventsPerUser 5, dropDuplicates`; `none` where nothing is dropped. */
export function describeRules(rules: CleaningRules): string {
  const parts = Object.entries(rules).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? name : `${name} ${typeof value === 'number' ? value : JSON.stringify(value)}`];
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** Rules that look at times, for a log without times: in words, for the report. */
export function idleRules(hasTimes: boolean, rules: CleaningRules): string[] {
  if (hasTimes) return [];
  const names = ['dropDuplicates', 'repeatWindowMs', 'maxEventsPerUserPerMinute', 'anomalousUsers'] as const;
  const idle = names.filter((name) => rules[name] !== undefined && rules[name] !== false);
  return idle.map((name) => `the log has no times, so ${name} could find nothing`);
}
