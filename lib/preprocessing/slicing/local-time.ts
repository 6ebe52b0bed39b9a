import { InputError } from '../../base/errors';

const msADay = 86_400_000;
const msAnHour = 3_600_000;

/** What a clock on the wall of one time zone shows. */
export interface LocalTime {
  /** Whole days since 1970-01-01 of the local calendar. */
  readonly day: number;
  /** Whole weeks since the Monday before 1970-01-01; weeks start on Monday (ISO 8601). */
  readonly week: number;
  /** Whole months since January 1970. */
  readonly month: number;
  /** 1 Monday to 7 Sunday (ISO 8601). */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
}

/** Reads the time of one zone. */
export type LocalClock = (timeMs: number) => LocalTime;

/**
 * Make a clock for a time zone: hours, weekdays and days exist only somewhere, so the zone is always said.
 *
 * Summer time is followed as the zone's history has it. In the hour that comes twice in autumn both are read alike.
 *
 * @param timeZone a name of the IANA time zone database: 'UTC', 'Asia/Shanghai', 'America/Chicago'
 * @returns the clock; it throws RangeError for a time that is no finite number
 * @throws InputError for an unknown zone
 */
export function createLocalClock(timeZone: string): LocalClock {
  const offsetAt = zoneOffset(timeZone);
  // Events come in sessions: most are of the day of the event before.
  let [lastDay, month] = [NaN, 0];
  return (timeMs) => {
    if (!Number.isFinite(timeMs)) throw new RangeError(`LocalClock: ${timeMs} is no time`);
    const localMs = timeMs + offsetAt(timeMs);
    const day = dayOf(localMs);
    if (day !== lastDay) {
      const date = new Date(localMs);
      month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
      lastDay = day;
    }
    return {
      day,
      week: weekOf(day),
      month,
      weekday: weekdayOf(day),
      hour: hourOf(localMs),
    };
  };
}

/** Days since 1970-01-01 of a local time in ms. */
export const dayOf = (localMs: number): number => Math.floor(localMs / msADay);

/** Hour of the day of a local time in ms, 0 to 23. */
export const hourOf = (localMs: number): number => Math.floor((localMs - dayOf(localMs) * msADay) / msAnHour);

// 1970-01-01 was a Thursday, three days after a Monday.
const weekOf = (day: number): number => Math.floor((day + 3) / 7);
/** Day of the week of a day since 1970-01-01: 1 is Monday, 7 is Sunday. */
export const weekdayOf = (day: number): number => day + 3 - 7 * weekOf(day) + 1;

/** Zones change their offset on quarters of an hour (all since 1972): one look in the database serves all times of a quarter. */
const quarterMs = msAnHour / 4;

/**
 * What to add to a time to get the local one, whose parts `dayOf`, `hourOf` and `weekdayOf` then give: a clock for many times.
 *
 * @throws InputError for an unknown zone
 */
export function zoneOffset(timeZone: string): (timeMs: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new InputError(
      `there is no time zone '${timeZone}'.`,
      "Give a name of the IANA database, for example 'UTC', 'Asia/Shanghai' or 'America/Chicago'.",
    );
  }
  const known = new Map<number, number>();
  let [lastQuarter, lastOffset] = [NaN, 0];
  return (timeMs) => {
    const quarter = Math.floor(timeMs / quarterMs);
    if (quarter === lastQuarter) return lastOffset;
    let offset = known.get(quarter);
    if (offset === undefined) {
      const startMs = quarter * quarterMs;
      const parts = Object.fromEntries(
        format.formatToParts(startMs).map(({ type, value }) => [type, Number(value)]),
      ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
      const { year, month, day, hour, minute, second } = parts;
      offset = Date.UTC(year, month - 1, day, hour, minute, second) - startMs;
      known.set(quarter, offset);
    }
    [lastQuarter, lastOffset] = [quarter, offset];
    return offset;
  };
}
