import { normalQuantile } from '../distributions';
import type { Interval } from '../proportion-interval';

/** What a shop logged while one policy chose what to show, beside what another policy would have done. */
export interface LoggedFeedback {
  /** What came of each choice: 1 for a click. */
  readonly rewards: ArrayLike<number>;
  /** Probability with which the logging policy chose what it showed (propensity), above 0. */
  readonly propensities: ArrayLike<number>;
  /** Probability with which the other policy would have chosen it, 0 to 1. */
  readonly targets: ArrayLike<number>;
}

/** What a model expects of rewards, for the doubly robust estimate. */
export interface PredictedRewards {
  /** Of what was shown. */
  readonly ofShown: ArrayLike<number>;
  /** Of the other policy: over all it could show, each by its probability. */
  readonly ofTarget: ArrayLike<number>;
}

export interface OffPolicyOptions {
  /** No weight counts more than this; default Infinity. */
  readonly clip?: number;
  /** Of the interval; default .95. */
  readonly level?: number;
}

/** What another policy would have earned per choice, estimated from the log of the first. */
export interface PolicyValue extends Interval {
  readonly value: number;
  readonly standardError: number;
  readonly cases: number;
  /** How many choices of the other policy itself would say as much: far fewer than `cases` means that the log says little of it. */
  readonly effectiveSampleSize: number;
  /** Mean of the unclipped weights: 1 but for chance where the propensities are right and nothing was impossible. */
  readonly meanWeight: number;
  readonly largestWeight: number;
  /** Share of cases whose weight was cut to `clip`. */
  readonly clippedShare: number;
  /** By how much clipping moved the value in this log: the bias that it brought, as far as the log shows it. */
  readonly clippingMoved: number;
}

/**
 * Estimate what another policy would have earned by weighting each case with how much oftener it would have shown it (IPS).
 *
 * Right on average where the propensities are right and the log policy could show all that the other would. A few large weights decide:
 * see `effectiveSampleSize`. `clip` makes it steadier and biased towards less, since what is cut are rewards.
 *
 * @throws RangeError when lengths differ, there are fewer than 2 cases, a propensity is not above 0 and at most 1, a target not within 0
 *   and 1, a reward not finite, or no case could have been shown by the other policy
 * @source Horvitz & Thompson, "A Generalization of Sampling Without Replacement From a Finite Universe", JASA 47(260), 1952; for
 *   policies: Strehl, Langford, Li & Kakade, "Learning from Logged Implicit Exploration Data", NIPS 2010.
 */
export function inversePropensity(feedback: LoggedFeedback, options: OffPolicyOptions = {}): PolicyValue {
  const { rewards } = feedback;
  return estimate('inversePropensity', feedback, options, (weights) => {
    const terms = weights.map((weight, at) => weight * rewards[at]!);
    return { value: meanOf(terms), standardError: errorOfMean(terms) };
  });
}

/**
 * The same, divided by the mean weight instead of the number of cases (SNIPS): steadier, and within the range of the rewards.
 *
 * Its bias falls with the number of cases. The interval is by linearisation.
 *
 * @throws RangeError as `inversePropensity`
 * @source Swaminathan & Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NIPS 2015; interval: Owen, "Monte Carlo
 *   Theory, Methods and Examples", 2013, section 9.2.
 */
export function selfNormalized(feedback: LoggedFeedback, options: OffPolicyOptions = {}): PolicyValue {
  const { rewards } = feedback;
  return estimate('selfNormalized', feedback, options, (weights) => {
    const total = sumOf(weights);
    const value = sumOf(weights.map((weight, at) => weight * rewards[at]!)) / total;
    const squares = sumOf(weights.map((weight, at) => (weight * (rewards[at]! - value)) ** 2));
    return { value, standardError: Math.sqrt(squares) / total };
  });
}

/**
 * Start from what a model expects of the other policy, and weight only what the model got wrong (DR).
 *
 * Right on average where either the propensities or the model are right. The better the model, the less is left to weight. The model must
 * not have learned from the case that it predicts: `crossFittedRates` sees to it.
 *
 * @throws RangeError as `inversePropensity`, or when a prediction is missing or not finite
 * @source Dudík, Langford & Li, "Doubly Robust Policy Evaluation and Learning", ICML 2011; weights clipped as in Wang, Agarwal & Dudík,
 *   "Optimal and Adaptive Off-policy Evaluation in Contextual Bandits", ICML 2017.
 */
export function doublyRobust(
  feedback: LoggedFeedback,
  { ofShown, ofTarget }: PredictedRewards,
  options: OffPolicyOptions = {},
): PolicyValue {
  const { rewards } = feedback;
  if (ofShown.length !== rewards.length || ofTarget.length !== rewards.length) {
    throw new RangeError(
      `doublyRobust: ${rewards.length} rewards, ${ofShown.length} and ${ofTarget.length} predictions`,
    );
  }
  return estimate('doublyRobust', feedback, options, (weights) => {
    const terms = weights.map((weight, at) => ofTarget[at]! + weight * (rewards[at]! - ofShown[at]!));
    return { value: meanOf(terms), standardError: errorOfMean(terms) };
  });
}

function estimate(
  name: string,
  { rewards, propensities, targets }: LoggedFeedback,
  { clip = Infinity, level = 0.95 }: OffPolicyOptions,
  valueOf: (weights: Float64Array) => { readonly value: number; readonly standardError: number },
): PolicyValue {
  const cases = rewards.length;
  if (cases < 2 || propensities.length !== cases || targets.length !== cases) {
    throw new RangeError(
      `${name}: ${cases} rewards, ${propensities.length} propensities, ${targets.length} targets`,
    );
  }
  if (!(clip > 0)) throw new RangeError(`${name}: clip must be above 0, got ${clip}`);
  const weights = Float64Array.from({ length: cases }, (_, at) => {
    const [propensity, target] = [propensities[at]!, targets[at]!];
    if (!(propensity > 0 && propensity <= 1 && target >= 0 && target <= 1)) {
      throw new RangeError(`${name}: case ${at} has propensity ${propensity} and target ${target}`);
    }
    return target / propensity;
  });
  const clipped = weights.map((weight) => Math.min(weight, clip));
  const total = sumOf(clipped);
  if (total === 0) {
    throw new RangeError(`${name}: the other policy would have shown none of the ${cases} cases`);
  }
  const { value, standardError } = valueOf(clipped);
  if (!Number.isFinite(value)) throw new RangeError(`${name}: a reward or a prediction is not finite`);
  const half = normalQuantile((1 + level) / 2) * standardError;
  const cut = weights.reduce((count, weight) => count + Number(weight > clip), 0);
  return {
    value,
    low: value - half,
    high: value + half,
    standardError,
    cases,
    effectiveSampleSize: total ** 2 / sumOf(clipped.map((weight) => weight ** 2)),
    meanWeight: meanOf(weights),
    largestWeight: clipped.reduce((most, weight) => Math.max(most, weight), 0),
    clippedShare: cut / cases,
    clippingMoved: cut === 0 ? 0 : value - valueOf(weights).value,
  };
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const meanOf = (values: Float64Array): number => sumOf(values) / values.length;

function errorOfMean(values: Float64Array): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
