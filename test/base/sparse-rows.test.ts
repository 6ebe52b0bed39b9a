import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparseRows, transpose, type SparseRows } from '../../lib/base/sparse-rows';

const dense = ({ numColumns, offsets, columns, values }: SparseRows): number[][] =>
  Array.from({ length: offsets.length - 1 }, (_, row) => {
    const own = new Array<number>(numColumns).fill(0);
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) own[columns[entry]!] = values[entry]!;
    return own;
  });

describe('sparse rows', () => {
  it('hold the entries by row and column, in whatever order they come, also as columns', () => {
    const cell = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(cell, cell), { selector: ([row, column]) => 10 * row + column }),
        (cells) => {
          const [rows, columns] = [cells.map(([row]) => row), cells.map(([, column]) => column)];
          const values = cells.map((_, entry) => entry + 1);
          const matrix = sparseRows([6, 6], rows, columns, values);
          const wanted = Array.from({ length: 6 }, () => new Array<number>(6).fill(0));
          for (const [entry, [row, column]] of cells.entries()) wanted[row]![column] = entry + 1;
          expect(dense(matrix)).toEqual(wanted);
          expect(dense(transpose(matrix))).toEqual(wanted.map((_, row) => wanted.map((own) => own[row]!)));
          expect(transpose(transpose(matrix))).toEqual(matrix);
        },
      ),
    );
  });

  it('have rows that are empty', () => {
    expect(dense(sparseRows([3, 2], [2], [1], [7]))).toEqual([
      [0, 0],
      [0, 0],
      [0, 7],
    ]);
    expect(dense(transpose(sparseRows([0, 2], [], [], [])))).toEqual([[], []]);
  });

  it('refuse a place that is none, or is named twice', () => {
    expect(() => sparseRows([2, 2], [0, 2], [0, 0], [1, 1])).toThrow('(2, 0) is no place of 2 x 2');
    expect(() => sparseRows([2, 2], [0, 1, 0], [1, 1, 1], [1, 2, 3])).toThrow('(0, 1) is named twice');
    expect(() => sparseRows([2, 2], [0], [0, 1], [1])).toThrow('1 rows, 2 columns, 1 values');
  });
});
