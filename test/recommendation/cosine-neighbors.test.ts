import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { sparseRows } from '../../lib/base/sparse-rows';
import { startBackend } from '../../lib/nn/backend';
import { isFasterDense } from '../../lib/recommendation/columns-in-common';
import { cosineNeighbors } from '../../lib/recommendation/cosine-neighbors';

const fromDense = (rows: readonly (readonly number[])[]) => {
  const cells = rows.flatMap((row, at) =>
    row.flatMap((value, column) => (value === 0 ? [] : [[at, column, value] as const])),
  );
  return sparseRows(
    [rows.length, rows[0]!.length],
    cells.map(([row]) => row),
    cells.map(([, column]) => column),
    cells.map(([, , value]) => value),
  );
};

describe('cosine neighbours', () => {
  it('are those of the angles', () => {
    const { rows, similarities } = cosineNeighbors(
      fromDense([
        [1, 0, 0],
        [3, 4, 0],
        [0, 2, 0],
        [-1, 0, 5],
        [0, 0, 0],
      ]),
    );
    expect(rows.map((own) => Array.from(own))).toEqual([[1], [2, 0], [1], [], []]);
    expect(similarities[1]![0]).toBeCloseTo(0.8, 12);
    expect(similarities[1]![1]).toBeCloseTo(0.6, 12);
  });

  it('are the largest of all pairs, equal ones in ascending order, as many as asked for', () => {
    const value = fc.integer({ min: -2, max: 3 });
    const matrix = fc.array(fc.array(value, { minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(matrix, fc.integer({ min: 1, max: 9 }), (rows, most) => {
        const length = (row: readonly number[]): number => Math.hypot(...row);
        const found = cosineNeighbors(fromDense(rows), { most, minSimilarity: 0.1 });
        for (const [at, row] of rows.entries()) {
          const all = rows
            .map((other, place) => {
              const dot = other.reduce((sum, own, column) => sum + own * row[column]!, 0);
              return { place, cosine: dot === 0 ? 0 : dot / length(row) / length(other) };
            })
            .filter(({ place, cosine }) => place !== at && cosine >= 0.1)
            .sort((one, other) => other.cosine - one.cosine);
          const own = Array.from(found.similarities[at]!);
          expect(own.length).toBe(Math.min(most, all.length));
          for (const [place, similarity] of own.entries()) {
            expect(similarity).toBeCloseTo(all[place]!.cosine, 10);
            const other = found.rows[at]![place]!;
            expect(all.find((pair) => pair.place === other)!.cosine).toBeCloseTo(similarity, 10);
            if (place > 0 && similarity === own[place - 1])
              expect(other).toBeGreaterThan(found.rows[at]![place - 1]!);
          }
        }
      }),
    );
  });

  it('are the same where values of 1 are counted by a product of matrices', async () => {
    const rng = createRng(1);
    const [numRows, numColumns] = [400, 300];
    const cells = Array.from({ length: numRows * numColumns }, (_, cell) => cell).filter(
      () => rng.next() < 0.6,
    );
    const [rows, columns] = [
      cells.map((cell) => Math.floor(cell / numColumns)),
      cells.map((cell) => cell % numColumns),
    ];
    const of = (value: number) =>
      sparseRows([numRows + 1, numColumns], rows, columns, new Float64Array(cells.length).fill(value));
    await startBackend();
    expect(isFasterDense(of(1))).toBe(true);
    const options = { most: 20, minSimilarity: 0.5 };
    const [ones, twos] = [cosineNeighbors(of(1), options), cosineNeighbors(of(2), options)];
    for (const [row, own] of ones.similarities.entries()) {
      expect(own.length).toBe(row === numRows ? 0 : 20); // the last row is empty
      for (const [place, similarity] of own.entries()) {
        expect(similarity).toBeCloseTo(twos.similarities[row]![place]!, 12);
        if (place > 0 && similarity === own[place - 1])
          expect(ones.rows[row]![place]).toBeGreaterThan(ones.rows[row]![place - 1]!);
      }
    }
    // By hand: what the first two rows have in common.
    const inRow = (row: number) => new Set(columns.filter((_, at) => rows[at] === row));
    const [first, second] = [inRow(0), inRow(1)];
    const inCommon = [...first].filter((column) => second.has(column)).length;
    const all = cosineNeighbors(of(1));
    const at = all.rows[0]!.indexOf(1);
    expect(all.similarities[0]![at]).toBeCloseTo(inCommon / Math.sqrt(first.size * second.size), 14);
  });
});
