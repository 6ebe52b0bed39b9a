import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { cacheFolder } from '../../lib/data/cache-folder';
import { readOpenBandit, type OpenBanditLog } from '../../lib/data/read-open-bandit';
import {
  doublyRobust,
  inversePropensity,
  selfNormalized,
} from '../../lib/evaluation/off-policy/policy-value';
import {
  averagePolicy,
  crossFittedRates,
  feedbackFor,
  uniformPolicy,
} from '../../lib/experiments/open-bandit-policies';

/** Three items, one of which is clicked more; shown at random. */
function madeUp(cases: number): OpenBanditLog {
  const rng = createRng(1);
  const items = Int32Array.from({ length: cases }, () => rng.integer(3));
  return {
    policy: 'random',
    campaign: 'all',
    items,
    itemCount: 3,
    places: Int32Array.from(items, () => rng.integer(3)),
    clicks: Float64Array.from(items, (item) => Number(rng.next() < [0.1, 0.2, 0.6][item]!)),
    propensities: new Float64Array(cases).fill(1 / 3),
    timesMs: new Float64Array(cases),
    userFeatures: [],
    sha256: '',
  };
}

describe('policies of the Open Bandit sample', () => {
  it('add up to 1 at each place', () => {
    const log = madeUp(300);
    for (const policy of [uniformPolicy(log), averagePolicy(log)]) {
      for (const place of [0, 1, 2]) {
        const shares = policy.subarray(place * 3, place * 3 + 3);
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      }
    }
    const shown = [...log.items].filter((item, at) => item === 2 && log.places[at] === 1).length;
    const atPlace = log.places.filter((place) => place === 1).length;
    expect(averagePolicy(log)[3 + 2]).toBeCloseTo(shown / atPlace, 12);
  });

  it('get the value of a policy that shows the best item, by all three estimators', () => {
    const log = madeUp(6000);
    const best = Float64Array.from({ length: 9 }, (_, at) => [0.05, 0.05, 0.9][at % 3]!);
    const feedback = feedbackFor(log, best);
    const predicted = crossFittedRates(log, best, { rng: createRng(2) });
    const truth = 0.05 * 0.1 + 0.05 * 0.2 + 0.9 * 0.6;
    for (const { value, standardError } of [
      inversePropensity(feedback),
      selfNormalized(feedback),
      doublyRobust(feedback, predicted),
    ]) {
      expect(Math.abs(value - truth)).toBeLessThan(4 * standardError);
    }
    expect(doublyRobust(feedback, predicted).standardError).toBeLessThan(
      0.8 * inversePropensity(feedback).standardError,
    );
  });

  it('predict a case without having seen it', () => {
    const log = madeUp(200);
    const uniform = uniformPolicy(log);
    const before = crossFittedRates(log, uniform, { rng: createRng(3), prior: 1 });
    const clicks = log.clicks.map((click, at) => (at === 7 ? 1 - click : click));
    const after = crossFittedRates({ ...log, clicks }, uniform, { rng: createRng(3), prior: 1 });
    expect(after.ofShown[7]).toBe(before.ofShown[7]);
    expect(after.ofTarget[7]).toBe(before.ofTarget[7]);
    expect(after.ofShown).not.toEqual(before.ofShown);
  });

  it('refuse folds that are none', () => {
    const log = madeUp(10);
    const policy = uniformPolicy(log);
    expect(() => crossFittedRates(log, policy, { rng: createRng(1), folds: 1 })).toThrow(/2 folds/);
    expect(() => crossFittedRates(log, policy, { rng: createRng(1), prior: 0 })).toThrow(/prior/);
  });

  // obp 0.4.1, campaign by campaign, of d = pandas.read_csv('bts/.../....csv', index_col=0), n items:
  //   kw = dict(reward=d.click.values, action=d.item_id.values, pscore=d.propensity_score.values, position=d.position.values - 1,
  //             action_dist=np.full((10000, n, 3), 1 / n))
  //   InverseProbabilityWeighting().estimate_policy_value(**kw), SelfNormalizedInverseProbabilityWeighting()..., and
  //   DoublyRobust().estimate_policy_value(estimated_rewards_by_reg_model=q, **kw) with q[:, a, :] = (a + 1) / (100 * n)
  // clipped at 10: the same formulas with np.minimum(weights, 10), in numpy
  const folder = join(cacheFolder(), 'data', 'open-bandit');
  it.skipIf(!existsSync(folder)).each([
    ['all', [0.0023596395168460037, 0.002333713893161806, 0.002407768730700951]],
    ['men', [0.003008626327256482, 0.0031894231622774027, 0.0033297984980457953]],
    ['women', [0.00743757754192316, 0.0023730461434477677, -0.001724063991422199]],
  ] as const)(
    "agree with obp's estimators on what BTS showed in '%s' (npm run data)",
    async (campaign, values) => {
      const log = await readOpenBandit('bts', campaign, folder);
      const feedback = feedbackFor(log, uniformPolicy(log));
      const rate = (item: number): number => (item + 1) / (100 * log.itemCount);
      const predicted = {
        ofShown: Float64Array.from(log.items, rate),
        ofTarget: new Float64Array(log.items.length).fill((log.itemCount + 1) / (200 * log.itemCount)),
      };
      const estimates = [
        inversePropensity(feedback),
        selfNormalized(feedback),
        doublyRobust(feedback, predicted),
      ];
      for (const [which, { value }] of estimates.entries()) {
        expect(Math.abs(value - values[which]!)).toBeLessThan(1e-12);
      }
      if (campaign !== 'women') return;
      const clip = { clip: 10 };
      expect(inversePropensity(feedback, clip).value).toBeCloseTo(0.004383669186128011, 12);
      expect(selfNormalized(feedback, clip).value).toBeCloseTo(0.005777400806546725, 12);
      expect(doublyRobust(feedback, predicted, clip).value).toBeCloseTo(0.005594156024505911, 12);
    },
  );
});
