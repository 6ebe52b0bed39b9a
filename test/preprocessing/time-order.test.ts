import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortByTime } from '../../lib/preprocessing/time-order';
import { anyLog } from './any-log';
import { toyLog } from './toy-log';

const rowsOf = (events: readonly { row: number }[]): number[] => events.map(({ row }) => row);

it('sorts each user by time, equal times in file order, and counts what was late', () => {
  const { events } = toyLog([
    ['b', 'x', 30],
    ['a', 'x', 5],
    ['b', 'y', 10],
    ['b', 'z', 30],
    ['b', 'w', 10],
  ]);
  const sorted = sortByTime(events);
  expect(rowsOf(sorted.events)).toEqual([3, 5, 1, 4, 2]);
  expect(sorted.outOfOrder).toBe(2);
});

it('leaves a log without times in file order', () => {
  const { events } = toyLog([
    ['b', 'x', null],
    ['a', 'x', null],
    ['b', 'y', null],
  ]);
  expect(rowsOf(sortByTime(events).events)).toEqual([1, 3, 2]);
  expect(sortByTime(events)).toMatchObject({ outOfOrder: 0, withoutTime: 0 });
});

it('puts rows without a time last where others have one, NaN included', () => {
  const { events } = toyLog([
    ['a', 'x', null],
    ['a', 'y', NaN],
    ['a', 'z', 1],
  ]);
  expect(rowsOf(sortByTime(events).events)).toEqual([3, 1, 2]);
  expect(sortByTime(events).withoutTime).toBe(2);
});

it('does not touch its input', () => {
  const { events } = toyLog([
    ['a', 'x', 2],
    ['a', 'y', 1],
  ]);
  sortByTime(events);
  expect(rowsOf(events)).toEqual([1, 2]);
});

it('loses nothing, orders every user, keeps ties in file order, and changes nothing the second time', () => {
  fc.assert(
    fc.property(anyLog, ({ events }) => {
      const sorted = sortByTime(events);
      expect(rowsOf(sorted.events).toSorted((a, b) => a - b)).toEqual(rowsOf(events));
      const timed = sorted.events.filter((event) => event.timeMs !== null);
      for (const [at, event] of timed.entries()) {
        const before = timed.slice(0, at).findLast(({ userId }) => userId === event.userId);
        if (!before) continue;
        expect(
          before.timeMs! < event.timeMs! || (before.timeMs === event.timeMs && before.row < event.row),
        ).toBe(true);
      }
      const again = sortByTime(sorted.events);
      expect(again.events).toEqual(sorted.events);
      expect(again.outOfOrder).toBe(0);
    }),
    { seed: 11 },
  );
});
