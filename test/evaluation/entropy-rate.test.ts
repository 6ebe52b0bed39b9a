import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { lempelZivEntropyRate, markovEntropyRate } from '../../lib/evaluation/entropy-rate';

const one = Array.from({ length: 60 }, (_, i) => ((i * i + 3 * i) % 7) % 4);
const other = Array.from({ length: 60 }, (_, i) => (i * 7 + ((i * i) % 5)) % 4);

/** A chain that stays in 0 with .9 and in 1 with .6: it is in 0 four fifths of the time. */
function chain(length: number, seed: number): number[] {
  const rng = createRng(seed);
  let state = 0;
  return Array.from({ length }, () => (state = rng.next() < (state === 0 ? 0.9 : 0.4) ? 0 : 1));
}
const bits = (share: number): number => -share * Math.log2(share) - (1 - share) * Math.log2(1 - share);
const rateOfChain = 0.8 * bits(0.1) + 0.2 * bits(0.4);

describe('entropy rate by transitions', () => {
  it('agrees with PyInform', () => {
    // pyinform 0.2.0: entropy_rate([(i*i+3*i) % 7 % 4 for i in range(60)], k=1); entropy_rate([(i*7+(i*i)%5) % 4 for i in range(60)], k=1)
    expect(markovEntropyRate(one)).toBeCloseTo(1.1348736150555077, 12);
    expect(markovEntropyRate(other)).toBeCloseTo(1.5239903423357726, 12);
  });

  it('finds that of a chain, and falls short of it by the known bias where transitions are few', () => {
    expect(markovEntropyRate(chain(300_000, 1))).toBeCloseTo(rateOfChain, 2);
    const rng = createRng(5);
    const kinds = 4;
    const n = 200;
    const trials = 400;
    let mean = 0;
    for (let trial = 0; trial < trials; trial++)
      mean += markovEntropyRate(Array.from({ length: n + 1 }, () => rng.integer(kinds))) / trials;
    const bias = (kinds * (kinds - 1)) / (2 * n * Math.LN2);
    expect(2 - mean).toBeGreaterThan(0.8 * bias);
    expect(2 - mean).toBeLessThan(1.2 * bias);
  });

  it('is 0 for a cycle and a constant, at most the logarithm of the kinds, and nothing for a single event', () => {
    expect(markovEntropyRate([0, 1, 2, 0, 1, 2, 0])).toBe(0);
    expect(markovEntropyRate([5, 5, 5])).toBe(0);
    expect(markovEntropyRate([1])).toBeNaN();
    expect(markovEntropyRate([])).toBeNaN();
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 2, maxLength: 40 }), (sequence) => {
        const rate = markovEntropyRate(sequence);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(Math.log2(new Set(sequence).size) + 1e-12);
      }),
    );
  });
});

describe('entropy rate by match lengths', () => {
  it('agrees with a search in Python text', () => {
    // t = ''.join(chr(65 + v) for v in s); for i in range(n): k = 1; while i + k <= n and t[i:i+k] in t[:i]: k += 1; S += k
    // n * np.log2(n) / S
    expect(lempelZivEntropyRate(one)).toBeCloseTo(0.4041202231887242, 12);
    expect(lempelZivEntropyRate(other)).toBeCloseTo(0.5077556385909902, 12);
  });

  it('comes slowly towards the rate of chains, and does not need them to be of first order', () => {
    const rng = createRng(2);
    const pairs = Array.from({ length: 2000 }, () => rng.integer(4)).flatMap((kind) => [kind, kind]);
    // Every second event is news of 2 bits, every other one none. A chain of first order sees chance where there is none.
    expect(lempelZivEntropyRate(pairs)).toBeGreaterThan(0.85);
    expect(lempelZivEntropyRate(pairs)).toBeLessThan(1.25);
    expect(markovEntropyRate(pairs)).toBeGreaterThan(1.5);
    const found = lempelZivEntropyRate(chain(4000, 3));
    expect(Math.abs(found - rateOfChain)).toBeLessThan(0.15 * rateOfChain);
  });

  it('is small for a cycle and says nothing of a single event', () => {
    expect(lempelZivEntropyRate(Array.from({ length: 300 }, (_, at) => at % 3))).toBeLessThan(0.12);
    expect(lempelZivEntropyRate([1])).toBeNaN();
  });
});
