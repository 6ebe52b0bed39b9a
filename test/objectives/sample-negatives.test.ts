import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import {
  logExpectedCounts,
  logUniformSampler,
  popularitySampler,
  sampleNegatives,
  sampleSharedNegatives,
  uniformSampler,
  type ItemSampler,
} from '../../lib/objectives/sample-negatives';

const V = 6;
const samplers: [string, ItemSampler][] = [
  ['uniform', uniformSampler(V)],
  ['popularity', popularitySampler([99, 40, 30, 0, 25, 5])],
  ['popularity to the power .75', popularitySampler([99, 40, 30, 0, 25, 5], 0.75)],
  ['log-uniform', logUniformSampler([3, 1, 5, 2, 4])],
];
const items = Array.from({ length: V }, (_, item) => item);

describe.each(samplers)('the %s sampler', (_, sampler) => {
  it('has probabilities that sum to 1, none for padding and none outside', () => {
    expect(items.reduce((sum, item) => sum + sampler.probability(item), 0)).toBeCloseTo(1, 12);
    for (const item of [-1, 0, V, V + 1]) expect(sampler.probability(item)).toBe(0);
  });

  it('draws as often as it says', () => {
    const rng = createRng(1);
    const [draws, counts] = [40_000, new Array<number>(V).fill(0)];
    for (let n = 0; n < draws; n++) counts[sampler.draw(rng)]! += 1;
    // Pearson's chi-square; for 4 degrees of freedom 23.5 is exceeded once in 10,000 seeds.
    let chiSquare = 0;
    for (const item of items) {
      const expected = draws * sampler.probability(item);
      if (expected === 0) expect(counts[item]).toBe(0);
      else chiSquare += (counts[item]! - expected) ** 2 / expected;
    }
    expect(chiSquare).toBeLessThan(23.5);
  });

  it('gives the same seed the same items', () => {
    const run = (seed: number): number[] => [...sampleSharedNegatives(sampler, 20, createRng(seed))];
    expect(run(4)).toEqual(run(4));
    expect(run(4)).not.toEqual(run(5));
  });
});

it('probabilities by hand', () => {
  expect(uniformSampler(6).probability(3)).toBeCloseTo(0.2, 12);
  expect(popularitySampler([99, 40, 30, 0, 25, 5]).probability(4)).toBeCloseTo(0.25, 12);
  expect(popularitySampler([0, 16, 81], 0.75).probability(2)).toBeCloseTo(27 / 35, 12);
  // Item 3 stands first: log(2/1) / log 6; item 4 last: log(6/5) / log 6.
  const logUniform = logUniformSampler([3, 1, 5, 2, 4]);
  expect(logUniform.probability(3)).toBeCloseTo(Math.log(2) / Math.log(6), 12);
  expect(logUniform.probability(4)).toBeCloseTo(Math.log(6 / 5) / Math.log(6), 12);
});

describe('log expected counts', () => {
  it('are the logs of draws times probability', () => {
    const [a, b] = logExpectedCounts(popularitySampler([0, 3, 1]), Int32Array.of(1, 2), 8);
    expect(a).toBeCloseTo(Math.log(6), 6);
    expect(b).toBeCloseTo(Math.log(2), 6);
  });

  it('are 0 for padding', () => {
    expect([...logExpectedCounts(uniformSampler(4), Int32Array.of(0), 8)]).toEqual([0]);
  });

  it('refuse an item that is never drawn', () => {
    expect(() => logExpectedCounts(popularitySampler([0, 1, 0]), Int32Array.of(2), 8)).toThrow(
      /item 2 is never drawn/,
    );
  });
});

describe('negatives of each target', () => {
  it('are K a row, never the target, never padding, never excluded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: V - 1 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer(),
        (targets, K, seed) => {
          const isExcluded = (row: number, item: number): boolean => item === 1 + (row % 2);
          const drawn = sampleNegatives(
            uniformSampler(V),
            Int32Array.from(targets),
            K,
            createRng(seed),
            isExcluded,
          );
          expect(drawn.length).toBe(targets.length * K);
          for (const [place, item] of drawn.entries()) {
            const row = Math.floor(place / K);
            expect(item).toBeGreaterThan(0);
            expect(item).toBeLessThan(V);
            expect(item).not.toBe(targets[row]);
            expect(isExcluded(row, item)).toBe(false);
          }
        },
      ),
    );
  });

  it('keep the proportions of the items that are left', () => {
    const targets = new Int32Array(20_000).fill(1);
    const counts = [0, 0, 0, 0];
    for (const item of sampleNegatives(popularitySampler([0, 50, 30, 20]), targets, 1, createRng(2)))
      counts[item]! += 1;
    expect(counts[1]).toBe(0);
    expect(counts[2]! / 20_000).toBeCloseTo(0.6, 1.7); // ±.01; one standard deviation is .0035
  });

  it('refuse a row for which nothing is left', () => {
    const only = popularitySampler([0, 0, 4]);
    expect(() => sampleNegatives(only, Int32Array.of(1, 2), 1, createRng(1))).toThrow(
      /row 1 finds no allowed item/,
    );
  });
});

describe('samplers refuse what is no distribution', () => {
  it.each([0, 1, 2.5, Number.NaN])('uniform over V = %d', (V) => {
    expect(() => uniformSampler(V)).toThrow(/V must be a whole number from 2/);
  });
  it.each([
    [[0, -1], /count of item 1 is -1/],
    [[0, Number.NaN], /count of item 1 is NaN/],
    [[5, 0, 0], /no distribution/],
    [[], /no distribution/],
  ])('popularity %j', (counts, message) => {
    expect(() => popularitySampler(counts)).toThrow(message);
  });
  it.each([[[1, 1]], [[0, 1]], [[1, 3]], [[]]])('log-uniform over %j', (order) => {
    expect(() => logUniformSampler(order)).toThrow(RangeError);
  });
});
