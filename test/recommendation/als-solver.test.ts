import fc from 'fast-check';
import { Matrix as Dense, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { sparseRows, type SparseRows } from '../../lib/base/sparse-rows';
import { openAlsSolver } from '../../lib/recommendation/als-solver';

/** The equations of each row with all matrices written out: everything counts once, what is used `1 + alpha * value` times. */
function systemsOf(rows: SparseRows, table: Float32Array, D: number, alpha: number, l2: number) {
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
    return { system, right };
  });
}

/** Conjugate gradients as the textbook has them. */
function conjugateGradients(system: Dense, right: Dense, start: Float32Array, steps: number): number[] {
  let x = Dense.columnVector([...start]);
  let left = Dense.sub(right, system.mmul(x));
  let along = left.clone();
  for (let step = 0; step < steps; step++) {
    const image = system.mmul(along);
    const square = left.dot(left);
    const far = square / along.dot(image);
    x = Dense.add(x, Dense.mul(along, far));
    left = Dense.sub(left, Dense.mul(image, far));
    along = Dense.add(left, Dense.mul(along, left.dot(left) / square));
  }
  return x.to1DArray();
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
          solver.hold(columns, l2);
          for (let again = 0; again < 4; again++) solver.fit(vectors, entries, 3 * D);
          const found = solver.read(vectors);
          const truth = systemsOf(rows, table, D, alpha, l2).flatMap(({ system, right }) =>
            solve(system, right).to1DArray(),
          );
          for (const [at, value] of found.values.entries()) expect(value).toBeCloseTo(truth[at]!, 2);
          expect(solver.read(columns).values).toEqual(table);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('goes as far with each step as conjugate gradients in float64', () => {
    const [D, alpha, l2] = [11, 3, 0.5];
    const { rows, table, start } = drawn(5, D, 9, 13);
    for (const steps of [0, 1, 2, 3]) {
      const solver = openAlsSolver(D);
      const vectors = solver.placeVectors(start);
      solver.hold(solver.placeVectors(table), l2);
      solver.fit(vectors, solver.placeEntries(rows, alpha), steps);
      const found = solver.read(vectors).values;
      for (const [row, { system, right }] of systemsOf(rows, table, D, alpha, l2).entries()) {
        const x = conjugateGradients(system, right, start.subarray(row * D, (row + 1) * D), steps);
        const size = Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));
        for (const [d, value] of x.entries())
          expect(Math.abs(found[row * D + d]! - value) / size).toBeLessThan(1e-4);
      }
    }
  });

  it('takes no more steps once a row is solved: a hundred are no more than ten', () => {
    const { rows, table, start } = drawn(5, 2, 6, 4);
    const fitted = (steps: number): Float32Array => {
      const solver = openAlsSolver(2);
      const vectors = solver.placeVectors(start);
      solver.hold(solver.placeVectors(table), 1);
      solver.fit(vectors, solver.placeEntries(rows, 2), steps);
      return solver.read(vectors).values;
    };
    expect(fitted(100)).toEqual(fitted(10));
  });

  it('gives room back, and finds the same in it', () => {
    const { rows, table, start } = drawn(6, 3, 4, 5);
    const solver = openAlsSolver(3);
    solver.hold(solver.placeVectors(table), 1);
    const once = (): { address: number; values: Float32Array } => {
      const vectors = solver.placeVectors(start);
      solver.fit(vectors, solver.placeEntries(rows, 2), 3);
      const { values } = solver.read(vectors);
      solver.release(vectors);
      return { address: vectors.address, values };
    };
    expect(once()).toEqual(once());
  });

  it('refuses what makes no sense, and what does not fit into its memory', () => {
    const { rows, table, start } = drawn(5, 2, 3, 2);
    const solver = openAlsSolver(2);
    const [vectors, columns] = [solver.placeVectors(start), solver.placeVectors(table)];
    const entries = solver.placeEntries(rows, 1);
    expect(() => solver.fit(vectors, entries, 1)).toThrow('als: nothing is held');
    solver.hold(vectors, 1);
    expect(() => solver.fit(columns, entries, 1)).toThrow('als: 2 and 3 vectors, but 3 rows and 2 columns');
    expect(() => solver.fit(vectors, entries, 1)).toThrow('als: vectors cannot be held and fitted at once');
    expect(() => solver.placeVectors(new Float32Array(3))).toThrow('als: 3 numbers are no vectors of 2');
    expect(() => openAlsSolver(0)).toThrow('als: numFactors must be a whole number from 1, got 0');
    expect(() => openAlsSolver(40_000)).toThrow(/^als: no room for 6\.40 GB beside 0\.00 GB/);
    const bad = (change: Partial<SparseRows>) => () => solver.placeEntries({ ...rows, ...change }, 1);
    expect(bad({ columns: Int32Array.from(rows.columns, () => 2) })).toThrow(
      'als: entry 0 is in column 2 of 2',
    );
    expect(bad({ columns: Int32Array.from(rows.columns, () => -1) })).toThrow(
      'als: entry 0 is in column -1 of 2',
    );
    expect(bad({ offsets: Int32Array.of(0, 2, 1, rows.columns.length) })).toThrow(
      'als: row 1 ends before it begins',
    );
    expect(bad({ offsets: Int32Array.of(0, 1) })).toThrow('als: offsets from 0 to 1');
  });

  it('says when numbers overflow instead of leaving a vector where it was', () => {
    const { rows, table, start } = drawn(5, 2, 3, 2);
    const solver = openAlsSolver(2);
    solver.hold(solver.placeVectors(table), 1);
    const vectors = solver.placeVectors(start);
    expect(() => solver.fit(vectors, solver.placeEntries(rows, 1e25), 3)).toThrow(
      'als: numbers of 2 of 3 rows overflow float32; take a smaller alpha or smaller values',
    );
    // The residual is still a number here, and the next product no more.
    expect(() => solver.fit(vectors, solver.placeEntries(rows, 1e15), 3)).toThrow(
      'als: numbers of 2 of 3 rows',
    );
    expect(() => solver.fit(vectors, solver.placeEntries(rows, NaN), 3)).toThrow(
      'als: numbers of 2 of 3 rows',
    );
  });
});
