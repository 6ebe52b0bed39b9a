import type { UserEvent } from '../data/event';
import type { Marks } from './duplicates';

/**
 * Mark all events of users who once were faster than `maxPerMinute`: more events than that within 60 seconds.
 *
 * The 60 seconds may start at any event. A machine that clicks, or several people behind one account, is
 * no history of one person, so all of it goes. Events without a time count for nothing, but go with their user.
 */
export function markBurstUsers(events: readonly UserEvent[], maxPerMinute: number): Marks {
  const timesOf = new Map<string, number[]>();
  for (const { userId, timeMs } of events) {
    if (timeMs === null) continue;
    const times = timesOf.get(userId);
    if (times) times.push(timeMs);
    else timesOf.set(userId, [timeMs]);
  }
  const bursting = new Set<string>();
  for (const [userId, times] of timesOf) if (hasBurst(times, maxPerMinute)) bursting.add(userId);
  return Uint8Array.from(events, ({ userId }) => (bursting.has(userId) ? 1 : 0));
}

function hasBurst(times: readonly number[], maxPerMinute: number): boolean {
  const sorted = Float64Array.from(times).sort();
  return sorted.some((timeMs, index) => {
    const first = sorted[index - maxPerMinute];
    return first !== undefined && timeMs - first < 60_000;
  });
}
