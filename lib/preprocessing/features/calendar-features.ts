import { dayOf, hourOf, weekdayOf, zoneOffset } from '../slicing/local-time';
import { timesOf } from '../slicing/slices';
import type { EventColumns, Feature } from './feature';

/**
 * What the clock on the wall showed when an event happened: hour (0 to 23) and weekday (1 Monday to 7 Sunday).
 *
 * @param timeZone whose clock, a name of the IANA database; see `zoneOffset`
 * @throws RangeError when the sequences have no times
 * @throws InputError for an unknown zone
 */
export function calendarFeatures(
  columns: Pick<EventColumns, 'offsets' | 'timesMs'>,
  { timeZone }: { readonly timeZone: string },
): { readonly hour: Feature; readonly weekday: Feature } {
  const timesMs = timesOf('calendarFeatures', columns);
  const offsetAt = zoneOffset(timeZone);
  const [hours, weekdays] = [new Float32Array(timesMs.length), new Float32Array(timesMs.length)];
  for (let event = 0; event < timesMs.length; event++) {
    const localMs = timesMs[event]! + offsetAt(timesMs[event]!);
    hours[event] = hourOf(localMs);
    weekdays[event] = weekdayOf(dayOf(localMs));
  }
  return {
    hour: { name: 'hour', unit: `hour of ${timeZone}`, isCausal: true, values: hours },
    weekday: {
      name: 'weekday',
      unit: `1 Monday to 7 Sunday of ${timeZone}`,
      isCausal: true,
      values: weekdays,
    },
  };
}
