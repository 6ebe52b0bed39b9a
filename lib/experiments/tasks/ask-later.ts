import type { EventLog, UserEvent } from '../../data/event';

const dayMs = 86_400_000;

/** A moment, and how far before and behind it is looked. */
export interface Moment {
  /** The moment of the question, ms since 1970-01-01 UTC: what is read is before it, what is asked after. */
  readonly cutMs: number;
  /** So many days from `cutMs` on are asked about. */
  readonly horizonDays: number;
  /** Asked are users with an event in so many days before `cutMs`; Infinity for everybody who was ever there. */
  readonly activeDays: number;
}

/** What may be read at a moment, and what came after it. */
export interface AskedLater {
  /** The events of the asked users before the moment, and nothing else. */
  readonly before: EventLog;
  /** Of each asked user, in the order of their first appearance among the active, whether it happened within the horizon. */
  readonly happened: ReadonlyMap<string, boolean>;
}

/**
 * Part a log at a moment: what may be read, and whether something happened afterwards.
 *
 * Nothing after the moment is in `before`, and nothing before it answers. Events without a time are left out.
 *
 * @param what   who asks, for errors
 * @param counts whether an event within the horizon is one that is asked for
 * @throws RangeError when the log ends before the horizon does, so that nobody knows, or no user is active
 */
export function askLater(
  what: string,
  log: EventLog,
  { cutMs, horizonDays, activeDays }: Moment,
  counts: (event: UserEvent) => boolean,
): AskedLater {
  const endMs = cutMs + horizonDays * dayMs;
  const lastMs = log.events.reduce((latest, { timeMs }) => Math.max(latest, timeMs ?? -Infinity), -Infinity);
  // The last day may have fallen quiet before midnight.
  if (!(lastMs >= endMs - dayMs)) {
    throw new RangeError(`${what}: the log ends before the horizon does, so nobody knows what came`);
  }
  const [active, answered] = [new Set<string>(), new Set<string>()];
  for (const event of log.events) {
    const { userId, timeMs } = event;
    if (timeMs === null) continue;
    if (timeMs < cutMs && timeMs >= cutMs - activeDays * dayMs) active.add(userId);
    if (timeMs >= cutMs && timeMs < endMs && counts(event)) answered.add(userId);
  }
  if (active.size === 0) throw new RangeError(`${what}: no user is active in the ${activeDays} days before`);
  const events = log.events.filter(
    ({ userId, timeMs }) => timeMs !== null && timeMs < cutMs && active.has(userId),
  );
  return {
    before: { ...log, events },
    happened: new Map([...active].map((userId) => [userId, answered.has(userId)])),
  };
}
