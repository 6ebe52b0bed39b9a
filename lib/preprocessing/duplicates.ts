import type { Behavior, UserEvent } from '../data/event';

/** One mark an event, in their order: 1 for an event to be dropped. */
export type Marks = Uint8Array;

/**
 * Mark every copy of an event but the first: same user, behaviour, item, query, time and rating.
 *
 * Events without a time are never marked: two of them may be two purchases.
 */
export function markDuplicates(events: readonly UserEvent[]): Marks {
  const seen = new Set<string>();
  return Uint8Array.from(events, (event) => {
    if (event.timeMs === null) return 0;
    const { userId, behavior, itemId, query, timeMs, rating } = event;
    const key = JSON.stringify([userId, behavior, itemId, query, timeMs, rating]);
    if (seen.has(key)) return 1;
    seen.add(key);
    return 0;
  });
}

/**
 * Mark repeated views: the same user, behaviour and item at most `windowMs` after the last view that is kept.
 *
 * Views are compared in time order, whatever the order of the rows, so a view kept opens a window and the
 * views inside it count as one. Events without an item or a time are never marked.
 */
export function markRepeatedViews(
  events: readonly UserEvent[],
  windowMs: number,
  views: readonly Behavior[],
): Marks {
  const marks = new Uint8Array(events.length);
  const byKey = new Map<string, number[]>();
  for (const [index, { userId, behavior, itemId, timeMs }] of events.entries()) {
    if (itemId === null || timeMs === null || !views.includes(behavior)) continue;
    const key = JSON.stringify([userId, behavior, itemId]);
    const own = byKey.get(key);
    if (own) own.push(index);
    else byKey.set(key, [index]);
  }
  for (const own of byKey.values()) {
    own.sort((a, b) => events[a]!.timeMs! - events[b]!.timeMs!);
    let keptMs = -Infinity;
    for (const index of own) {
      const timeMs = events[index]!.timeMs!;
      if (timeMs - keptMs <= windowMs) marks[index] = 1;
      else keptMs = timeMs;
    }
  }
  return marks;
}
