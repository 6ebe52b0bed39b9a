import { expect, it } from 'vitest';
import { padBatch } from '../../lib/preprocessing/padded-batch';

it('fills up on the right and keeps the last events of a longer sequence', () => {
  const batch = padBatch([Int32Array.of(5), Int32Array.of(1, 2, 3, 4), new Int32Array(0)], 3, [7, 9, 2]);
  expect(batch).toEqual({
    numSequences: 3,
    length: 3,
    items: Int32Array.of(5, 0, 0, 2, 3, 4, 0, 0, 0),
    isReal: Float32Array.of(1, 0, 0, 1, 1, 1, 0, 0, 0),
    lengths: Int32Array.of(1, 3, 0),
    userRows: Int32Array.of(7, 9, 2),
  });
});

it('numbers the rows where no users are given', () => {
  expect([...padBatch([Int32Array.of(1), Int32Array.of(2)], 1).userRows]).toEqual([0, 1]);
});

it('refuses a length or a number of users that cannot be', () => {
  expect(() => padBatch([], 0)).toThrow(/positive whole number, got 0/);
  expect(() => padBatch([], 1.5)).toThrow(RangeError);
  expect(() => padBatch([Int32Array.of(1)], 2, [])).toThrow(/0 users for 1 sequences/);
});
