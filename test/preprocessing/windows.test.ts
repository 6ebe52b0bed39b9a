import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../lib/base/random';
import { leaveOneOut, type LeaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { rollingTime } from '../../lib/preprocessing/splits/rolling-time';
import { trainPart, withSequences } from '../../lib/preprocessing/splits/split-sequences';
import { toSequences } from '../../lib/preprocessing/sequences';
import {
  cutWindows,
  epochBatches,
  lengthBucketsFor,
  rowsOfBuckets,
  type TrainingBatch,
} from '../../lib/preprocessing/windows';
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
      firstEvents: Int32Array.of(0),
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

  it('learns from the training part of any split: here a sliding window of time', () => {
    // Events at times 0, 1, 2, ... for each of two users; of the first 14, those from 4 on are for training.
    const rows = ['a', 'b'].flatMap((user) =>
      Array.from({ length: 20 }, (_, at) => [user, `${user}${at}`, at] as const),
    );
    const sequences = toSequences(toyLog(rows));
    const [fold] = rollingTime(sequences, { folds: 1, testMs: 6, trainingMs: 10 });
    const split = withSequences(fold!, sequences);
    const whole = cutWindows(split, { length: 20, rng: createRng(1) });
    expect([[...whole.starts], [...whole.ends]]).toEqual([
      [0, 0],
      [10, 10],
    ]);
    const batches = epochBatches(split, { length: 4, batchSize: 3, rng: createRng(1) });
    const nameOf = (item: number): string => sequences.vocabulary.itemIds[item]!;
    const asked = batches.flatMap(({ inputs, targets }) =>
      Array.from(inputs).flatMap((item, place) =>
        item === 0 ? [] : [`${nameOf(item)} -> ${nameOf(targets[place]!)}`],
      ),
    );
    const wanted = ['a', 'b'].flatMap((user) =>
      Array.from({ length: 9 }, (_, at) => `${user}${at + 4} -> ${user}${at + 5}`),
    );
    expect(asked.toSorted()).toEqual(wanted.toSorted());
    expect(() => withSequences({ ...fold!, offsets: Int32Array.of(0, 40) }, sequences)).toThrow(
      'the split was made of other sequences',
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

describe('epochBatches with length buckets', () => {
  interface Case {
    readonly parts: number[];
    readonly length: number;
    readonly lengthBuckets: number[];
    readonly batchSize: number;
    readonly seed: number;
  }
  const cases: fc.Arbitrary<Case> = fc
    .record({
      parts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
      lengthBuckets: fc
        .uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
        .map((buckets) => buckets.toSorted((a, b) => a - b)),
      batchSize: fc.integer({ min: 1, max: 6 }),
      seed: fc.integer({ min: 0, max: 99 }),
    })
    .map((drawn) => ({ ...drawn, length: drawn.lengthBuckets.at(-1)! }));
  const batchesOf = ({ parts, seed, ...options }: Case): TrainingBatch[] =>
    epochBatches(splitOf(...parts), { ...options, rng: createRng(seed) });

  /** `user: input -> target` of every place that is asked for; an item occurs once in all sequences. */
  const asked = (batches: readonly TrainingBatch[]): string[] =>
    batches
      .flatMap(({ length, inputs, targets, userRows }) =>
        Array.from(
          inputs,
          (input, place) => `${userRows[Math.floor(place / length)]}: ${input} -> ${targets[place]}`,
        ),
      )
      .filter((text) => !text.endsWith(' -> 0'));
  /** Each row as it is fed, without padding. */
  const rows = (batches: readonly TrainingBatch[]): string[] =>
    batches.flatMap(({ length, inputs, lengths }) =>
      Array.from(lengths, (events, row) => inputs.subarray(row * length, row * length + events).join(' ')),
    );

  it('holds the same windows as without, so that every target is asked for exactly once', () => {
    fc.assert(
      fc.property(cases, ({ lengthBuckets, ...without }) => {
        const bucketed = batchesOf({ lengthBuckets, ...without });
        const { parts, seed, ...options } = without;
        const mixed = epochBatches(splitOf(...parts), { ...options, rng: createRng(seed) });
        expect(rows(bucketed).toSorted()).toEqual(rows(mixed).toSorted());
        expect(asked(bucketed).toSorted()).toEqual(asked(mixed).toSorted());
        const targets = parts.reduce((sum, part) => sum + Math.max(0, part - 1), 0);
        expect(asked(bucketed)).toHaveLength(targets);
      }),
      { seed: 21 },
    );
  });

  it('makes every batch as long as a bucket that holds its windows, and all but one of the longest bucket full', () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const batches = batchesOf(drawn);
        for (const { length, lengths, isReal, numSequences } of batches) {
          expect(drawn.lengthBuckets).toContain(length);
          expect(Math.max(...lengths)).toBeLessThanOrEqual(length);
          expect([lengths.length, isReal.length]).toEqual([numSequences, numSequences * length]);
        }
        const partial = batches.filter(({ numSequences }) => numSequences < drawn.batchSize);
        expect(partial.length).toBeLessThanOrEqual(1);
        for (const { length } of partial) expect(length).toBe(drawn.length);
      }),
      { seed: 22 },
    );
  });

  it('gives a window to a longer bucket only where it is one of the few that fill no batch', () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const tooShort = new Map<number, number>();
        for (const { length, lengths } of batchesOf(drawn)) {
          for (const events of lengths) {
            const own = drawn.lengthBuckets.find((bucket) => events <= bucket)!;
            if (own < length) tooShort.set(own, (tooShort.get(own) ?? 0) + 1);
          }
        }
        for (const count of tooShort.values()) expect(count).toBeLessThan(drawn.batchSize);
      }),
      { seed: 23 },
    );
  });

  it('sorts windows of 1, 1, 2, 3 and 3 inputs into batches of two by hand', () => {
    const drawn = { parts: [2, 2, 3, 4, 4], length: 3, lengthBuckets: [1, 2, 3], batchSize: 2, seed: 1 };
    const shapes = batchesOf(drawn).map(({ length, lengths }) => [length, [...lengths].toSorted().join()]);
    // The window of 2 finds no partner: it is padded to 3.
    const [one, ...three] = shapes.toSorted();
    expect(one).toEqual([1, '1,1']);
    expect(three.map(([length]) => length)).toEqual([3, 3]);
    expect(
      three
        .map(([, lengths]) => lengths)
        .join()
        .split(',')
        .toSorted(),
    ).toEqual(['2', '3', '3']);
  });

  it('pads less: a hundred short histories beside a hundred long ones', () => {
    const parts = Array.from({ length: 200 }, (_, user) => (user % 2 ? 4 : 33));
    const places = (batches: readonly TrainingBatch[]): number =>
      batches.reduce((sum, { inputs }) => sum + inputs.length, 0);
    const options = { length: 32, batchSize: 10, rng: createRng(3) };
    const real = 100 * (3 + 32);
    expect(places(epochBatches(splitOf(...parts), options))).toBe(200 * 32);
    expect(places(epochBatches(splitOf(...parts), { ...options, lengthBuckets: [3, 32] }))).toBe(real);
  });

  it('depends on the keys of its rng alone, mixes the lengths, and differs between epochs', () => {
    const drawn = { parts: Array.from({ length: 40 }, (_, user) => 2 + user), length: 8, batchSize: 4 };
    const batches = (rng: Rng): TrainingBatch[] =>
      epochBatches(splitOf(...drawn.parts), { ...drawn, lengthBuckets: [2, 4, 8], rng });
    const first = batches(createRng(5));
    const drawnFrom = createRng(5);
    drawnFrom.next();
    expect(batches(drawnFrom)).toEqual(first);
    expect(batches(createRng(6))).not.toEqual(first);
    const order = first.map(({ length }) => length);
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  });

  it('has the usual buckets: a quarter, a half and all, each once', () => {
    expect([1, 2, 3, 4, 50, 100].map(lengthBucketsFor)).toEqual([
      [1],
      [1, 2],
      [1, 2, 3],
      [1, 2, 4],
      [13, 25, 50],
      [25, 50, 100],
    ]);
    const split = splitOf(20, 3, 5);
    for (let length = 1; length < 30; length++) {
      epochBatches(split, {
        length,
        batchSize: 2,
        rng: createRng(1),
        lengthBuckets: lengthBucketsFor(length),
      });
    }
  });

  it.each([[[]], [[2, 2, 4]], [[4, 2]], [[0, 4]], [[1.5, 4]], [[2, 3]], [[2, 8]], [[NaN, 4]]])(
    'refuses the buckets %j for a length of 4',
    (lengthBuckets) => {
      const batches = (): unknown =>
        epochBatches(splitOf(3), { length: 4, batchSize: 2, rng: createRng(1), lengthBuckets });
      expect(batches).toThrow(RangeError);
      expect(batches).toThrow(/lengthBuckets must be whole numbers that ascend to length 4, got/);
    },
  );
});

describe('rows of length buckets', () => {
  // Four windows of 1 target, two of 3, two of 8: 26 targets in 8 windows, 3.25 on average.
  const split = splitOf(2, 2, 2, 2, 4, 4, 9, 9);
  const options = { length: 8, batchSize: 4, rng: createRng(1), lengthBuckets: [1, 4, 8] };

  it('give batches of every bucket as many targets as windows of any length have on average', () => {
    // 4 x 3.25 = 13 targets a batch: 13 windows of 1, 4.3 of 3, 1.6 of 8.
    expect(rowsOfBuckets(split, options)).toEqual([13, 4, 2]);
    expect(rowsOfBuckets(split, { ...options, lengthBuckets: [2, 5, 6, 8] })).toEqual([13, 4, 4, 2]);
    expect(rowsOfBuckets(split, { ...options, lengthBuckets: [8] })).toEqual([4]);
  });

  it('are the rows of the batches, and what fills none goes with longer windows', () => {
    const shapes = (bucketRows: number[]) =>
      epochBatches(split, { ...options, bucketRows })
        .map(({ length, numSequences }) => `${numSequences} x ${length}`)
        .toSorted();
    expect(shapes([2, 2, 1])).toEqual(['1 x 8', '1 x 8', '2 x 1', '2 x 1', '2 x 4']);
    expect(shapes([3, 2, 3])).toEqual(['2 x 4', '3 x 1', '3 x 8']);
  });

  it.each([0, 1.5, NaN])('cannot be %d', (rows) => {
    const batches = (): unknown => epochBatches(split, { ...options, bucketRows: [2, rows, 2] });
    expect(batches).toThrow(/each of bucketRows must be a positive whole number, got/);
  });
});
