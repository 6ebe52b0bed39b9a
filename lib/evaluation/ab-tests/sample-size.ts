import { normalCdf, normalQuantile } from '../distributions';

/** How sure an A/B test is to be. */
export interface TestPlan {
  /** How often a difference is claimed where there is none, on either side; default .05. */
  readonly alpha?: number;
  /** How often a true difference is found; default .8. */
  readonly power?: number;
  /** Cases of the second group for each of the first; default 1. */
  readonly ratio?: number;
}

/** Two rates that a test is to tell apart, each above 0 and below 1. */
export interface TwoRates {
  /** Without the change: .05. */
  readonly first: number;
  /** The one that one wants to find: .055. */
  readonly second: number;
}

/** Two means that a test is to tell apart. */
export interface TwoMeans {
  /** Not 0, in the unit of the outcome. */
  readonly difference: number;
  /** Of the outcome within a group. */
  readonly standardDeviation: number;
}

/** Cases that each group needs, rounded up. */
export interface SampleSize {
  readonly first: number;
  readonly second: number;
}

/** Cases that a test has. */
export interface GroupSizes {
  readonly firstCases: number;
  readonly secondCases: number;
  /** Default .05. */
  readonly alpha?: number;
}

/**
 * How many cases it takes to find a difference between two rates by the test of two proportions.
 *
 * Half the difference takes four times the cases.
 *
 * @throws RangeError when a rate or a setting is out of range, or both rates are the same
 * @source Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 3rd ed., 2003, section 4.2 (equation 4.14, with
 *   unequal groups 4.19; without the correction for continuity).
 */
export function casesForProportions({ first, second }: TwoRates, plan: TestPlan = {}): SampleSize {
  expectRate(first);
  expectRate(second);
  const { zAlpha, zBeta, ratio } = checkedPlan(plan, second - first);
  const pooled = (first + ratio * second) / (1 + ratio);
  const atNull = Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
  const atDifference = Math.sqrt(first * (1 - first) + (second * (1 - second)) / ratio);
  const cases = ((zAlpha * atNull + zBeta * atDifference) / (second - first)) ** 2;
  return roundedUp(cases, ratio);
}

/**
 * How often the test of two proportions finds a difference between two rates.
 *
 * @throws RangeError as `casesForProportions`, or when a group has no cases
 * @source Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 3rd ed., 2003, section 4.2.
 */
export function powerForProportions({ first, second }: TwoRates, sizes: GroupSizes): number {
  expectRate(first);
  expectRate(second);
  const { firstCases, secondCases, alpha } = checkedSizes(sizes);
  const pooled = (first * firstCases + second * secondCases) / (firstCases + secondCases);
  const atNull = Math.sqrt(pooled * (1 - pooled) * (1 / firstCases + 1 / secondCases));
  const atDifference = Math.sqrt((first * (1 - first)) / firstCases + (second * (1 - second)) / secondCases);
  return bothTails(second - first, alpha, atNull, atDifference);
}

/**
 * How many cases it takes to find a difference between two means.
 *
 * @throws RangeError when a number or a setting is out of range
 * @source Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd ed., 1988, section 2.4.
 * @differs By the normal distribution in place of the noncentral t: one case a group less where some 800 are needed.
 */
export function casesForMeans({ difference, standardDeviation }: TwoMeans, plan: TestPlan = {}): SampleSize {
  expectSpread(standardDeviation);
  const { zAlpha, zBeta, ratio } = checkedPlan(plan, difference);
  return roundedUp((1 + 1 / ratio) * (((zAlpha + zBeta) * standardDeviation) / difference) ** 2, ratio);
}

/**
 * How often a test of two means finds a difference.
 *
 * @throws RangeError as `casesForMeans`, or when a group has no cases
 * @source Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd ed., 1988, section 2.3.
 * @differs As `casesForMeans`.
 */
export function powerForMeans({ difference, standardDeviation }: TwoMeans, sizes: GroupSizes): number {
  expectSpread(standardDeviation);
  const { firstCases, secondCases, alpha } = checkedSizes(sizes);
  const error = standardDeviation * Math.sqrt(1 / firstCases + 1 / secondCases);
  return bothTails(difference, alpha, error, error);
}

/**
 * The smallest difference of means that a test of this size finds with the power of the plan.
 *
 * For rates put in `standardDeviation: Math.sqrt(rate * (1 - rate))`: near enough for small differences.
 *
 * @throws RangeError as `powerForMeans`
 * @source Kohavi, Tang & Xu, "Trustworthy Online Controlled Experiments", 2020, section 17 (minimum detectable effect).
 */
export function detectableDifference(
  { standardDeviation, power = 0.8 }: { readonly standardDeviation: number; readonly power?: number },
  sizes: GroupSizes,
): number {
  expectSpread(standardDeviation);
  const { firstCases, secondCases, alpha } = checkedSizes(sizes);
  const { zAlpha, zBeta } = checkedPlan({ alpha, power }, 1);
  return (zAlpha + zBeta) * standardDeviation * Math.sqrt(1 / firstCases + 1 / secondCases);
}

/** Also a difference that is found on the wrong side counts as found; beside the right one it is next to nothing. */
function bothTails(difference: number, alpha: number, atNull: number, atDifference: number): number {
  const critical = normalQuantile(1 - alpha / 2) * atNull;
  return (
    normalCdf((difference - critical) / atDifference) + normalCdf((-difference - critical) / atDifference)
  );
}

function roundedUp(cases: number, ratio: number): SampleSize {
  return { first: Math.ceil(cases), second: Math.ceil(cases * ratio) };
}

function checkedPlan({ alpha = 0.05, power = 0.8, ratio = 1 }: TestPlan, difference: number) {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must be above 0 and below 1, got ${alpha}`);
  if (!(power > alpha && power < 1))
    throw new RangeError(`power must be above alpha and below 1, got ${power}`);
  if (!(ratio > 0 && ratio < Infinity)) throw new RangeError(`ratio must be above 0, got ${ratio}`);
  if (!(difference !== 0 && Number.isFinite(difference)))
    throw new RangeError(`a difference of ${difference} takes no finite number of cases to find`);
  return { zAlpha: normalQuantile(1 - alpha / 2), zBeta: normalQuantile(power), ratio };
}

function checkedSizes({ firstCases, secondCases, alpha = 0.05 }: GroupSizes): Required<GroupSizes> {
  if (!(firstCases > 0 && secondCases > 0))
    throw new RangeError(`both groups need cases, got ${firstCases} and ${secondCases}`);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must be above 0 and below 1, got ${alpha}`);
  return { firstCases, secondCases, alpha };
}

function expectRate(rate: number): void {
  if (!(rate > 0 && rate < 1)) throw new RangeError(`a rate must be above 0 and below 1, got ${rate}`);
}

function expectSpread(standardDeviation: number): void {
  if (!(standardDeviation > 0 && standardDeviation < Infinity))
    throw new RangeError(`the standard deviation must be above 0, got ${standardDeviation}`);
}
