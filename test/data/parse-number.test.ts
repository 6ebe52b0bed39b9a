import { describe, expect, it } from 'vitest';
import { parseDecimal, parseTimeMs } from '../../lib/data/parse-number';

describe('parseDecimal', () => {
  it.each([
    ['3', 3],
    [' -4.5 ', -4.5],
    ['.5', 0.5],
    ['1e3', 1000],
  ])('reads %j', (text, value) => expect(parseDecimal(text)).toBe(value));

  // Number() reads the first four of these.
  it.each(['', ' ', '0x1f', '0b1', 'Infinity', 'NaN', '1e999', '1,5', '12abc', '--1', '１'])(
    'refuses %j',
    (text) => expect(parseDecimal(text)).toBeNull(),
  );
});

describe('parseTimeMs', () => {
  it('knows seconds and milliseconds', () => {
    expect(parseTimeMs('881250949', 's')).toBe(881250949000);
    expect(parseTimeMs('1.0005', 's')).toBe(1001);
    expect(parseTimeMs('881250949', 'ms')).toBe(881250949);
  });

  it.each([
    ['1997-12-04', Date.UTC(1997, 11, 4)],
    ['1997-12-04 15:55', Date.UTC(1997, 11, 4, 15, 55)],
    ['1997-12-04T15:55:49', Date.UTC(1997, 11, 4, 15, 55, 49)],
    ['1997-12-04T15:55:49,250Z', Date.UTC(1997, 11, 4, 15, 55, 49, 250)],
    ['1997-12-04 15:55:49 +0100', Date.UTC(1997, 11, 4, 14, 55, 49)],
    ['1997-12-04T15:55:49-02:30', Date.UTC(1997, 11, 4, 18, 25, 49)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ])('reads %s, as UTC where no zone stands', (text, timeMs) =>
    expect(parseTimeMs(text, 'iso')).toBe(timeMs),
  );

  it.each([
    '',
    '4',
    '04/12/1997',
    '1997-13-01',
    '2023-02-29',
    '1997-02-30',
    '1997-12-04T25:00',
    '1997-12-04 soon',
  ])('refuses %j', (text) => expect(parseTimeMs(text, 'iso')).toBeNull());
});
