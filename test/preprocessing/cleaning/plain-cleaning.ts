import type { EventLog, UserEvent } from '../../../lib/data/event';
import type { CleaningRules } from '../../../lib/preprocessing/cleaning/rules';

/** The rules of `cleanTable` in plain loops, but for `anomalousUsers`: positions of the events that stay, ascending. */
export function plainCleaning({ events }: EventLog, rules: CleaningRules): number[] {
  const { behaviors, earliestMs = -Infinity, latestMs = Infinity, repeatWindowMs } = rules;
  let left = [...events.keys()];
  const keep = (isKept: (event: UserEvent, position: number) => boolean): void => {
    left = left.filter((position) => isKept(events[position]!, position));
  };
  if (behaviors) keep(({ behavior }) => behaviors.includes(behavior));
  if (rules.dropWithoutObject) keep(({ itemId, query }) => itemId !== null || query !== null);
  if (rules.dropWithoutTime) keep(({ timeMs }) => timeMs !== null);
  keep(({ timeMs }) => timeMs === null || (timeMs >= earliestMs && timeMs <= latestMs));

  const keys = new Set<string>();
  const isCopy = new Set<number>();
  for (const position of left) {
    const values = { ...events[position]!, row: 0 };
    const key = JSON.stringify(values);
    if (rules.dropDuplicates && values.timeMs !== null && keys.has(key)) isCopy.add(position);
    keys.add(key);
  }
  const isRepeat = (position: number): boolean => {
    const { userId, itemId, behavior, timeMs } = events[position]!;
    const views = rules.repeatBehaviors ?? ['browse', 'click'];
    if (repeatWindowMs === undefined || itemId === null || timeMs === null || !views.includes(behavior))
      return false;
    return left.some((other) => {
      const before = events[other]!;
      if (before.userId !== userId || before.itemId !== itemId || before.behavior !== behavior) return false;
      if (before.timeMs === null || before.timeMs > timeMs) return false;
      return (
        timeMs - before.timeMs <= repeatWindowMs &&
        (before.timeMs < timeMs || comesBefore(before, events[position]!, rules))
      );
    });
  };
  const repeats = new Set(left.filter(isRepeat));
  keep((_, position) => !isCopy.has(position) && !repeats.has(position));

  const limit = rules.maxEventsPerUserPerMinute;
  if (limit !== undefined) {
    const fast = new Set<string>();
    for (const first of left) {
      const { userId, timeMs } = events[first]!;
      if (timeMs === null) continue;
      const within = left.filter((position) => {
        const other = events[position]!;
        return (
          other.userId === userId &&
          other.timeMs !== null &&
          other.timeMs >= timeMs &&
          other.timeMs < timeMs + 60_000
        );
      });
      if (within.length > limit) fast.add(userId);
    }
    keep(({ userId }) => !fast.has(userId));
  }

  // One bad event at a time: the core does not depend on the order.
  const { minEventsPerUser: perUser = 0, minEventsPerItem: perItem = 0 } = rules;
  for (;;) {
    const count = (isSame: (event: UserEvent) => boolean): number =>
      left.filter((position) => isSame(events[position]!)).length;
    const bad = left.find((position) => {
      const { userId, itemId } = events[position]!;
      if (count((event) => event.userId === userId) < perUser) return true;
      return itemId !== null && count((event) => event.itemId === itemId) < perItem;
    });
    if (bad === undefined) return left;
    left = left.filter((position) => position !== bad);
  }
}

/** Which of two events of the same time is the earlier one: by row, and where copies are looked for, equal ones together. */
function comesBefore(a: UserEvent, b: UserEvent, rules: CleaningRules): boolean {
  if (!rules.dropDuplicates) return a.row < b.row;
  const keyOf = ({ query, rating }: UserEvent): (string | number)[] => [query ?? '', rating ?? -Infinity];
  const [x, y] = [keyOf(a), keyOf(b)];
  for (const [index, value] of x.entries()) if (value !== y[index]) return value < y[index]!;
  return a.row < b.row;
}
