import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { adjustedRand } from '../../lib/evaluation/adjusted-rand';
import { normalizedMutualInformation } from '../../lib/evaluation/normalized-mutual-information';
import { shuffledAgreement } from '../../lib/evaluation/shuffled-agreement';

describe('agreement beside that of shuffled labels', () => {
  const rng = createRng(1);
  const a = Array.from({ length: 200 }, () => rng.integer(20));
  const b = a.map((label) => (rng.next() < 0.3 ? label : rng.integer(20)));
  const strangers = a.map(() => rng.integer(20));

  it('is far above it where labels say something of each other', () => {
    const found = shuffledAgreement(normalizedMutualInformation, a, b, { shuffles: 99, rng: createRng(2) });
    expect(found.value).toBe(normalizedMutualInformation(a, b));
    expect(found.value).toBeGreaterThan(found.highest);
    expect(found.p).toBe(1 / 100);
  });

  it('shows how high a measure is that is not corrected for chance', () => {
    const options = { shuffles: 99, rng: createRng(3) };
    const nmi = shuffledAgreement(normalizedMutualInformation, a, strangers, options);
    expect(nmi.shuffled).toBeGreaterThan(0.3);
    expect(Math.abs(nmi.value - nmi.shuffled)).toBeLessThan(0.05);
    const rand = shuffledAgreement(adjustedRand, a, strangers, options);
    expect(Math.abs(rand.shuffled)).toBeLessThan(0.01);
    expect(rand.p).toBeGreaterThan(0.01);
  });

  it('leaves the labels as they were, and needs a shuffle', () => {
    const before = [...b];
    shuffledAgreement(adjustedRand, a, b, { shuffles: 3, rng: createRng(4) });
    expect(b).toEqual(before);
    expect(() => shuffledAgreement(adjustedRand, a, b, { shuffles: 0, rng: createRng(4) })).toThrow('from 1');
  });
});
