import type { EventLog } from '../data/event';

const dayMs = 86_400_000;

/** When it is asked who will stay away. */
export interface ChurnQuestion {
  /** The moment of the question, ms since 1970-01-01 UTC: what is read is before it, what is asked after. */
  readonly cutMs: number;
  /** A user who has no event for so many days from `cutMs` on has left. */
  readonly horizonDays: number;
  /** Asked are users with an event in so many days before `cutMs`: of others it is known already. */
  readonly activeDays: number;
}

/** What may be read, and what came. */
export interface ChurnTask {
  /** The events of the asked users before the moment, and nothing else. */
  readonly before: EventLog;
  /** Of each asked user, 1 who left and 0 who stayed, as the text that `labelUsers` takes. */
  readonly labels: { readonly name: string; readonly ofUser: ReadonlyMap<string, string> };
}

/**
 * Ask at one moment which active users will stay away.
 *
 * Nothing after the moment is in `before`. Labels come from the log alone, not from a truth that a shop has not. Events without a
 * time are left out.
 *
 * @throws RangeError when the log ends before the horizon does, so that nobody knows who left, or no user is active
 * @source Neslin, Gupta, Kamakura, Lu & Mason, "Defection Detection: Measuring and Understanding the Predictive Accuracy of Customer
 *   Churn Models", Journal of Marketing Research 43(2), 2006 (predictors before, defection in a window after).
 */
export function churnTask(log: EventLog, { cutMs, horizonDays, activeDays }: ChurnQuestion): ChurnTask {
  const endMs = cutMs + horizonDays * dayMs;
  const lastMs = log.events.reduce((latest, { timeMs }) => Math.max(latest, timeMs ?? -Infinity), -Infinity);
  // The last day may have fallen quiet before midnight.
  if (!(lastMs >= endMs - dayMs)) {
    throw new RangeError('churnTask: the log ends before the horizon does, so nobody knows who left');
  }
  const [active, back] = [new Set<string>(), new Set<string>()];
  for (const { userId, timeMs } of log.events) {
    if (timeMs === null) continue;
    if (timeMs < cutMs && timeMs >= cutMs - activeDays * dayMs) active.add(userId);
    if (timeMs >= cutMs && timeMs < endMs) back.add(userId);
  }
  if (active.size === 0)
    throw new RangeError(`churnTask: no user is active in the ${activeDays} days before`);
  const events = log.events.filter(
    ({ userId, timeMs }) => timeMs !== null && timeMs < cutMs && active.has(userId),
  );
  return {
    before: { ...log, events },
    labels: {
      name: 'left',
      ofUser: new Map([...active].map((userId) => [userId, back.has(userId) ? '0' : '1'])),
    },
  };
}
