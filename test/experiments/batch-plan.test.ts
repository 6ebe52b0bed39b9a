import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { describePlan, planBatches } from '../../lib/experiments/batch-plan';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import type { SplitSequences } from '../../lib/preprocessing/splits/split-sequences';
import { toyLog } from '../preprocessing/toy-log';

/** Users with these numbers of training targets: leave-one-out holds two events back, and the first has no past. */
function splitOf(...targets: number[]): SplitSequences {
  const rows = targets.flatMap((count, user) =>
    Array.from({ length: count + 3 }, (_, step) => [`u${user}`, `i${step % 7}`, step] as const),
  );
  return leaveOneOut(toSequences(toyLog(rows)));
}

const options = { length: 16, batchSize: 4, rng: createRng(1) };

describe('the shapes of batches', () => {
  it('are one where most places hold an event', () => {
    const plan = planBatches(splitOf(16, 16, 4, 4), options);
    expect(plan).toEqual({ length: 16, batchSize: 4, lengthBuckets: [16], bucketRows: [4], padding: 0.375 });
  });

  it('are four where more than half would be padding, with about the same number of targets in each', () => {
    // 24 targets in 9 windows: 4 windows have 10.7 on average, as 11 windows of 1 and 1 window of 16 have.
    const plan = planBatches(splitOf(16, ...Array<number>(8).fill(1)), options);
    expect(plan.lengthBuckets).toEqual([2, 4, 8, 16]);
    expect(plan.bucketRows).toEqual([11, 4, 4, 1]);
    expect(plan.padding).toBeCloseTo(1 - 24 / (9 * 16), 12);
    expect(describePlan(plan)).toBe(
      'batches of 11 x 2, 4 x 4, 4 x 8, 1 x 16 events: at one length of 16, 83 % would be padding',
    );
  });

  it('are as many as asked for, no longer than the longest history, and each once', () => {
    expect(planBatches(splitOf(6, 1), { ...options, numBuckets: 1 }).lengthBuckets).toEqual([6]);
    expect(planBatches(splitOf(6, 1), { ...options, numBuckets: 3 }).lengthBuckets).toEqual([2, 3, 6]);
    expect(planBatches(splitOf(2, 1), { ...options, numBuckets: 4 }).lengthBuckets).toEqual([1, 2]);
  });

  it.each([0, 1.5, NaN])('cannot be %d', (numBuckets) => {
    expect(() => planBatches(splitOf(6, 1), { ...options, numBuckets })).toThrow(RangeError);
  });
});
