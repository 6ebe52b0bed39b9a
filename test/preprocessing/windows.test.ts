import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { leaveOneOut, trainPart, type LeaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { cutWindows, epochBatches } from '../../lib/preprocessing/windows';
import { toyLog } from './toy-log';

/** Users with so many TRAINING events each; their items are all different, 1, 2, 3, ... user after user. */
function splitOf(...trainLengths: number[]): LeaveOneOut {
  let item = 0;
  const rows = trainLengths.flatMap((length, user) =>
    Array.from({ length: length + 2 }, () => [`u${user}`, String(++item), null] as const),
  );
  return leaveOneOut(toSequences(toyLog(rows)));
}

const spans = (split: LeaveOneOut, length: number, seed: number): [number, number, number][] => {
  const { users, starts, ends } = cutWindows(split, { length, rng: createRng(seed) });
  return Array.from(users, (user, window) => [user, starts[window]!, ends[window]!]);
};

describe('cutWindows', () => {
  it('leaves a training part that fits in one window whole', () => {
    expect(spans(splitOf(2, 4, 5), 4, 1)).toEqual([
      [0, 0, 2],
      [1, 0, 4],
      [2, 0, 5],
    ]);
  });

  it('cuts a longer one at an offset from 1 to length, all of them about equally often', () => {
    const split = splitOf(10);
    const first = new Map<number, number>();
    for (let seed = 0; seed < 900; seed++) {
      const cut = spans(split, 3, seed);
      expect(cut[0]![1]).toBe(0);
      expect(cut.at(-1)![2]).toBe(10);
      const targets = cut[0]![2] - 1;
      first.set(targets, (first.get(targets) ?? 0) + 1);
    }
    expect([...first.keys()].sort()).toEqual([1, 2, 3]);
    for (const count of first.values()) expect(Math.abs(count - 300)).toBeLessThan(60);
  });

  it('counts users with nothing to predict', () => {
    const { users, usersTooShort } = cutWindows(splitOf(1, 3), { length: 2, rng: createRng(1) });
    expect(usersTooShort).toBe(1);
    expect(new Set(users)).toEqual(new Set([1]));
  });

  it('uses a user who is too short to be evaluated', () => {
    const split = leaveOneOut(
      toSequences(
        toyLog(['1', '2', '3', '4', '5'].map((item, at) => [at < 2 ? 'short' : 'long', item, null] as const)),
      ),
    );
    expect(spans(split, 5, 1)).toEqual([[0, 0, 2]]);
  });

  it('refuses a length that cannot be', () => {
    expect(() => cutWindows(splitOf(3), { length: 0, rng: createRng(1) })).toThrow(
      /positive whole number, got 0/,
    );
  });
});

describe('epochBatches', () => {
  it('shifts the targets by one and pads both on the right', () => {
    const [batch, ...others] = epochBatches(splitOf(3), { length: 4, batchSize: 8, rng: createRng(1) });
    expect(others).toEqual([]);
    expect(batch).toEqual({
      numSequences: 1,
      length: 2,
      inputs: Int32Array.of(1, 2),
      targets: Int32Array.of(2, 3),
      isReal: Float32Array.of(1, 1),
      lengths: Int32Array.of(2),
      userRows: Int32Array.of(0),
    });
  });

  it('is as long as its longest window, the others padded on the right', () => {
    const [batch] = epochBatches(splitOf(2, 4), { length: 9, batchSize: 8, rng: createRng(1) });
    expect(batch!.length).toBe(3);
    // The order of the rows is drawn: by its number of events, the row of two is the one with padding.
    const row = (values: ArrayLike<number>, b: number): number[] =>
      Array.from(values).slice(3 * b, 3 * b + 3);
    const short = batch!.lengths.indexOf(1);
    expect([row(batch!.inputs, short), row(batch!.targets, short), row(batch!.isReal, short)]).toEqual([
      [1, 0, 0],
      [2, 0, 0],
      [1, 0, 0],
    ]);
    expect([row(batch!.inputs, 1 - short), row(batch!.targets, 1 - short)]).toEqual([
      [5, 6, 7],
      [6, 7, 8],
    ]);
  });

  it('asks for every transition of every training part exactly once an epoch, and for nothing held out', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 23 }), { minLength: 1, maxLength: 8 });
    const small = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(
        lengths,
        small,
        small,
        fc.integer({ min: 0, max: 99 }),
        (parts, length, batchSize, seed) => {
          const split = splitOf(...parts);
          const wanted = split.sequences.userIds.flatMap((_, user) => {
            const items = trainPart(split, user);
            return Array.from(items.subarray(1), (item, at) => `${user}: ${items[at]} -> ${item}`);
          });
          const batches = epochBatches(split, { length, batchSize, rng: createRng(seed) });
          const asked = batches.flatMap(({ length: T, inputs, targets, userRows, isReal, lengths }) =>
            Array.from(inputs.keys()).flatMap((place) => {
              const row = Math.floor(place / T);
              const isEvent = place % T < lengths[row]!;
              expect([inputs[place]! > 0, targets[place]! > 0, isReal[place]]).toEqual([
                isEvent,
                isEvent,
                isEvent ? 1 : 0,
              ]);
              return isEvent ? [`${userRows[row]}: ${inputs[place]} -> ${targets[place]}`] : [];
            }),
          );
          expect(asked.toSorted()).toEqual(wanted.toSorted());
          for (const batch of batches.slice(0, -1)) expect(batch.numSequences).toBe(batchSize);
          for (const { length: T } of batches) expect(T).toBeLessThanOrEqual(length);
        },
      ),
      { seed: 14 },
    );
  });

  it('depends on the keys of its rng alone, and differs between epochs', () => {
    const split = splitOf(30, 40, 50);
    const rng = createRng(5);
    const epoch = (number: number) =>
      epochBatches(split, { length: 6, batchSize: 4, rng: rng.child('epoch', number) });
    const first = epoch(1);
    expect(epoch(1)).toEqual(first);
    const drawnFrom = rng.child('epoch', 1);
    drawnFrom.next();
    expect(epochBatches(split, { length: 6, batchSize: 4, rng: drawnFrom })).toEqual(first);
    expect(epoch(2)).not.toEqual(first);
  });

  it('mixes the users', () => {
    const batches = epochBatches(splitOf(60, 60), { length: 2, batchSize: 10, rng: createRng(1) });
    expect(batches.filter(({ userRows }) => new Set(userRows).size === 2).length).toBeGreaterThan(3);
  });

  it('has no batch where there is nothing to predict', () => {
    expect(epochBatches(splitOf(1), { length: 2, batchSize: 2, rng: createRng(1) })).toEqual([]);
  });

  it('refuses a batch size that cannot be', () => {
    const batches = () => epochBatches(splitOf(3), { length: 2, batchSize: 0, rng: createRng(1) });
    expect(batches).toThrow(/batchSize must be a positive whole number, got 0/);
  });
});
