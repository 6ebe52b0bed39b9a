import type { UserEvent } from '../data/event';

/** Each user's events, oldest first. */
export interface Histories {
  /** By user in order of first appearance. */
  readonly byUser: ReadonlyMap<string, readonly UserEvent[]>;
  /** Rows older than a row of the same user before them. */
  readonly outOfOrder: number;
  /** Rows without a usable time, in a log where others have one: no place in the order is theirs. */
  readonly withoutTime: readonly UserEvent[];
}

/**
 * Gather each user's events and put them in time order.
 *
 * Equal times keep the order of the file. In a log without any times the order
 * of the rows is the order of time.
 */
export function histories(events: readonly UserEvent[]): Histories {
  const hasTimes = events.some((event) => isTime(event.timeMs));
  const byUser = new Map<string, UserEvent[]>();
  const withoutTime: UserEvent[] = [];
  for (const event of events) {
    if (hasTimes && !isTime(event.timeMs)) {
      withoutTime.push(event);
      continue;
    }
    const own = byUser.get(event.userId);
    if (own) own.push(event);
    else byUser.set(event.userId, [event]);
  }

  let outOfOrder = 0;
  for (const own of hasTimes ? byUser.values() : []) {
    let latestMs = -Infinity;
    let late = 0;
    for (const { timeMs } of own) {
      if (timeMs! < latestMs) late += 1;
      else latestMs = timeMs!;
    }
    // Array.prototype.sort is stable (ES2019): equal times stay in file order.
    if (late > 0) own.sort((a, b) => a.timeMs! - b.timeMs!);
    outOfOrder += late;
  }
  return { byUser, outOfOrder, withoutTime };
}

/**
 * Put events in time order user by user; equal times keep the order of the file.
 *
 * Users come in order of first appearance, each with all of its events. Rows
 * without a time, in a log that has times, come last, in file order: nothing is lost.
 */
export function sortByTime(events: readonly UserEvent[]): {
  events: UserEvent[];
  outOfOrder: number;
  withoutTime: number;
} {
  const { byUser, outOfOrder, withoutTime } = histories(events);
  const sorted: UserEvent[] = [];
  for (const own of byUser.values()) for (const event of own) sorted.push(event);
  for (const event of withoutTime) sorted.push(event);
  return { events: sorted, outOfOrder, withoutTime: withoutTime.length };
}

function isTime(timeMs: number | null): timeMs is number {
  return timeMs !== null && Number.isFinite(timeMs);
}
