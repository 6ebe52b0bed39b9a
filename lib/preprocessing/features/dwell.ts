import { timesOf, type Slices } from '../slicing/slices';
import type { EventColumns, Feature } from './feature';

/**
 * How long a user stayed with an event, for a log that does not say: the time to the next event of the same session, in ms.
 *
 * It is known only once the next event has come, so it is NOT causal: for looking at a log, or as a target. A model that predicts
 * the next event takes `previousDwell`. Missing (NaN) for the last event of a session: nobody knows how long that was.
 *
 * @param sessions cut from the same columns; see `cutSessions`
 * @throws RangeError when the sequences have no times, or the sessions are of other columns
 * @source Yi, Hong, Zhong, Liu & Rajan, "Beyond Clicks: Dwell Time for Personalization", RecSys 2014 (dwell time from
 *   the times of successive events in server logs).
 */
export function dwellToNext(columns: Pick<EventColumns, 'offsets' | 'timesMs'>, sessions: Slices): Feature {
  const values = missing('dwellToNext', columns, sessions);
  forPairs('dwellToNext', columns, sessions, (event, ms) => (values[event - 1] = ms));
  return { name: 'dwell', unit: 'ms', isCausal: false, values };
}

/**
 * How long a user stayed with the event before this one, in ms: `dwellToNext` one event later, when it is known.
 *
 * Missing (NaN) for the first event of a session.
 *
 * @param sessions cut from the same columns; a session must not depend on later events, as those of `cutSessions` do not
 * @throws RangeError as `dwellToNext`
 * @source Yi, Hong, Zhong, Liu & Rajan, "Beyond Clicks: Dwell Time for Personalization", RecSys 2014.
 */
export function previousDwell(columns: Pick<EventColumns, 'offsets' | 'timesMs'>, sessions: Slices): Feature {
  const values = missing('previousDwell', columns, sessions);
  forPairs('previousDwell', columns, sessions, (event, ms) => (values[event] = ms));
  return { name: 'previous-dwell', unit: 'ms', isCausal: true, values };
}

function missing(name: string, { offsets }: Pick<EventColumns, 'offsets'>, { starts }: Slices): Float32Array {
  const numEvents = offsets.at(-1) ?? 0;
  if (starts.at(-1) !== numEvents) {
    throw new RangeError(`${name}: sessions of ${starts.at(-1) ?? 0} events for ${numEvents} events`);
  }
  return new Float32Array(numEvents).fill(NaN);
}

/** Every event of a session but its first, with the time since the one before it. */
function forPairs(
  name: string,
  columns: Pick<EventColumns, 'offsets' | 'timesMs'>,
  { starts }: Slices,
  tell: (event: number, ms: number) => void,
): void {
  const timesMs = timesOf(name, columns);
  for (let session = 0; session + 1 < starts.length; session++) {
    for (let event = starts[session]! + 1; event < starts[session + 1]!; event++) {
      tell(event, timesMs[event]! - timesMs[event - 1]!);
    }
  }
}
