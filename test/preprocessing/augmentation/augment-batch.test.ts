import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { augmentBatch, type Augmentation } from '../../../lib/preprocessing/augmentation/augment-batch';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { epochBatches, type TrainingBatch } from '../../../lib/preprocessing/windows';
import { toyLog } from '../toy-log';

/** Thirty users with 3 to 14 different items each, in windows of at most 6 inputs, one batch. */
const batch = ((): TrainingBatch => {
  const rows = Array.from({ length: 30 }, (_, user) =>
    Array.from(
      { length: 5 + (user % 12) },
      (_, step) => [`u${user}`, `i${(7 * user + step) % 40}`, step] as const,
    ),
  ).flat();
  const split = leaveOneOut(toSequences(toyLog(rows)));
  return epochBatches(split, { length: 6, batchSize: 100, rng: createRng(1) })[0]!;
})();
const similar = Int32Array.from({ length: 41 }, (_, item) => (item === 0 ? 0 : 1 + (item % 40)));

/** Inputs and last target of a row: the window as one sequence. */
function windowOf({ inputs, targets, lengths, length }: TrainingBatch, row: number): number[] {
  const at = row * length;
  return [...inputs.subarray(at, at + lengths[row]!), targets[at + lengths[row]! - 1]!];
}
const changedWith = (augmentation: Augmentation, seed = 1): TrainingBatch =>
  augmentBatch(batch, augmentation, similar, createRng(seed));

describe('windows of training, changed', () => {
  it('stay sequences: what is asked after an event is the event read next, and padding is padding', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('drop' as const, 'reorder' as const),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (name, share, seed) => {
          const changed = changedWith({ name, share, chance: 1 }, seed);
          for (let row = 0; row < batch.numSequences; row++) {
            const [before, after] = [windowOf(batch, row), windowOf(changed, row)];
            const T = batch.length;
            const own = changed.lengths[row]!;
            expect(own).toBeGreaterThanOrEqual(1);
            for (let t = 0; t < T; t++) {
              const at = row * T + t;
              expect(changed.isReal[at]).toBe(t < own ? 1 : 0);
              if (t >= own) expect([changed.inputs[at], changed.targets[at]]).toEqual([0, 0]);
              else expect(changed.targets[at]).toBe(after[t + 1]);
            }
            if (name === 'reorder') expect([...after].sort()).toEqual([...before].sort());
            else {
              const dropped = Math.min(Math.floor(before.length * share + 1e-9), before.length - 2);
              expect(after.length).toBe(before.length - dropped);
              let place = -1; // a subsequence, each item once in a window
              for (const item of after) {
                expect(before.indexOf(item)).toBeGreaterThan(place);
                place = before.indexOf(item);
              }
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('substitute what is read, and not what is asked', () => {
    const changed = changedWith({ name: 'substitute', share: 0.5, chance: 1 });
    expect(changed.targets).toEqual(batch.targets);
    expect(changed.lengths).toEqual(batch.lengths);
    for (let row = 0; row < batch.numSequences; row++) {
      const at = row * batch.length;
      const places = [...Array(batch.lengths[row]).keys()].filter(
        (t) => changed.inputs[at + t] !== batch.inputs[at + t],
      );
      expect(places.length).toBe(Math.floor(batch.lengths[row]! * 0.5));
      for (const t of places) expect(changed.inputs[at + t]).toBe(similar[batch.inputs[at + t]!]);
    }
  });

  it('change as many windows as the chance says, none at 0, and never the batch that is given', () => {
    const before = structuredClone(batch);
    expect(changedWith({ name: 'reorder', share: 1, chance: 0 })).toEqual(batch);
    let [all, some] = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const changed = changedWith({ name: 'drop', share: 0.5, chance: 0.3 }, seed);
      for (let row = 0; row < batch.numSequences; row++) {
        all++;
        if (changed.lengths[row] !== batch.lengths[row]) some++;
      }
    }
    // Every window has 3 events at least, so that a half of it is one or more.
    const deviation = Math.sqrt((0.3 * 0.7) / all);
    expect(Math.abs(some / all - 0.3)).toBeLessThan(4 * deviation);
    expect(batch).toEqual(before);
  });

  it('depend on the seed alone, and refuse a chance that is none', () => {
    const settings = { name: 'reorder', share: 0.6, chance: 0.5 } as const;
    expect(changedWith(settings, 3)).toEqual(changedWith(settings, 3));
    expect(changedWith(settings, 3)).not.toEqual(changedWith(settings, 4));
    expect(() => changedWith({ ...settings, chance: 2 })).toThrow('the chance must be in [0, 1], got 2');
    expect(() => changedWith({ ...settings, share: 2 })).toThrow('the share must be in [0, 1], got 2');
  });
});
