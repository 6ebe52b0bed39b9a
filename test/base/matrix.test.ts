import { expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { matrix, matrixFromRows, rowOf, selectRows, toRows } from '../../lib/base/matrix';
import { expectShape } from '../../lib/base/shape';

it('keeps rows one after the other', () => {
  const m = matrixFromRows([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect([m.rows, m.columns, [...rowOf(m, 1)]]).toEqual([2, 3, [4, 5, 6]]);
  expect(toRows(m)).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
});

it('gives rows as views, not copies', () => {
  const m = matrixFromRows([[1], [2]]);
  rowOf(m, 1)[0] = 9;
  expect([...m.values]).toEqual([1, 9]);
});

it('refuses numbers that do not fill the shape', () => {
  expect(() => matrix(2, 2, new Float32Array(3))).toThrow('2 x 2 needs 4 numbers, got 3');
  expect(() => matrixFromRows([[1, 2], [3]])).toThrow('row 1 has 1 numbers, row 0 has 2');
});

it('says which tensor has which shape and which was wanted', () => {
  expect(() => expectShape('hidden_BTD', { shape: [2, 3] }, [2, null, 4])).toThrow(
    'hidden_BTD should be [2, any, 4], got [2, 3]',
  );
  expectShape('hidden_BTD', { shape: [2, 9, 4] }, [2, null, 4]);
});

it('an input error names file, row and remedy', () => {
  const error = new InputError('the rating is no number.', 'Correct it.', { file: 'a.csv', row: 7 });
  expect(error.message).toBe('a.csv, row 7: the rating is no number. Correct it.');
});

it('copies rows in the order given, one as often as it is named', () => {
  const m = matrixFromRows([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
  const chosen = selectRows(m, [2, 0, 2]);
  expect(toRows(chosen)).toEqual([[5, 6], [1, 2], [5, 6]]); // prettier-ignore
  chosen.values[0] = 9;
  expect(rowOf(m, 2)[0]).toBe(5);
  expect(selectRows(m, [])).toEqual(matrix(0, 2, new Float32Array(0)));
});
