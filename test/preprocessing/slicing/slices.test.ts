import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutByCalendar } from '../../../lib/preprocessing/slicing/calendar-slices';
import { cutByCount } from '../../../lib/preprocessing/slicing/count-slices';
import { cutSessions, usualGapMs } from '../../../lib/preprocessing/slicing/sessions';
import type { SlicedColumns, Slices } from '../../../lib/preprocessing/slicing/slices';

const minute = 60_000;

/** One user after the other, times in minutes. */
const columnsOf = (...users: readonly (readonly number[])[]): SlicedColumns => ({
  offsets: Int32Array.from([0, ...users.map((_, u) => users.slice(0, u + 1).flat().length)]),
  timesMs: Float64Array.from(users.flat(), (time) => time * minute),
});
const plain = ({ userOffsets, starts }: Slices): number[][] => [[...userOffsets], [...starts]];

const anyColumns = fc
  .array(fc.array(fc.nat(5000), { maxLength: 20 }), { maxLength: 6 })
  .map((users) => columnsOf(...users.map((times) => times.sort((a, b) => a - b))));

describe('sessions', () => {
  it('begin after a pause of more than half an hour, and with every user', () => {
    const columns = columnsOf([0, 30, 60.01, 200], [201], [], [0, 1]);
    //                         0  1   2      3      4           5  6
    expect(plain(cutSessions(columns))).toEqual([
      [0, 3, 4, 4, 5],
      [0, 2, 3, 4, 5, 7],
    ]);
    expect(plain(cutSessions(columns, { gapMs: 31 * minute }))[1]).toEqual([0, 3, 4, 5, 7]);
  });

  it('have pauses up to the gap inside and longer ones between', () => {
    fc.assert(
      fc.property(anyColumns, (columns) => {
        const { starts, userOffsets } = cutSessions(columns);
        const [begins, firsts] = [new Set(starts), new Set(columns.offsets)];
        for (let event = 1; event < columns.timesMs!.length; event++) {
          if (firsts.has(event)) continue;
          const pause = columns.timesMs![event]! - columns.timesMs![event - 1]!;
          expect(begins.has(event)).toBe(pause > usualGapMs);
        }
        for (let user = 0; user + 1 < columns.offsets.length; user++) {
          expect(starts[userOffsets[user]!]).toBe(columns.offsets[user]); // also where a user has no events
        }
      }),
    );
  });

  it('need times, and a gap', () => {
    expect(() => cutSessions({ offsets: Int32Array.of(0, 1), timesMs: null })).toThrow(
      'the sequences have no times',
    );
    expect(() => cutSessions(columnsOf([1]), { gapMs: 0 })).toThrow(RangeError);
  });
});

describe('slices of so many events', () => {
  it('are full but for the last of a user', () => {
    expect(plain(cutByCount(columnsOf([1, 2, 3, 4, 5], [1], [1, 2]), { length: 2 }))).toEqual([
      [0, 3, 4, 5],
      [0, 2, 4, 5, 6, 8],
    ]);
    expect(plain(cutByCount(columnsOf(Array.from({ length: 25 }, (_, t) => t))))[1]).toEqual([0, 10, 20, 25]);
    expect(() => cutByCount(columnsOf([1]), { length: 0 })).toThrow(RangeError);
  });
});

describe('slices of the calendar', () => {
  const at = (...texts: string[]): SlicedColumns => ({
    offsets: Int32Array.of(0, texts.length),
    timesMs: Float64Array.from(texts, (text) => Date.parse(text)),
  });

  it('end at midnight of the zone', () => {
    const columns = at('2024-03-01T15:59:59Z', '2024-03-01T16:00:00Z', '2024-03-02T00:00:00Z');
    expect(plain(cutByCalendar(columns, { unit: 'day', timeZone: 'Asia/Shanghai' }))[1]).toEqual([0, 1, 3]);
    expect(plain(cutByCalendar(columns, { unit: 'day', timeZone: 'UTC' }))[1]).toEqual([0, 2, 3]);
  });

  it('know weeks from Monday on, and months', () => {
    const columns = at('2024-03-31T12:00Z', '2024-04-01T12:00Z', '2024-04-07T12:00Z', '2024-04-08T12:00Z');
    const week = cutByCalendar(columns, { unit: 'week', timeZone: 'UTC' });
    expect([[...week.starts], [...week.numbers].map((number) => number - week.numbers[0]!)]).toEqual([
      [0, 1, 3, 4],
      [0, 1, 2],
    ]);
    const month = cutByCalendar(columns, { unit: 'month', timeZone: 'UTC' });
    expect([[...month.starts], [...month.numbers]]).toEqual([
      [0, 1, 4],
      [54 * 12 + 2, 54 * 12 + 3],
    ]);
  });
});

it('every cut keeps every event in exactly one slice of its user', () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      for (const { userOffsets, starts } of [
        cutSessions(columns),
        cutByCount(columns, { length: 3 }),
        cutByCalendar(columns, { unit: 'day', timeZone: 'America/Chicago' }),
      ]) {
        expect(userOffsets.length).toBe(columns.offsets.length);
        expect(userOffsets.at(-1)).toBe(starts.length - 1);
        expect(starts.at(-1)).toBe(columns.timesMs!.length);
        for (let slice = 1; slice < starts.length; slice++) {
          expect(starts[slice]).toBeGreaterThan(starts[slice - 1]!);
        }
      }
    }),
  );
});
