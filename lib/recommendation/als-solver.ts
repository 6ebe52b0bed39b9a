import { matrix, type Matrix } from '../base/matrix';
import type { SparseRows } from '../base/sparse-rows';
import { startWasm } from '../base/wasm-module';
import { alsSolverWasm } from './als-solver-wasm';

/** Vectors that lie in the solver's memory. */
export interface PlacedVectors {
  readonly count: number;
  /** In bytes. */
  readonly address: number;
}

/** Entries of rows, and how much more than the rest they count, in the solver's memory; addresses in bytes. */
export interface PlacedEntries {
  readonly numRows: number;
  readonly numColumns: number;
  readonly offsetsAt: number;
  readonly columnsAt: number;
  readonly extrasAt: number;
}

/** A memory of its own, in which vectors are fitted to each other. */
export interface AlsSolver {
  /**
   * Copy vectors in, row after row.
   *
   * @throws RangeError when the numbers do not make whole vectors, or there is no room
   */
  placeVectors(values: Float32Array): PlacedVectors;
  /**
   * Copy rows in.
   *
   * @param alpha an entry of value r counts `1 + alpha * r` times
   * @throws RangeError when an entry has no place in the rows, or there is no room
   */
  placeEntries(rows: SparseRows, alpha: number): PlacedEntries;
  /**
   * Say what is held while rows are fitted: the vectors of the columns, and, with strength `l2`, those of the rows at 0.
   *
   * To be said anew when the vectors have changed.
   */
  hold(columns: PlacedVectors, l2: number): void;
  /**
   * Bring each row's vector nearer to the least of its part of the loss, by conjugate gradients from where it stands.
   *
   * @param steps at most; a row whose residual has come down to a millionth of what it was at first takes no more
   * @throws RangeError when nothing is held, there are not as many vectors as rows and columns, or numbers overflow float32
   */
  fit(rows: PlacedVectors, entries: PlacedEntries, steps: number): void;
  /** A copy of vectors. */
  read(vectors: PlacedVectors): Matrix;
  /** Give back the room of vectors or entries, and of all that were placed after them. */
  release(placed: PlacedVectors | PlacedEntries): void;
}

/** What the module exports; addresses are in bytes. */
interface Exports {
  addGram(table: number, numRows: number, width: number, gram: number): void;
  solveRows(
    ...given: [
      numRows: number,
      offsets: number,
      columns: number,
      extras: number,
      table: number,
      width: number,
      gram: number,
      vectors: number,
      scratch: number,
      steps: number,
    ]
  ): number;
}

/** The module works on so many numbers of a vector at once; what is missing is filled up with zeros. */
const numbersAtOnce = 8;

/**
 * Open the least-squares solver of ALS: WebAssembly with SIMD, on the CPU, one thread.
 *
 * A row's system of equations is never built, only multiplied with: that takes `steps + 1` times two looks at each entry's vector, where the
 * matrix takes D. In float32; from the same vectors it comes to the same bits on every machine, for its sums have one order.
 *
 * @param numFactors D, numbers of a vector
 * @throws RangeError when `numFactors` is no whole number from 1
 * @source Takács, Pilászy & Tikk, "Applications of the Conjugate Gradient Method for Implicit Feedback Collaborative Filtering", RecSys
 *   2011, section 4.
 */
export function openAlsSolver(numFactors: number): AlsSolver {
  const refuse = (problem: string): never => {
    throw new RangeError(`als: ${problem}`);
  };
  if (!(Number.isInteger(numFactors) && numFactors >= 1))
    refuse(`numFactors must be a whole number from 1, got ${numFactors}`);
  const padded = Math.ceil(numFactors / numbersAtOnce) * numbersAtOnce;
  const width = 4 * padded;
  const { exports, place, release, int32, float32 } = startWasm<Exports>('als', alsSolverWasm);
  const gram = place(padded * width);
  const scratch = place(3 * width);
  let held: PlacedVectors | null = null;
  return {
    placeVectors: (values) => {
      const count = values.length / numFactors;
      if (!Number.isInteger(count)) refuse(`${values.length} numbers are no vectors of ${numFactors}`);
      const address = place(count * width);
      const into = float32(address, count * padded).fill(0);
      for (let row = 0; row < count; row++)
        into.set(values.subarray(row * numFactors, (row + 1) * numFactors), row * padded);
      return { count, address };
    },
    placeEntries: (rows, alpha) => {
      const { numColumns, offsets, columns, values } = rows;
      const problem = problemOf(rows);
      if (problem !== null) refuse(problem);
      const placed = {
        numRows: offsets.length - 1,
        numColumns,
        offsetsAt: place(4 * offsets.length),
        columnsAt: place(4 * columns.length),
        extrasAt: place(4 * values.length),
      };
      int32(placed.offsetsAt, offsets.length).set(offsets);
      int32(placed.columnsAt, columns.length).set(columns);
      const extras = float32(placed.extrasAt, values.length);
      for (let entry = 0; entry < values.length; entry++) extras[entry] = alpha * values[entry]!;
      return placed;
    },
    hold: (columns, l2) => {
      held = columns;
      exports.addGram(columns.address, columns.count, width, gram);
      const diagonal = float32(gram, padded * padded);
      for (let d = 0; d < numFactors; d++) diagonal[d * padded + d]! += l2;
    },
    fit: (rows, { numRows, numColumns, offsetsAt, columnsAt, extrasAt }, steps) => {
      if (held === null) return refuse('nothing is held');
      if (rows.address === held.address) refuse('vectors cannot be held and fitted at once');
      if (rows.count !== numRows || held.count !== numColumns) {
        refuse(`${rows.count} and ${held.count} vectors, but ${numRows} rows and ${numColumns} columns`);
      }
      const overflows = exports.solveRows(
        ...[numRows, offsetsAt, columnsAt, extrasAt],
        ...[held.address, width, gram, rows.address, scratch, steps],
      );
      if (overflows > 0)
        refuse(
          `numbers of ${overflows} of ${numRows} rows overflow float32; take a smaller alpha or smaller values`,
        );
    },
    read: ({ count, address }) => {
      const from = float32(address, count * padded);
      const values = new Float32Array(count * numFactors);
      for (let row = 0; row < count; row++)
        values.set(from.subarray(row * padded, row * padded + numFactors), row * numFactors);
      return matrix(count, numFactors, values);
    },
    release: (placed) => release('address' in placed ? placed.address : placed.offsetsAt),
  };
}

/** What is wrong with rows that did not come from `sparseRows`; the module would read beside its data. */
function problemOf({ numColumns, offsets, columns, values }: SparseRows): string | null {
  if (offsets[0] !== 0 || offsets.at(-1) !== columns.length || columns.length !== values.length)
    return `offsets from ${offsets[0]} to ${offsets.at(-1)}, ${columns.length} columns, ${values.length} values`;
  for (let row = 0; row + 1 < offsets.length; row++)
    if (offsets[row]! > offsets[row + 1]!) return `row ${row} ends before it begins`;
  const wrong = columns.findIndex((column) => !(column >= 0 && column < numColumns));
  return wrong < 0 ? null : `entry ${wrong} is in column ${columns[wrong]} of ${numColumns}`;
}
