import type { Rng } from '../../base/random';
import { startSequentialTest } from '../../evaluation/ab-tests/always-valid';
import { groupSequentialBounds } from '../../evaluation/ab-tests/group-sequential';
import { normalCdf, normalQuantile } from '../../evaluation/distributions';
import { wilsonInterval, type Interval } from '../../evaluation/proportion-interval';
import { binomialDraw } from './draw-binomial';

/**
 * When a test stops. `once`: at its planned end. `peeking`: at the first look with p below alpha, which is a fault. `always-valid` and
 * `group-sequential`: at the first look at which their rule allows it.
 */
export const stoppingRules = ['once', 'peeking', 'always-valid', 'group-sequential'] as const;
export type StoppingRule = (typeof stoppingRules)[number];

export interface SimulatedTests {
  /** True rates of the two groups; alike for A/A tests. */
  readonly rates: readonly [first: number, second: number];
  /** Cases that come to each group between two looks. */
  readonly casesPerLook: number;
  readonly looks: number;
  readonly tests: number;
  /** Default .05. */
  readonly alpha?: number;
  /** What `always-valid` is tuned to; default a tenth of the first rate. */
  readonly expectedEffect?: number;
}

/** What became of the tests under one rule. */
export interface RuleOutcome {
  readonly rule: StoppingRule;
  /** Share of tests that claimed a difference, with its interval. */
  readonly claimed: number;
  readonly interval: Interval;
  /** Share of tests that had claimed one by each look. */
  readonly claimedBy: Float64Array;
  /** Cases in each group until the test stopped, mean over tests; at most all that were planned. */
  readonly meanCases: number;
}

export interface SimulationResult {
  readonly outcomes: readonly RuleOutcome[];
  /** p at the planned end, of each test. */
  readonly ps: Float64Array;
}

/** Fewer successes than this in a group, and the normal distribution does not hold yet: `always-valid` waits. */
const enoughSuccesses = 10;

/**
 * Run many A/B tests on two rates, and see how often each rule claims a difference, and when.
 *
 * Every rule sees the same tests, so that differences between rules are no chance. Without a true difference every claim is false.
 *
 * @throws RangeError when a number is out of range
 * @source Johari, Koomen, Pekelis & Walsh, "Peeking at A/B Tests: Why It Matters, and What to Do About It", KDD 2017; Armitage, McPherson
 *   & Rowe, "Repeated Significance Tests on Accumulating Data", Journal of the Royal Statistical Society A 132(2), 1969.
 */
export function simulateAbTests(
  { rates, casesPerLook, looks, tests, alpha = 0.05, expectedEffect = rates[0] / 10 }: SimulatedTests,
  rng: Rng,
): SimulationResult {
  if (!(Number.isInteger(looks) && looks >= 1 && Number.isInteger(tests) && tests >= 1))
    throw new RangeError(`simulateAbTests: ${tests} tests with ${looks} looks`);
  const draws = rates.map((rate) => binomialDraw(casesPerLook, rate));
  const bounds = groupSequentialBounds(
    Array.from({ length: looks }, (_, look) => (look + 1) / looks),
    { alpha },
  );
  const critical = normalQuantile(1 - alpha / 2);
  const stopped = stoppingRules.map(() => new Float64Array(looks)); // tests that claimed a difference at each look
  const ps = new Float64Array(tests);
  for (let test = 0; test < tests; test++) {
    const sequential = startSequentialTest({ expectedEffect, alpha });
    const open = stoppingRules.map(() => true);
    let [first, second] = [0, 0];
    for (let look = 0; look < looks; look++) {
      first += draws[0]!(rng);
      second += draws[1]!(rng);
      const cases = casesPerLook * (look + 1);
      const [z, difference, variance] = compared(first, second, cases);
      const isLast = look === looks - 1;
      const claims: Record<StoppingRule, () => boolean> = {
        once: () => isLast && Math.abs(z) >= critical,
        peeking: () => Math.abs(z) >= critical,
        'always-valid': () =>
          Math.min(first, second) >= enoughSuccesses && sequential.look({ difference, variance }).isDecided,
        'group-sequential': () => Math.abs(z) >= bounds[look]!.z,
      };
      for (const [place, rule] of stoppingRules.entries()) {
        if (!open[place] || !claims[rule]()) continue;
        open[place] = false;
        stopped[place]![look]! += 1;
      }
      if (isLast) ps[test] = 2 * normalCdf(-Math.abs(z));
    }
  }
  const outcomes = stoppingRules.map((rule, place): RuleOutcome => {
    let [claims, cases] = [0, 0];
    const claimedBy = stopped[place]!.map((count, look) => {
      claims += count;
      cases += count * casesPerLook * (look + 1);
      return claims / tests;
    });
    return {
      rule,
      claimed: claims / tests,
      interval: wilsonInterval({ successes: claims, cases: tests }),
      claimedBy,
      meanCases: (cases + (tests - claims) * casesPerLook * looks) / tests,
    };
  });
  return { outcomes, ps };
}

/** z with the pooled variance, the difference of rates, and its variance with that of each group. */
function compared(first: number, second: number, cases: number): readonly [number, number, number] {
  const [a, b] = [first / cases, second / cases];
  const pooled = (a + b) / 2;
  const error = Math.sqrt((2 * pooled * (1 - pooled)) / cases);
  return [error === 0 ? 0 : (b - a) / error, b - a, (a * (1 - a) + b * (1 - b)) / cases];
}
