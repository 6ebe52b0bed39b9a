import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaveOneOut, type LeaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { cutPrefixes } from '../../lib/preprocessing/prefixes';
import { toSequences } from '../../lib/preprocessing/sequences';
import { trainPart } from '../../lib/preprocessing/splits/split-sequences';
import { epochBatches } from '../../lib/preprocessing/windows';
import { toyLog } from './toy-log';

/** Users with so many TRAINING events each; their items are all different. */
function splitOf(...trainLengths: number[]): LeaveOneOut {
  let item = 0;
  const rows = trainLengths.flatMap((length, user) =>
    Array.from({ length: length + 2 }, () => [`u${user}`, String(++item), null] as const),
  );
  return leaveOneOut(toSequences(toyLog(rows)));
}

const spans = (split: LeaveOneOut, length: number, share: number, seed = 1): [number, number, number][] => {
  const { users, starts, ends } = cutPrefixes(split, { length, share, rng: createRng(seed) });
  return Array.from(users, (user, row) => [user, starts[row]!, ends[row]!]);
};

describe('prefixes', () => {
  it('are all beginnings of a window with the event behind each', () => {
    expect(spans(splitOf(2, 4, 1), 5, 1)).toEqual([
      [0, 0, 2],
      [1, 0, 2],
      [1, 0, 3],
      [1, 0, 4],
    ]);
  });

  it('ask for every event but the first once, and read at most so many events', () => {
    for (let seed = 0; seed < 20; seed++) {
      const all = spans(splitOf(23), 5, 1, seed);
      expect(all.map(([, , end]) => end - 1).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 22 }, (_, at) => at + 1),
      );
      expect(Math.max(...all.map(([, start, end]) => end - start - 1))).toBeLessThanOrEqual(5);
    }
  });

  it('are a share of each window, at least one, all about equally often', () => {
    const counts = new Map<number, number>();
    for (let seed = 0; seed < 600; seed++) {
      const drawn = spans(splitOf(5), 4, 0.5, seed);
      expect(drawn).toHaveLength(2);
      for (const [, , end] of drawn) counts.set(end, (counts.get(end) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([2, 3, 4, 5]);
    for (const count of counts.values()) expect(Math.abs(count - 300)).toBeLessThan(60);
    expect(spans(splitOf(5, 3), 4, 0.01)).toHaveLength(2);
  });

  it('become the rows of batches', () => {
    const split = splitOf(6, 9);
    const batches = epochBatches(split, {
      length: 8,
      batchSize: 4,
      rng: createRng(3),
      lengthBuckets: [2, 4, 8],
      cut: (own, options) => cutPrefixes(own, { ...options, share: 1 }),
    });
    const rows = batches.flatMap(({ numSequences, length, inputs, targets, lengths, userRows }) =>
      Array.from({ length: numSequences }, (_, row) => {
        const own = lengths[row]!;
        const read = inputs.slice(row * length, row * length + own);
        const all = trainPart(split, userRows[row]!);
        expect([...read]).toEqual([...all.subarray(0, own)]);
        expect(targets[row * length + own - 1]).toBe(all[own]);
        return `${userRows[row]} ${own}`;
      }),
    );
    expect(rows).toHaveLength(5 + 8);
    expect(new Set(rows).size).toBe(13);
  });

  it.each([0, -0.1, 1.1, NaN])('are no share of %d', (share) => {
    expect(() => spans(splitOf(3), 2, share)).toThrow('share must be above 0 and at most 1');
  });
});
