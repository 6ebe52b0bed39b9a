import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../lib/base/random';
import { pairedDrift } from '../../lib/evaluation/paired-drift';

const visitsOf = (rng: Rng, weights: readonly number[], visits: number): number[] => {
  const counts = weights.map(() => 0);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  for (let visit = 0; visit < visits; visit++) {
    let drawn = all * rng.next();
    counts[weights.findIndex((weight) => (drawn -= weight) < 0)]! += 1;
  }
  return counts;
};

describe('drift of a population between two periods', () => {
  it('is the divergence of the mean shares, each user counting the same', () => {
    const found = pairedDrift(
      [
        [8, 0],
        [1, 1],
      ],
      [
        [1, 1],
        [0, 1],
      ],
      { shuffles: 9, rng: createRng(1) },
    );
    // Means (.75, .25) and (.25, .75): scipy.spatial.distance.jensenshannon([.75, .25], [.25, .75], base=2) ** 2
    expect(found.value).toBeCloseTo(0.1887218755408671, 12);
    // All of the 2 ** 2 ways to swap move as far or less.
    expect(found.p).toBeGreaterThan(0.1);
  });

  it('raises the alarm as rarely as promised where each changes alone, and finds what all do together', () => {
    const rng = createRng(31);
    const trials = 200;
    let [alarms, found] = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      // Everybody moves, half of them one way and half the other: volatile users, no drift.
      const directions = Array.from({ length: 40 }, () => rng.next() < 0.5);
      const period = (isLater: boolean) =>
        directions.map((moves) => visitsOf(rng, moves === isLater ? [3, 1, 1] : [1, 1, 3], 5));
      const test = { shuffles: 59, rng };
      if (pairedDrift(period(false), period(true), test).p <= 0.1) alarms += 1;
      const [before, after] = [
        [2, 1, 1],
        [1, 1, 2],
      ].map((weights) => directions.map(() => visitsOf(rng, weights, 5)));
      if (pairedDrift(before!, after!, test).p <= 0.1) found += 1;
    }
    // 10 % ± 3.3 standard errors of a share among 200.
    expect(alarms / trials).toBeGreaterThan(0.03);
    expect(alarms / trials).toBeLessThan(0.17);
    expect(found / trials).toBeGreaterThan(0.9);
  });

  it('refuses users of one period only', () => {
    const options = { shuffles: 9, rng: createRng(1) };
    expect(() => pairedDrift([[1, 0]], [[0, 0]], options)).toThrow('user 0 has nothing');
    expect(() => pairedDrift([[1, 0]], [], options)).toThrow('1 users before and 0 after');
    expect(() => pairedDrift([[1, 0]], [[1]], options)).toThrow('user 0 has 1 kinds');
    expect(() => pairedDrift([[1]], [[1]], { ...options, shuffles: 0.5 })).toThrow('from 1, got 0.5');
  });
});
