import type { Behavior, EventLog, UserEvent } from '../../data/event';
import { histories } from '../../preprocessing/time-order';

/** A search, and what was clicked after it. */
export interface SearchQuestion {
  readonly userId: string;
  readonly query: string;
  readonly timeMs: number;
  /** The first item seen after it in the same visit; null where the log does not tell what was seen. */
  readonly shown: string | null;
  /** The first item clicked after it in the same visit. */
  readonly clicked: string;
}

/** The searches of a time, and those that cannot be asked. */
export interface SearchTask {
  /** Users in the order of their first event, the searches of each in the order of time. */
  readonly questions: readonly SearchQuestion[];
  /** Searches after which nothing was clicked: nobody knows what was wanted. */
  readonly withoutClick: number;
}

/**
 * Ask of every search within a time which item the user clicks first.
 *
 * A visit ends with the next search of the user, with another session where the log names them, or after half an hour without an event.
 *
 * @param fromMs first moment; the last one is before `untilMs`
 * @throws RangeError when there is no search with a click
 * @source Joachims, "Optimizing Search Engines using Clickthrough Data", KDD 2002 (clicks as answers to a query).
 * @differs What stood above the click and was passed over is not used.
 */
export function searchTask(
  log: EventLog,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): SearchTask {
  const questions: SearchQuestion[] = [];
  let withoutClick = 0;
  for (const [userId, events] of histories(log.events).byUser) {
    for (const [at, { behavior, query, timeMs }] of events.entries()) {
      if (behavior !== 'search' || query === null || timeMs === null) continue;
      if (timeMs < fromMs || timeMs >= untilMs) continue;
      const visit = restOfVisit(events, at);
      const first = (wanted: Behavior): string | null =>
        visit.find(({ behavior: own, itemId }) => own === wanted && itemId !== null)?.itemId ?? null;
      const clicked = first('click');
      if (clicked === null) withoutClick += 1;
      else questions.push({ userId, query, timeMs, shown: first('browse'), clicked });
    }
  }
  if (questions.length === 0)
    throw new RangeError('searchTask: there is no search with a click in this time');
  return { questions, withoutClick };
}

const pauseMs = 1_800_000;

/** What the user did between a search and the end of the visit. */
function restOfVisit(events: readonly UserEvent[], search: number): UserEvent[] {
  const { sessionId } = events[search]!;
  let end = search + 1;
  while (
    end < events.length &&
    events[end]!.behavior !== 'search' &&
    events[end]!.sessionId === sessionId &&
    events[end]!.timeMs! - events[end - 1]!.timeMs! <= pauseMs
  ) {
    end += 1;
  }
  return events.slice(search + 1, end);
}
