import fc from 'fast-check';
import { Matrix as Dense, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { sparseRows, type SparseRows } from '../../lib/base/sparse-rows';
import { openAlsSolver } from '../../lib/recommendation/als-solver';

/** The vectors that fit best, with all matrices written out. */
function exact(rows: SparseRows, table: Float32Array, D: number, alpha: number, l2: number): number[][] {
  const y = Array.from({ length: rows.numColumns }, (_, row) => [...table.subarray(row * D, (row + 1) * D)]);
  return Array.from({ length: rows.offsets.length - 1 }, (_, row) => {
    const used = new Map<number, number>();
    for (let entry = rows.offsets[row]!; entry < rows.offsets[row + 1]!; entry++)
      used.set(rows.columns[entry]!, rows.values[entry]!);
    const system = Dense.eye(D, D).mul(l2);
    const right = Dense.zeros(D, 1);
    for (const [column, own] of y.entries()) {
      const confidence = 1 + alpha * (used.get(column) ?? 0);
      for (let a = 0; a < D; a++) {
        if (used.has(column)) right.set(a, 0, right.get(a, 0) + confidence * own[a]!);
        for (let b = 0; b < D; b++) system.set(a, b, system.get(a, b) + confidence * own[a]! * own[b]!);
      }
    }
    return solve(system, right).to1DArray();
  });
}

/** Rows with 0, 1, 2, ... entries, so that every remainder of a group of four comes up. */
function drawn(seed: number, D: number, numRows: number, numColumns: number) {
  const rng = createRng(seed);
  const cells: [row: number, column: number, value: number][] = [];
  for (let row = 0; row < numRows; row++) {
    const columns = Array.from({ length: numColumns }, (_, column) => column);
    for (let at = 0; at < Math.min(row, numColumns); at++) {
      const [column] = columns.splice(rng.integer(columns.length), 1);
      cells.push([row, column!, 1 + rng.integer(3)]);
    }
  }
  const numbers = (count: number) => Float32Array.from({ length: count }, () => rng.normal());
  return {
    rows: sparseRows(
      [numRows, numColumns],
      cells.map(([row]) => row),
      cells.map(([, column]) => column),
      cells.map(([, , value]) => value),
    ),
    table: numbers(numColumns * D),
    start: numbers(numRows * D),
  };
}

describe('the solver of ALS', () => {
  it('comes to the solutions of the systems written out, for any number of factors, rows and columns', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(1000),
          D: fc.integer({ min: 1, max: 19 }),
          numRows: fc.integer({ min: 1, max: 12 }),
          numColumns: fc.integer({ min: 1, max: 14 }),
          alpha: fc.constantFrom(0, 0.5, 40),
        }),
        ({ seed, D, numRows, numColumns, alpha }) => {
          const { rows, table, start } = drawn(seed, D, numRows, numColumns);
          const solver = openAlsSolver(D);
          const vectors = solver.placeVectors(start);
          const entries = solver.placeEntries(rows, alpha);
          const columns = solver.placeVectors(table);
          const l2 = 1;
          for (let again = 0; again < 4; again++) solver.fit(vectors, columns, entries, { l2, steps: 3 * D });
          const found = solver.read(vectors);
          const truth = exact(rows, table, D, alpha, l2).flat();
          for (const [at, value] of found.values.entries()) expect(value).toBeCloseTo(truth[at]!, 2);
          expect(solver.read(columns).values).toEqual(table);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('takes the step of the steepest descent first, and no step when told so', () => {
    const { rows, table, start } = drawn(5, 2, 3, 2);
    const fitted = (steps: number): number[] => {
      const solver = openAlsSolver(2);
      const vectors = solver.placeVectors(start);
      solver.fit(vectors, solver.placeVectors(table), solver.placeEntries(rows, 2), { l2: 0.5, steps });
      return [...solver.read(vectors).values];
    };
    expect(fitted(0)).toEqual([...start]);
    // Row 0 has no entry: its loss is x' (Y'Y + l2) x, and it goes against the slope until that is crossed at a right angle.
    const y = new Dense([[...table.subarray(0, 2)], [...table.subarray(2)]]);
    const system = y.transpose().mmul(y).add(Dense.eye(2).mul(0.5));
    const x = Dense.columnVector([...start.subarray(0, 2)]);
    const slope = system.mmul(x);
    const far = slope.dot(slope) / slope.dot(system.mmul(slope));
    const expected = x.sub(slope.mul(far)).to1DArray();
    for (const [d, value] of fitted(1).slice(0, 2).entries()) expect(value).toBeCloseTo(expected[d]!, 5);
  });

  it('leaves alone what is solved, and stays finite where nothing is held', () => {
    const D = 4;
    const rows = sparseRows([2, 3], [1], [2], [1]);
    const solver = openAlsSolver(D);
    const vectors = solver.placeVectors(new Float32Array(2 * D));
    const columns = solver.placeVectors(new Float32Array(3 * D));
    solver.fit(vectors, columns, solver.placeEntries(rows, 40), { l2: 0, steps: 3 });
    expect([...solver.read(vectors).values]).toEqual(Array.from({ length: 2 * D }, () => 0));
  });

  it('refuses vectors of another number, and what does not fit into its memory', () => {
    const { rows, table, start } = drawn(5, 2, 3, 2);
    const solver = openAlsSolver(2);
    const [vectors, columns] = [solver.placeVectors(start), solver.placeVectors(table)];
    const entries = solver.placeEntries(rows, 1);
    expect(() => solver.fit(columns, vectors, entries, { l2: 1, steps: 1 })).toThrow(
      'als: 2 and 3 vectors, but 3 rows and 2 columns',
    );
    expect(() => openAlsSolver(40_000)).toThrow(
      'als: needs 6.4 GB at once, more than the 4.3 that there can be',
    );
  });
});
