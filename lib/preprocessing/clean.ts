import type { Behavior, EventLog, RejectedRows, UserEvent } from '../data/event';
import { markBurstUsers } from './bursts';
import { markDuplicates, markRepeatedViews, type Marks } from './duplicates';
import { markBelowMinimum } from './k-core';
import { histories } from './time-order';

/** What to drop. A rule that is not given does nothing: without rules every row stays. Applied in this order. */
export interface CleaningRules {
  /** Behaviours that stay. */
  readonly behaviors?: readonly Behavior[];
  /** Drop events with neither item nor query. */
  readonly dropWithoutObject?: boolean;
  /** Drop events without a time. */
  readonly dropWithoutTime?: boolean;
  /** Times before this, in ms since 1970-01-01 UTC, are impossible. */
  readonly earliestMs?: number;
  /** Times after this, in ms since 1970-01-01 UTC, are impossible. */
  readonly latestMs?: number;
  /** Keep one of several events that are equal in everything, their time included. */
  readonly dropDuplicates?: boolean;
  /** Views of the same item by the same user count as one within this time. */
  readonly repeatWindowMs?: number;
  /** What a view is. Default `browse` and `click`. */
  readonly repeatBehaviors?: readonly Behavior[];
  /** Users with more events than this within any 60 seconds go, with all their events. */
  readonly maxEventsPerUserPerMinute?: number;
  /** Users with fewer events go, and items below their minimum, until all that stay have enough. */
  readonly minEventsPerUser?: number;
  readonly minEventsPerItem?: number;
}

/** Everything cleaning changed. `rowsIn` = `rowsOut` + the sum of `dropped`, always. */
export interface CleaningReport {
  readonly rowsIn: number;
  readonly rowsOut: number;
  /** By reason, in the order of the rules; a rule that found nothing is not in it. */
  readonly dropped: readonly RejectedRows[];
  readonly usersIn: number;
  readonly usersOut: number;
  /** Distinct items of the events. */
  readonly itemsIn: number;
  readonly itemsOut: number;
  /** What was seen and left as it is, in words. */
  readonly notes: readonly string[];
}

/**
 * Drop what the rules name, and account for every row.
 *
 * Events that stay keep their order and are not changed. A row goes for the first rule that it breaks and is
 * counted there once. Cleaning the result with the same rules drops nothing more.
 *
 * @throws RangeError when a rule's number is out of range
 */
export function cleanLog(log: EventLog, rules: CleaningRules): { log: EventLog; report: CleaningReport } {
  checkRules(rules);
  const dropped: RejectedRows[] = [];
  let events = log.events;
  const drop = (reason: string, marks: Marks): void => {
    const gone = events.filter((_, index) => marks[index] === 1);
    if (gone.length === 0) return;
    dropped.push({ reason, rows: gone.length, firstRow: gone[0]!.row });
    events = events.filter((_, index) => marks[index] === 0);
  };
  const markWhere = (isBad: (event: UserEvent) => boolean): Marks =>
    Uint8Array.from(events, (event) => (isBad(event) ? 1 : 0));

  const { behaviors, earliestMs = -Infinity, latestMs = Infinity } = rules;
  if (behaviors) {
    drop(
      'behaviour not asked for',
      markWhere((event) => !behaviors.includes(event.behavior)),
    );
  }
  if (rules.dropWithoutObject) {
    drop(
      'neither item nor query',
      markWhere((event) => event.itemId === null && event.query === null),
    );
  }
  if (rules.dropWithoutTime) {
    drop(
      'no time',
      markWhere((event) => event.timeMs === null),
    );
  }
  if (rules.earliestMs !== undefined || rules.latestMs !== undefined) {
    drop(
      'impossible time',
      // Written so that NaN is impossible too.
      markWhere(({ timeMs }) => timeMs !== null && !(timeMs >= earliestMs && timeMs <= latestMs)),
    );
  }
  if (rules.dropDuplicates) drop('exact duplicate', markDuplicates(events));
  if (rules.repeatWindowMs !== undefined) {
    const views = rules.repeatBehaviors ?? ['browse', 'click'];
    drop('repeated view', markRepeatedViews(events, rules.repeatWindowMs, views));
  }
  if (rules.maxEventsPerUserPerMinute !== undefined) {
    drop('user too fast for a person', markBurstUsers(events, rules.maxEventsPerUserPerMinute));
  }
  const minimum = { perUser: rules.minEventsPerUser ?? 0, perItem: rules.minEventsPerItem ?? 0 };
  if (minimum.perUser > 0 || minimum.perItem > 0) {
    const { byUser, byItem } = markBelowMinimum(events, minimum);
    const byUserAmongRest = byUser.filter((_, index) => byItem[index] === 0);
    drop(`item with fewer than ${minimum.perItem} events`, byItem);
    drop(`user with fewer than ${minimum.perUser} events`, byUserAmongRest);
  }

  const report: CleaningReport = {
    rowsIn: log.events.length,
    rowsOut: events.length,
    dropped,
    usersIn: countUsers(log.events),
    usersOut: countUsers(events),
    itemsIn: countItems(log.events),
    itemsOut: countItems(events),
    notes: [...rejectedNotes(log), ...orderNotes(events), ...ruleNotes(log, rules)],
  };
  return { log: { ...log, events }, report };
}

function checkRules(rules: CleaningRules): void {
  const { earliestMs, latestMs, repeatWindowMs } = rules;
  for (const [name, value] of Object.entries({ earliestMs, latestMs, repeatWindowMs })) {
    if (value !== undefined && (!Number.isFinite(value) || (name === 'repeatWindowMs' && value < 0))) {
      throw new RangeError(`cleanLog: ${name} must be a number of milliseconds, got ${value}`);
    }
  }
  const { maxEventsPerUserPerMinute, minEventsPerUser, minEventsPerItem } = rules;
  for (const [name, value] of Object.entries({
    maxEventsPerUserPerMinute,
    minEventsPerUser,
    minEventsPerItem,
  })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`cleanLog: ${name} must be a whole number from 1, got ${value}`);
    }
  }
}

function rejectedNotes(log: EventLog): string[] {
  return log.source.rejected.map(
    ({ reason, rows, firstRow }) =>
      `the reader left out ${rows} rows (${reason}), the first is row ${firstRow}`,
  );
}

function orderNotes(events: readonly UserEvent[]): string[] {
  const { outOfOrder, withoutTime } = histories(events);
  return [
    ...(outOfOrder > 0 ? [`${outOfOrder} rows are older than a row of the same user before them`] : []),
    ...(withoutTime.length > 0 ? [`${withoutTime.length} rows that stay have no time`] : []),
  ];
}

function ruleNotes(log: EventLog, rules: CleaningRules): string[] {
  if (log.hasTimes) return [];
  const idle = (['dropDuplicates', 'repeatWindowMs', 'maxEventsPerUserPerMinute'] as const).filter(
    (name) => rules[name] !== undefined && rules[name] !== false,
  );
  return idle.map((name) => `the log has no times, so ${name} could find nothing`);
}

function countUsers(events: readonly UserEvent[]): number {
  return new Set(events.map((event) => event.userId)).size;
}

function countItems(events: readonly UserEvent[]): number {
  return new Set(events.map((event) => event.itemId).filter((itemId) => itemId !== null)).size;
}
