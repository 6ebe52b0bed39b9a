/** Numbers in rows and columns, row after row in one typed array: `values[row * columns + column]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/**
 * Wrap a typed array as a matrix without copying it.
 *
 * @throws RangeError when `values` does not hold `rows * columns` numbers
 */
export function matrix(rows: number, columns: number, values: Float32Array): Matrix {
  if (values.length !== rows * columns) {
    throw new RangeError(
      `matrix: ${rows} x ${columns} needs ${rows * columns} numbers, got ${values.length}`,
    );
  }
  return { rows, columns, values };
}

/** Copy nested arrays into a matrix. @throws RangeError when the rows differ in length */
export function matrixFromRows(rows: readonly (readonly number[])[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns) {
      throw new RangeError(`matrixFromRows: row ${index} has ${row.length} numbers, row 0 has ${columns}`);
    }
    values.set(row, index * columns);
  }
  return { rows: rows.length, columns, values };
}

/** One row as a view on the matrix's memory, not a copy. */
export function rowOf(of: Matrix, row: number): Float32Array {
  return of.values.subarray(row * of.columns, (row + 1) * of.columns);
}

/** A copy of some rows, in the order given; a row may come more than once. */
export function selectRows({ columns, values }: Matrix, rows: ArrayLike<number>): Matrix {
  const chosen = new Float32Array(rows.length * columns);
  for (let place = 0; place < rows.length; place++) {
    const from = rows[place]! * columns;
    chosen.set(values.subarray(from, from + columns), place * columns);
  }
  return { rows: rows.length, columns, values: chosen };
}

/** Nested arrays, for libraries that ask for them. */
export function toRows(of: Matrix): number[][] {
  return Array.from({ length: of.rows }, (_, row) => Array.from(rowOf(of, row)));
}
