import { matrix, type Matrix } from '../base/matrix';
import type { SparseRows } from '../base/sparse-rows';
import { startWasm } from '../base/wasm-module';
import { alsSolverWasm } from './als-solver-wasm';

/** Vectors that lie in the solver's memory. */
export interface PlacedVectors {
  readonly count: number;
  readonly address: number;
}

/** Entries of rows, and how much more than the rest they count, in the solver's memory. */
export interface PlacedEntries {
  readonly numRows: number;
  readonly numColumns: number;
  readonly offsets: number;
  readonly columns: number;
  readonly extras: number;
}

/** How vectors of rows are brought nearer to where they fit the vectors of columns best. */
export interface FitSettings {
  /** How hard vectors are held at 0. */
  readonly l2: number;
  /** Steps of conjugate gradients for each row; fewer where a row is solved before. */
  readonly steps: number;
}

/** A memory of its own, of up to 4 GB, in which vectors are fitted to each other. */
export interface AlsSolver {
  /** @param values of `numFactors` numbers each */
  placeVectors(values: Float32Array): PlacedVectors;
  /** @param alpha an entry of value r counts `1 + alpha * r` times */
  placeEntries(rows: SparseRows, alpha: number): PlacedEntries;
  /**
   * Bring each row's vector nearer to the least of its part of the loss, vectors of the columns held.
   *
   * @throws RangeError when there are not as many vectors as rows and columns
   */
  fit(rows: PlacedVectors, columns: PlacedVectors, entries: PlacedEntries, settings: FitSettings): void;
  read(vectors: PlacedVectors): Matrix;
}

/** What the module exports; addresses are in bytes. */
interface Exports {
  addGram(table: number, numRows: number, width: number, gram: number): void;
  solveRows(
    ...addresses: [
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
  ): void;
}

/** The module works on so many numbers of a vector at once. */
const lane = 8;

/**
 * Open the least-squares solver of ALS: WebAssembly with SIMD, on the CPU, one thread.
 *
 * A row's system of equations is never built, only multiplied with: that takes `steps + 1` times two looks at each entry's vector, where the
 * matrix takes D. Deterministic, bit for bit the same on every machine: sums have one order and no step is fused.
 *
 * @param numFactors D, numbers of a vector
 * @source Takács, Pilászy & Tikk, "Applications of the Conjugate Gradient Method for Implicit Feedback Collaborative Filtering", RecSys
 *   2011, section 4.
 */
export function openAlsSolver(numFactors: number): AlsSolver {
  const padded = Math.ceil(numFactors / lane) * lane;
  const width = 4 * padded;
  const { exports, place, int32, float32 } = startWasm<Exports>('als', alsSolverWasm);
  const gram = place(padded * width);
  const scratch = place(3 * width);
  return {
    placeVectors: (values) => {
      const count = values.length / numFactors;
      const address = place(count * width);
      const into = float32(address, count * padded);
      for (let row = 0; row < count; row++)
        into.set(values.subarray(row * numFactors, (row + 1) * numFactors), row * padded);
      return { count, address };
    },
    placeEntries: ({ numColumns, offsets, columns, values }, alpha) => {
      const placed = {
        numRows: offsets.length - 1,
        numColumns,
        offsets: place(4 * offsets.length),
        columns: place(4 * columns.length),
        extras: place(4 * values.length),
      };
      int32(placed.offsets, offsets.length).set(offsets);
      int32(placed.columns, columns.length).set(columns);
      const extras = float32(placed.extras, values.length);
      for (let entry = 0; entry < values.length; entry++) extras[entry] = alpha * values[entry]!;
      return placed;
    },
    fit: (rows, columns, entries, { l2, steps }) => {
      if (rows.count !== entries.numRows || columns.count !== entries.numColumns) {
        throw new RangeError(
          `als: ${rows.count} and ${columns.count} vectors, but ${entries.numRows} rows and ${entries.numColumns} columns`,
        );
      }
      exports.addGram(columns.address, columns.count, width, gram);
      const diagonal = float32(gram, padded * padded);
      for (let d = 0; d < numFactors; d++) diagonal[d * padded + d]! += l2;
      exports.solveRows(
        ...[entries.numRows, entries.offsets, entries.columns, entries.extras],
        ...[columns.address, width, gram, rows.address, scratch, steps],
      );
    },
    read: ({ count, address }) => {
      const from = float32(address, count * padded);
      const values = new Float32Array(count * numFactors);
      for (let row = 0; row < count; row++)
        values.set(from.subarray(row * padded, row * padded + numFactors), row * numFactors);
      return matrix(count, numFactors, values);
    },
  };
}
