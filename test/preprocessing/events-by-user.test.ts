import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetsOf, orderWithinUsers, placeByUser } from '../../lib/preprocessing/events-by-user';

describe('events by user', () => {
  it('places each event behind those of its user, part by part', () => {
    const offsets = offsetsOf([2, 0, 3]);
    expect([...offsets]).toEqual([0, 2, 2, 5]);
    const [items, times] = [new Int32Array(5), new Float64Array(5)];
    const place = placeByUser(offsets);
    place(Int32Array.of(2, 0, 2), 3, [
      [Int32Array.of(10, 11, 12), items],
      [Float64Array.of(1, 2, 3), times],
    ]);
    place(Int32Array.of(0, 2, 1), 2, [
      [Int32Array.of(13, 14, 99), items],
      [Float64Array.of(4, 5, 99), times],
    ]);
    expect([...items]).toEqual([11, 13, 10, 12, 14]);
    expect([...times]).toEqual([2, 4, 1, 3, 5]);
  });

  it('takes parts of any length', () => {
    const into = new Int32Array(5_000);
    const from = Int32Array.from(into.keys());
    placeByUser(offsetsOf([5_000]))(new Int32Array(5_000), 5_000, [[from, into]]);
    expect(into).toEqual(from);
  });

  it('orders each user by time, equal times by row, and all columns with it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 }), { maxLength: 5 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
        (timesOfUsers, hasTimes, random) => {
          const offsets = offsetsOf(timesOfUsers.map(({ length }) => length));
          const numbers = [...Array(offsets.at(-1)).keys()];
          const rows = Int32Array.from(
            numbers.map((row) => [random.next().value as number, row] as const).toSorted(([a], [b]) => a - b),
            ([, row]) => row,
          );
          const times = Float64Array.from(timesOfUsers.flat());
          const marks = Uint8Array.from(rows, (row) => row % 251);
          const events = numbers.map((event) => ({ time: hasTimes ? times[event]! : 0, row: rows[event]! }));
          const expected = timesOfUsers.flatMap((_, user) =>
            events
              .slice(offsets[user], offsets[user + 1])
              .sort((a, b) => a.time - b.time || a.row - b.row)
              .map(({ row }) => row),
          );
          orderWithinUsers(
            offsets,
            hasTimes ? times : null,
            rows,
            hasTimes ? [rows, times, marks] : [rows, marks],
          );
          expect([...rows]).toEqual(expected);
          expect([...marks]).toEqual(expected.map((row) => row % 251));
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });
});
