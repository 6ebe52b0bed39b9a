import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { clusteredProportion } from '../../lib/evaluation/clustered-proportion';
import { wilsonInterval } from '../../lib/evaluation/proportion-interval';

describe('a share of cases in clusters', () => {
  it('is what the formulas give', () => {
    // numpy: s, m = the two rows; n = 6; N = m.sum(); p = s.sum() / N
    // var = n / (n - 1) * ((s - p * m) ** 2).sum() / N ** 2; ne = N / max(1, var / (p * (1 - p) / (N - 1)))
    const { share, effectiveCases, low, high } = clusteredProportion([3, 0, 1, 5, 2, 0], [4, 3, 1, 8, 2, 6]);
    expect([share, effectiveCases, low, high].map((value) => value.toFixed(6))).toEqual([
      '0.458333',
      '8.844696',
      '0.196478',
      '0.745423',
    ]);
  });

  it("is Wilson's with one case a cluster", () => {
    const hits = Array.from({ length: 40 }, (_, place) => Number(place % 3 === 0));
    const found = clusteredProportion(
      hits,
      hits.map(() => 1),
    );
    const plain = wilsonInterval({ successes: 14, cases: 40 });
    expect(found.effectiveCases).toBeCloseTo(40, 9);
    expect([found.low, found.high].map((value) => value.toFixed(9))).toEqual(
      [plain.low, plain.high].map((value) => value.toFixed(9)),
    );
  });

  it('holds the true share about as often as it says, where the plain interval does not', () => {
    // Each of 60 clusters has its own chance, .2 or .8, and 1 to 20 cases: the share of all is .5.
    const rng = createRng(5);
    let [clustered, plain] = [0, 0];
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const cases = Array.from({ length: 60 }, () => 1 + rng.integer(20));
      const hits = cases.map((own) => {
        const chance = rng.next() < 0.5 ? 0.2 : 0.8;
        return Array.from({ length: own }, () => Number(rng.next() < chance)).reduce((a, b) => a + b, 0);
      });
      const found = clusteredProportion(hits, cases);
      const independent = wilsonInterval({ successes: found.successes, cases: found.cases });
      clustered += Number(found.low <= 0.5 && found.high >= 0.5);
      plain += Number(independent.low <= 0.5 && independent.high >= 0.5);
    }
    expect(clustered / rounds).toBeGreaterThan(0.91);
    expect(clustered / rounds).toBeLessThan(0.985);
    expect(plain / rounds).toBeLessThan(0.75);
  });

  it('counts clusters where nothing varies, and is never narrower than Wilson', () => {
    expect(clusteredProportion([0, 0, 0], [10, 10, 10])).toMatchObject({ share: 0, effectiveCases: 3 });
    expect(clusteredProportion([10, 10], [10, 10]).effectiveCases).toBe(2);
    expect(clusteredProportion([5, 5, 5], [10, 10, 10]).effectiveCases).toBe(30); // more even than chance
    expect(clusteredProportion([2, 0, 1], [4, 0, 2])).toEqual(clusteredProportion([2, 1], [4, 2]));
  });

  it('refuses what is no share', () => {
    expect(() => clusteredProportion([1], [1, 2])).toThrow('1 successes and 2 cases');
    expect(() => clusteredProportion([3], [2])).toThrow('cluster 0 has 3 of 2');
    expect(() => clusteredProportion([0], [0])).toThrow('no cases');
  });
});
