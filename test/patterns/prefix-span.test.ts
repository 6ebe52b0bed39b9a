import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixSpan, type SequentialPattern } from '../../lib/patterns/prefix-span';

const short = (patterns: readonly SequentialPattern[]): string[] =>
  patterns.map(({ items, count }) => `${items.join(' ')}: ${count}`);

/** The database of the README of the Python package prefixspan 0.5.2, and what that package gives for it at support 2. */
const toy = [
  [0, 1, 2, 3, 4],
  [1, 1, 1, 3, 4],
  [2, 1, 2, 2, 0],
  [1, 1, 1, 2, 2],
];
const frequent = ['1: 4', '2: 3', '1 2: 3', '0: 2', '3: 2', '4: 2', '1 1: 2', '1 3: 2', '1 4: 2', '2 2: 2', '3 4: 2', '1 1 1: 2', '1 2 2: 2', '1 3 4: 2']; // prettier-ignore
const closed = ['1: 4', '1 2: 3', '0: 2', '1 1 1: 2', '1 2 2: 2', '1 3 4: 2'];

/** Whether a sequence holds a pattern, by trying every place for every item. */
function holds(sequence: readonly number[], items: readonly number[], maxGap: number, from = -1): boolean {
  const [first, ...rest] = items;
  if (first === undefined) return true;
  return sequence.some(
    (item, place) =>
      item === first &&
      place > from &&
      (from < 0 || place - from <= maxGap) &&
      holds(sequence, rest, maxGap, place),
  );
}

describe('sequential patterns', () => {
  it('are the 14 frequent and 6 closed ones of a published example', () => {
    expect(short(prefixSpan(toy, { minCount: 2 }))).toEqual(frequent);
    expect(short(prefixSpan(toy, { minCount: 2, closed: true }))).toEqual(closed);
    expect(prefixSpan(toy, { minCount: 3 })[1]).toEqual({ items: [2], count: 3, support: 0.75 });
  });

  it('go on from a later occurrence where the gap asks for it', () => {
    // From the first 1 the 2 is too far away, from the second one it is not.
    const far = [[1, 5, 5, 1, 2]];
    expect(short(prefixSpan(far, { minCount: 1, maxGap: 1 }))).toContain('1 2: 1');
    expect(short(prefixSpan(far, { minCount: 1, maxGap: 1 }))).not.toContain('5 2: 1');
    expect(short(prefixSpan([[1, 5, 2]], { minCount: 1, maxGap: 1 }))).not.toContain('1 2: 1');
    expect(short(prefixSpan([[1, 5, 2]], { minCount: 1, maxGap: 2 }))).toContain('1 2: 1');
  });

  it('equal trying every pattern on every sequence', () => {
    const sequence = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 0, maxLength: 6 });
    const gap = fc.constantFrom(1, 2, 3, Infinity);
    fc.assert(
      fc.property(
        fc.array(sequence, { minLength: 1, maxLength: 6 }),
        gap,
        fc.integer({ min: 1, max: 3 }),
        (sequences, maxGap, minCount) => {
          const expected: string[] = [];
          const patterns = [1, 2, 3].flatMap((a) => [
            [a],
            ...[1, 2, 3].flatMap((b) => [[a, b], ...[1, 2, 3].map((c) => [a, b, c])]),
          ]);
          for (const items of patterns) {
            const count = sequences.filter((own) => holds(own, items, maxGap)).length;
            if (count >= minCount) expected.push(`${items.join(' ')}: ${count}`);
          }
          const found = short(prefixSpan(sequences, { minCount, maxGap, maxLength: 3 }));
          expect(found.sort()).toEqual(expected.sort());
        },
      ),
      { numRuns: 200 },
    );
  });

  it('that are closed say all about the others', () => {
    const sequence = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 5 }), (sequences) => {
        const all = prefixSpan(sequences, { minCount: 1 });
        const kept = prefixSpan(sequences, { minCount: 1, closed: true });
        for (const { items, count } of all) {
          const above = kept.filter((other) => holds(other.items, items, Infinity));
          expect(Math.max(...above.map((other) => other.count))).toBe(count);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('refuse what is out of range', () => {
    expect(() => prefixSpan([], { minCount: 1 })).toThrow('there are no sequences');
    expect(() => prefixSpan(toy, { minCount: 0 })).toThrow('minCount must be a whole number from 1, got 0');
    expect(() => prefixSpan(toy, { minCount: 1, maxGap: 1.5 })).toThrow('maxGap');
    expect(() => prefixSpan(toy, { minCount: 1, maxGap: 2, closed: true })).toThrow('closed goes without');
    expect(prefixSpan([[]], { minCount: 1 })).toEqual([]);
  });
});
