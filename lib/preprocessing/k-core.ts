import type { UserEvent } from '../data/event';
import type { Marks } from './duplicates';

/** The fewest events a user and an item must have to stay; 0 asks for nothing. */
export interface MinimumEvents {
  readonly perUser: number;
  readonly perItem: number;
}

/**
 * Mark the events of users and items that are too rare, again and again until all that remain have enough.
 *
 * Dropping a rare item may leave a user with too few events, and so on: one pass would leave users and items
 * below the minimum. What remains is the largest part of the log in which all have enough; it does not depend
 * on the order of the passes. All events of a user count; an event without an item counts for its user only.
 *
 * @returns `byUser` and `byItem`: the events that go because of their user, and because of their item; never both
 * @source Seidman, "Network structure and minimum degree", Social Networks 5(3), 1983 (the k-core).
 */
export function markBelowMinimum(
  events: readonly UserEvent[],
  { perUser, perItem }: MinimumEvents,
): { byUser: Marks; byItem: Marks } {
  const byUser = new Uint8Array(events.length);
  const byItem = new Uint8Array(events.length);
  const isLeft = (index: number): boolean => byUser[index] === 0 && byItem[index] === 0;
  const pass = (marks: Marks, minimum: number, keyOf: (event: UserEvent) => string | null): boolean => {
    const counts = new Map<string, number>();
    for (const [index, event] of events.entries()) {
      const key = keyOf(event);
      if (key !== null && isLeft(index)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    let changed = false;
    for (const [index, event] of events.entries()) {
      const key = keyOf(event);
      if (key === null || !isLeft(index) || counts.get(key)! >= minimum) continue;
      marks[index] = 1;
      changed = true;
    }
    return changed;
  };
  for (let changed = true; changed;) {
    const fewerItems = pass(byItem, perItem, (event) => event.itemId);
    const fewerUsers = pass(byUser, perUser, (event) => event.userId);
    changed = fewerItems || fewerUsers;
  }
  return { byUser, byItem };
}
