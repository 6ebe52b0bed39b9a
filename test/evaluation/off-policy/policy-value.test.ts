import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../../lib/base/random';
import {
  doublyRobust,
  inversePropensity,
  selfNormalized,
  type LoggedFeedback,
  type PolicyValue,
  type PredictedRewards,
} from '../../../lib/evaluation/off-policy/policy-value';

// A small world: 3 kinds of visitors, 4 items; click rates, the logging policy and the one asked about are known.
const rates = [
  [0.1, 0.3, 0.2, 0.05],
  [0.4, 0.1, 0.1, 0.3],
  [0.2, 0.2, 0.5, 0.1],
];
const logging = [
  [0.7, 0.1, 0.1, 0.1],
  [0.25, 0.25, 0.25, 0.25],
  [0.4, 0.4, 0.1, 0.1],
];
const asked = [
  [0.1, 0.6, 0.2, 0.1],
  [0.6, 0.1, 0.1, 0.2],
  [0.1, 0.1, 0.7, 0.1],
];
const expectedOf = (policy: readonly number[], rate: readonly number[]): number =>
  policy.reduce((sum, share, item) => sum + share * rate[item]!, 0);
const truth = [0, 1, 2].reduce((sum, kind) => sum + expectedOf(asked[kind]!, rates[kind]!) / 3, 0);

interface World {
  readonly feedback: LoggedFeedback;
  readonly predicted: PredictedRewards;
}

/** A log of the world; the model's click rates and the logged propensities are off by a factor. */
function drawLog(cases: number, rng: Rng, modelFactor = 1, propensityFactor = 1): World {
  const log = { rewards: [], propensities: [], targets: [], ofShown: [], ofTarget: [] } as Record<
    string,
    number[]
  >;
  for (let one = 0; one < cases; one++) {
    const kind = rng.integer(3);
    let [item, left] = [0, rng.next()];
    while (left >= logging[kind]![item]! && item < 3) left -= logging[kind]![item++]!;
    log['rewards']!.push(Number(rng.next() < rates[kind]![item]!));
    log['propensities']!.push(logging[kind]![item]! * propensityFactor);
    log['targets']!.push(asked[kind]![item]!);
    log['ofShown']!.push(modelFactor * rates[kind]![item]!);
    log['ofTarget']!.push(modelFactor * expectedOf(asked[kind]!, rates[kind]!));
  }
  return {
    feedback: log as unknown as LoggedFeedback,
    predicted: log as unknown as PredictedRewards,
  };
}

/** Mean and spread of an estimate over many logs, and how often its interval holds the truth. */
function over(logs: number, estimate: (world: World) => PolicyValue, ...factors: readonly number[]) {
  const rng = createRng(1);
  const found = Array.from({ length: logs }, (_, log) =>
    estimate(drawLog(500, rng.child(log), ...(factors as [number, number]))),
  );
  const mean = found.reduce((sum, { value }) => sum + value, 0) / logs;
  const spread = Math.sqrt(found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (logs - 1));
  const covered = found.filter(({ low, high }) => low <= truth && truth <= high).length / logs;
  return { mean, spread, covered, error: spread / Math.sqrt(logs) };
}

describe('off-policy estimates', () => {
  const ips = over(600, ({ feedback }) => inversePropensity(feedback));
  const snips = over(600, ({ feedback }) => selfNormalized(feedback));
  const dr = over(600, ({ feedback, predicted }) => doublyRobust(feedback, predicted));

  it('find the planted value, with intervals that hold it as often as they promise', () => {
    for (const { mean, error, covered } of [ips, snips, dr]) {
      expect(Math.abs(mean - truth)).toBeLessThan(4 * error + 0.001);
      expect(covered).toBeGreaterThan(0.91);
      expect(covered).toBeLessThan(0.98);
    }
  });

  it('are steadier with a model, and with weights that add up', () => {
    expect(dr.spread).toBeLessThan(0.95 * ips.spread);
    expect(snips.spread).toBeLessThan(ips.spread);
  });

  it('need either the propensities or the model to be right, not both', () => {
    const wrongModel = over(600, ({ feedback, predicted }) => doublyRobust(feedback, predicted), 0.3, 1);
    const wrongLog = over(600, ({ feedback, predicted }) => doublyRobust(feedback, predicted), 1, 0.5);
    for (const { mean, error } of [wrongModel, wrongLog])
      expect(Math.abs(mean - truth)).toBeLessThan(4 * error);
    const both = over(600, ({ feedback, predicted }) => doublyRobust(feedback, predicted), 0.3, 0.5);
    expect(Math.abs(both.mean - truth)).toBeGreaterThan(8 * both.error);
  });

  it('fall short where weights are clipped, and say by how much', () => {
    const clipped = over(600, ({ feedback }) => inversePropensity(feedback, { clip: 2 }));
    expect(clipped.mean).toBeLessThan(truth - 8 * clipped.error);
    expect(clipped.spread).toBeLessThan(ips.spread);
    const { feedback } = drawLog(2000, createRng(3));
    const [plain, cut] = [inversePropensity(feedback), inversePropensity(feedback, { clip: 2 })];
    expect(cut.clippingMoved).toBeCloseTo(cut.value - plain.value, 12);
    expect(cut.largestWeight).toBe(2);
    // Both planted weights above 2 are 6 and 7: one visitor in ten of two kinds in three.
    expect(Math.abs(cut.clippedShare - 0.2 / 3) + Math.abs(plain.clippedShare)).toBeLessThan(0.1);
    expect(plain.clippingMoved).toBe(0);
  });

  // numpy: w = np.array([.5, 2, 0, .25]); r = [1, 0, 1, 1]; (w * r).mean(); (w * r).sum() / w.sum(); w.sum() ** 2 / (w ** 2).sum()
  it('agree with the formulas on four cases', () => {
    const four = { rewards: [1, 0, 1, 1], propensities: [0.5, 0.5, 0.9, 1], targets: [0.25, 1, 0, 0.25] };
    const found = inversePropensity(four);
    expect(found.value).toBeCloseTo(0.1875, 12);
    expect(found.standardError).toBeCloseTo(0.11967838846954226, 12);
    expect(found.effectiveSampleSize).toBeCloseTo(1.7536231884057971, 12);
    expect(found.meanWeight).toBeCloseTo(0.6875, 12);
    expect(selfNormalized(four).value).toBeCloseTo(0.2727272727272727, 12);
    const predicted = { ofShown: [0.5, 0.5, 0.5, 0.5], ofTarget: [0.4, 0.4, 0.4, 0.4] };
    expect(doublyRobust(four, predicted).value).toBeCloseTo(0.4 + (0.25 - 1 + 0.125) / 4, 12);
  });

  it('are the plain mean where the policy asked about is the one that chose', () => {
    const { feedback } = drawLog(300, createRng(4));
    const same = { ...feedback, targets: feedback.propensities };
    const mean = Array.from(feedback.rewards).reduce((a, b) => a + b) / 300;
    for (const found of [inversePropensity(same), selfNormalized(same)]) {
      expect(found.value).toBeCloseTo(mean, 12);
      expect(found.effectiveSampleSize).toBeCloseTo(300, 9);
    }
  });

  it('refuse what is no log', () => {
    const good = { rewards: [1, 0], propensities: [0.5, 0.5], targets: [0.5, 0.5] };
    expect(() => inversePropensity({ ...good, rewards: [1] })).toThrow(/1 rewards/);
    expect(() => inversePropensity({ ...good, propensities: [0, 0.5] })).toThrow(/case 0 has propensity 0/);
    expect(() => inversePropensity({ ...good, targets: [0.5, 1.5] })).toThrow(/target 1.5/);
    expect(() => inversePropensity({ ...good, targets: [0, 0] })).toThrow(/shown none/);
    expect(() => selfNormalized({ ...good, rewards: [1, NaN] })).toThrow(/not finite/);
    expect(() => inversePropensity(good, { clip: 0 })).toThrow(/clip/);
    expect(() => doublyRobust(good, { ofShown: [0], ofTarget: [0, 0] })).toThrow(/1 and 2 predictions/);
  });
});
