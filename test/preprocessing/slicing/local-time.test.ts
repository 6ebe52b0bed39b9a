import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLocalClock } from '../../../lib/preprocessing/slicing/local-time';

describe('the clock of a time zone', () => {
  it('shows the hour and the weekday of the place', () => {
    const timeMs = Date.parse('2017-11-25T20:30:00Z'); // a Saturday
    expect(createLocalClock('UTC')(timeMs)).toMatchObject({ weekday: 6, hour: 20 });
    expect(createLocalClock('Asia/Shanghai')(timeMs)).toMatchObject({ weekday: 7, hour: 4 });
    expect(createLocalClock('Asia/Kathmandu')(timeMs)).toMatchObject({ weekday: 7, hour: 2 }); // 5:45 ahead
  });

  it('follows summer time: in Chicago 2 o’clock did not exist on 2024-03-10', () => {
    const clock = createLocalClock('America/Chicago');
    expect(clock(Date.parse('2024-03-10T07:59:59Z')).hour).toBe(1);
    expect(clock(Date.parse('2024-03-10T08:00:00Z')).hour).toBe(3);
    // And 1 o'clock came twice on 2024-11-03.
    expect(['06:30', '07:30'].map((time) => clock(Date.parse(`2024-11-03T${time}:00Z`)).hour)).toEqual([
      1, 1,
    ]);
  });

  it('counts days, weeks from Monday and months from 1970 on, before it too', () => {
    const clock = createLocalClock('UTC');
    expect(clock(0)).toEqual({ day: 0, week: 0, month: 0, weekday: 4, hour: 0 });
    expect(clock(-1)).toEqual({ day: -1, week: 0, month: -1, weekday: 3, hour: 23 });
    expect(clock(Date.parse('1970-01-05T00:00:00Z'))).toMatchObject({ day: 4, week: 1, weekday: 1 });
  });

  it.each([
    'UTC',
    'America/Chicago',
    'Asia/Shanghai',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Europe/London',
  ])('is that of the platform in %s, at any time since 1972', (timeZone) => {
    const clock = createLocalClock(timeZone);
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      hour: '2-digit',
      day: 'numeric',
    });
    const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
    const times = fc.integer({ min: Date.UTC(1972, 0) / 1000, max: Date.UTC(2036, 0) / 1000 });
    fc.assert(
      fc.property(times, (seconds) => {
        const { hour, weekday, day } = clock(seconds * 1000);
        const parts = new Map(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
        expect(hour).toBe(Number(parts.get('hour')));
        expect(weekdays[weekday - 1]).toBe(parts.get('weekday'));
        expect(new Date(day * 86_400_000).getUTCDate()).toBe(Number(parts.get('day')));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a zone that does not exist, and a time that is none', () => {
    expect(() => createLocalClock('Mars/Olympus')).toThrow("there is no time zone 'Mars/Olympus'.");
    expect(() => createLocalClock('UTC')(Number.NaN)).toThrow(RangeError);
  });
});
