import type { EventLog, UserEvent } from '../../lib/data/event';

/** A log of literal events: `['u1', 'a', 5]` is user, item, time; `more` overrides the rest. Rows count from 1. */
export function toyLog(
  rows: readonly (readonly [
    userId: string,
    itemId: string | null,
    timeMs: number | null,
    more?: Partial<UserEvent>,
  ])[],
): EventLog {
  const events = rows.map(([userId, itemId, timeMs, more], index): UserEvent => ({
    userId,
    behavior: 'click',
    itemId,
    query: null,
    timeMs,
    rating: null,
    row: index + 1,
    ...more,
  }));
  return {
    events,
    hasTimes: events.some((event) => event.timeMs !== null),
    source: { name: 'toy', file: null, sha256: '', rowsRead: events.length, rejected: [] },
    items: new Map(),
    users: new Map(),
  };
}
