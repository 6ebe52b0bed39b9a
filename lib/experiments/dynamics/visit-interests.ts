import type { EventLog } from '../../data/event';
import { usualGapMs } from '../../preprocessing/slicing/sessions';
import { journeysOf } from '../groups/journeys';

/** One visit of one user, as far as it tells an interest. */
export interface InterestVisit {
  /** Of its first event, ms since 1970-01-01 UTC. */
  readonly startMs: number;
  /** Events by kind, one number a kind; an item of several categories counts a part for each. */
  readonly counts: Float64Array;
  /** The kind with most events, the first of equals. */
  readonly mainKind: number;
  /** Items in order. */
  readonly itemIds: readonly string[];
}

/** What everybody looked at, visit by visit. */
export interface VisitInterests {
  readonly userIds: readonly string[];
  /** Names of categories, in the order of the alphabet. */
  readonly kinds: readonly string[];
  /** Visits of each user, oldest first. */
  readonly visits: readonly (readonly InterestVisit[])[];
  /** Visits left out, without any item whose category is known. */
  readonly withoutKind: number;
}

/**
 * Cut a log into visits and say what each was about: the unit for everything that asks whether interests change.
 *
 * Events of a visit belong together, visits hardly do: whoever counts events as if each were drawn anew finds change everywhere. Users
 * without any visit left are not in the result.
 *
 * @param gapMs pauses longer than this end a visit. Default half an hour
 * @throws RangeError when the log has no times, `gapMs` is not above 0, or no item has a category
 */
export function visitInterests(
  log: Pick<EventLog, 'events' | 'hasTimes' | 'items'>,
  { gapMs = usualGapMs }: { readonly gapMs?: number } = {},
): VisitInterests {
  const { userIds, journeys } = journeysOf(log, 'visit', { gapMs });
  const kinds = [...new Set([...log.items.values()].flatMap(({ categories }) => categories))].sort();
  if (kinds.length === 0) throw new RangeError('visitInterests: no item has a category');
  const placeOf = new Map(kinds.map((kind, place) => [kind, place]));
  const visits = userIds.map((): InterestVisit[] => []);
  let withoutKind = 0;
  for (const { user, steps } of journeys) {
    const counts = new Float64Array(kinds.length);
    const itemIds: string[] = [];
    for (const { itemId } of steps) {
      const categories = (itemId !== null && log.items.get(itemId)?.categories) || [];
      for (const category of categories) counts[placeOf.get(category)!]! += 1 / categories.length;
      if (itemId !== null) itemIds.push(itemId);
    }
    const mainKind = counts.indexOf(Math.max(...counts));
    if (counts[mainKind] === 0) withoutKind += 1;
    else visits[user]!.push({ startMs: steps[0]!.timeMs!, counts, mainKind, itemIds });
  }
  const kept = [...visits.keys()].filter((user) => visits[user]!.length > 0);
  return {
    userIds: kept.map((user) => userIds[user]!),
    kinds,
    visits: kept.map((user) => visits[user]!),
    withoutKind,
  };
}

/**
 * The window of each visit: 0 for the first so many ms from `startMs` on, 1 for the next.
 *
 * @throws RangeError when `windowMs` is not above 0, or a visit is before `startMs`
 */
export function windowsOfVisits(
  visits: readonly Pick<InterestVisit, 'startMs'>[],
  { startMs, windowMs }: { readonly startMs: number; readonly windowMs: number },
): Int32Array {
  if (!(windowMs > 0)) throw new RangeError(`windowsOfVisits: windowMs must be above 0, got ${windowMs}`);
  return Int32Array.from(visits, (visit, place) => {
    if (!(visit.startMs >= startMs))
      throw new RangeError(`windowsOfVisits: visit ${place} is before the first window`);
    return Math.floor((visit.startMs - startMs) / windowMs);
  });
}
