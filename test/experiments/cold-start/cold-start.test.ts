import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knowingOnly } from '../../../lib/experiments/cold-start/by-history-length';
import { popularityBins } from '../../../lib/experiments/cold-start/popularity-bins';

describe('popularityBins', () => {
  it('parts a catalogue by hand: one item has half of the events', () => {
    const { binOf, bins } = popularityBins([0, 1, 6, 2, 0, 3], 2);
    // In order: item 2 (6 of 12), then 5, 3, 1 and 4, which nobody used.
    expect([...binOf]).toEqual([-1, 1, 0, 1, 1, 1]);
    expect(bins).toEqual([
      { items: 1, events: 6 },
      { items: 4, events: 6 },
    ]);
  });

  it('puts every item into one part, the more popular never behind the less, and each part near its share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 60 }),
        fc.integer({ min: 2, max: 4 }),
        (drawn, parts) => {
          const counts = [0, ...drawn, 1];
          const { binOf, bins } = popularityBins(counts, parts);
          const total = counts.reduce((sum, count) => sum + count, 0);
          expect(bins.reduce((sum, { items }) => sum + items, 0)).toBe(counts.length - 1);
          expect(bins.reduce((sum, { events }) => sum + events, 0)).toBe(total);
          for (let one = 1; one < counts.length; one++)
            for (let other = 1; other < counts.length; other++)
              if (counts[one]! > counts[other]!) expect(binOf[one]).toBeLessThanOrEqual(binOf[other]!);
          for (const { events } of bins)
            expect(events).toBeLessThanOrEqual(total / parts + Math.max(...counts));
        },
      ),
    );
  });

  it.each([
    [[0, 1, 2], 1, '1 parts of 2 items'],
    [[0, 1, 2], 3, '3 parts of 2 items'],
    [[0, 0, 0], 2, 'with 0 events'],
  ])('refuses %j in %i parts', (counts, parts, message) => {
    expect(() => popularityBins(counts, parts)).toThrow(message);
  });
});

describe('knowingOnly', () => {
  const question = {
    histories: [Int32Array.of(1, 2, 3), Int32Array.of(4), new Int32Array(0)],
    targets: Int32Array.of(5, 6, 7),
  };

  it('keeps the latest events, and who has fewer keeps all', () => {
    const { histories, targets } = knowingOnly(question, 2);
    expect(histories.map((own) => [...own])).toEqual([[2, 3], [4], []]);
    expect(targets).toBe(question.targets);
    expect(knowingOnly(question, 0).histories.every(({ length }) => length === 0)).toBe(true);
  });

  it('refuses a length that is none, and what would tell of the whole history', () => {
    expect(() => knowingOnly(question, 1.5)).toThrow('a whole number from 0, got 1.5');
    expect(() => knowingOnly({ ...question, contexts: [] }, 1)).toThrow('tells more than items');
  });
});
