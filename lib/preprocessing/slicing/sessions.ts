import { cutWhere, timesOf, type SlicedColumns, type Slices } from './slices';

/** Half an hour without an event: what web analytics has taken for the end of a visit ever since. */
export const usualGapMs = 30 * 60_000;

/**
 * Cut each user's events into visits: a new session begins after a pause.
 *
 * @param gapMs pauses longer than this end a session; one of exactly this length does not
 * @throws RangeError when the sequences have no times, or `gapMs` is not above 0
 * @source Catledge & Pitkow, "Characterizing Browsing Strategies in the World-Wide Web", Computer Networks and ISDN Systems
 *   27(6), 1995 (25.5 minutes, one and a half deviations above the mean pause; rounded to 30 in practice).
 */
export function cutSessions(
  columns: SlicedColumns,
  { gapMs = usualGapMs }: { readonly gapMs?: number } = {},
): Slices {
  if (!(gapMs > 0)) throw new RangeError(`cutSessions: gapMs must be above 0, got ${gapMs}`);
  const timesMs = timesOf('cutSessions', columns);
  return cutWhere(columns, (event) => timesMs[event]! - timesMs[event - 1]! > gapMs);
}
