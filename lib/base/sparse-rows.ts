/** A matrix of which most entries are absent, row after row: entries `offsets[r]` to `offsets[r + 1]` belong to row r. */
export interface SparseRows {
  readonly numColumns: number;
  /** One more than there are rows, from 0. */
  readonly offsets: Int32Array;
  /** Ascending within a row, each at most once. */
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/**
 * Put entries that are named by their row and column into order.
 *
 * @param rows    row of each entry, 0 to `numRows - 1`, in any order
 * @param columns column of each entry
 * @throws RangeError when lengths differ, a row or column is out of range, or a place is named twice
 */
export function sparseRows(
  [numRows, numColumns]: readonly [numRows: number, numColumns: number],
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  values: ArrayLike<number>,
): SparseRows {
  const count = rows.length;
  if (columns.length !== count || values.length !== count) {
    throw new RangeError(`sparseRows: ${count} rows, ${columns.length} columns, ${values.length} values`);
  }
  for (let entry = 0; entry < count; entry++) {
    if (!isBelow(rows[entry]!, numRows) || !isBelow(columns[entry]!, numColumns)) {
      throw new RangeError(
        `sparseRows: (${rows[entry]}, ${columns[entry]}) is no place of ${numRows} x ${numColumns}`,
      );
    }
  }
  // Twice by counting: by column, then, keeping that order, by row.
  const byColumn = sortedBy(
    columns,
    numColumns,
    Int32Array.from({ length: count }, (_, entry) => entry),
  );
  const order = sortedBy(rows, numRows, byColumn);
  const offsets = new Int32Array(numRows + 1);
  for (let entry = 0; entry < count; entry++) offsets[rows[entry]! + 1]!++;
  for (let row = 0; row < numRows; row++) offsets[row + 1]! += offsets[row]!;
  for (let at = 1; at < count; at++) {
    const [one, other] = [order[at - 1]!, order[at]!];
    if (rows[one] === rows[other] && columns[one] === columns[other]) {
      throw new RangeError(`sparseRows: (${rows[one]}, ${columns[one]}) is named twice`);
    }
  }
  return {
    numColumns,
    offsets,
    columns: Int32Array.from(order, (entry) => columns[entry]!),
    values: Float64Array.from(order, (entry) => values[entry]!),
  };
}

/** Rows as columns and columns as rows. */
export function transpose({ numColumns, offsets, columns, values }: SparseRows): SparseRows {
  const numRows = offsets.length - 1;
  const turned = new Int32Array(numColumns + 1);
  for (const column of columns) turned[column + 1]!++;
  for (let column = 0; column < numColumns; column++) turned[column + 1]! += turned[column]!;
  const next = turned.slice(0, numColumns);
  const into = { columns: new Int32Array(columns.length), values: new Float64Array(columns.length) };
  for (let row = 0; row < numRows; row++) {
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      const place = next[columns[entry]!]!++;
      into.columns[place] = row;
      into.values[place] = values[entry]!;
    }
  }
  return { numColumns: numRows, offsets: turned, ...into };
}

const isBelow = (value: number, end: number): boolean => Number.isInteger(value) && value >= 0 && value < end;

/** Entries in the order of a key from 0 to `numKeys - 1`; equal keys stay in the order given. */
function sortedBy(keys: ArrayLike<number>, numKeys: number, entries: Int32Array): Int32Array {
  const next = new Int32Array(numKeys + 1);
  for (const entry of entries) next[keys[entry]! + 1]!++;
  for (let key = 0; key < numKeys; key++) next[key + 1]! += next[key]!;
  const sorted = new Int32Array(entries.length);
  for (const entry of entries) sorted[next[keys[entry]!]!++] = entry;
  return sorted;
}
