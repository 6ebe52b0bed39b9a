import { createLocalClock, type LocalTime } from './local-time';
import { cutWhere, timesOf, type SlicedColumns, type Slices } from './slices';

/** Stretches of the calendar; a week starts on Monday. */
export type CalendarUnit = 'day' | 'week' | 'month';

/**
 * Cut each user's events by the calendar: a slice holds the events of one day, week or month.
 *
 * Stretches without an event have no slice.
 *
 * @param timeZone whose calendar, see `createLocalClock`
 * @returns the slices, and for each the number of its day, week or month as in `LocalTime`
 * @throws RangeError when the sequences have no times
 * @throws InputError for an unknown zone
 */
export function cutByCalendar(
  columns: SlicedColumns,
  { unit, timeZone }: { readonly unit: CalendarUnit; readonly timeZone: string },
): Slices & { readonly numbers: Int32Array } {
  const timesMs = timesOf('cutByCalendar', columns);
  const clock = createLocalClock(timeZone);
  const numbers = Int32Array.from(timesMs, (timeMs): LocalTime[CalendarUnit] => clock(timeMs)[unit]);
  const slices = cutWhere(columns, (event, sliceStart) => numbers[event] !== numbers[sliceStart]);
  return { ...slices, numbers: slices.starts.subarray(0, -1).map((start) => numbers[start]!) };
}
