import type { EventLog, UserEvent } from '../../data/event';
import { usualGapMs } from '../../preprocessing/slicing/sessions';
import { histories } from '../../preprocessing/time-order';
import type { Journey } from './funnel';

/** A journey with all that the log says of its events. */
export interface LoggedJourney extends Journey {
  readonly steps: readonly UserEvent[];
}

/** What users did, cut into journeys. */
export interface Journeys {
  /** Users in order of first appearance; `user` of a journey is a place here. */
  readonly userIds: readonly string[];
  /** User after user, each in order of time. */
  readonly journeys: readonly LoggedJourney[];
  /** Events left out: without a time in a log that has times. */
  readonly withoutTime: number;
}

/**
 * Cut a log into what a funnel and transitions are counted on: one journey a user, or one a visit.
 *
 * Visits end with a pause, as in `cutSessions`, over events of all behaviours, also those without an item. Equal times keep the order of
 * the file.
 *
 * @param unit  `user`: the whole history. `visit`: a new one after each pause
 * @param gapMs pauses longer than this end a visit. Default half an hour
 * @throws RangeError when visits are asked for and the log has no times, or `gapMs` is not above 0
 */
export function journeysOf(
  log: Pick<EventLog, 'events' | 'hasTimes'>,
  unit: 'user' | 'visit',
  { gapMs = usualGapMs }: { readonly gapMs?: number } = {},
): Journeys {
  if (unit === 'visit' && !log.hasTimes)
    throw new RangeError("journeysOf: the log has no times, so there are no visits; ask for 'user'");
  if (!(gapMs > 0)) throw new RangeError(`journeysOf: gapMs must be above 0, got ${gapMs}`);
  const { byUser, withoutTime } = histories(log.events);
  const journeys: { user: number; steps: UserEvent[] }[] = [];
  for (const [user, events] of [...byUser.values()].entries()) {
    for (const [place, event] of events.entries()) {
      const isNew = place === 0 || (unit === 'visit' && event.timeMs! - events[place - 1]!.timeMs! > gapMs);
      if (isNew) journeys.push({ user, steps: [] });
      journeys.at(-1)!.steps.push(event);
    }
  }
  return { userIds: [...byUser.keys()], journeys, withoutTime: withoutTime.length };
}
