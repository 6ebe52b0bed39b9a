/** How many of two groups have something: of `firstCases` cases `first`, of `secondCases` cases `second`. */
export interface TwoCounts {
  readonly first: number;
  readonly firstCases: number;
  readonly second: number;
  readonly secondCases: number;
}

/**
 * Ask whether two groups have something equally often, by counting all ways in which those who have it could have fallen into the groups.
 *
 * Exact for any counts, however small. Two-sided: all ways that are at most as likely as what was counted.
 *
 * @returns p, 0 to 1; 1 where all or none have it, 0 only where it is too small for a number (below 1e-308)
 * @throws RangeError when the counts are not whole, below 0, or more have it than there are
 * @source Fisher, "On the Interpretation of χ² from Contingency Tables, and the Calculation of P", Journal of the Royal Statistical
 *   Society 85(1), 1922; two-sided by probabilities: Freeman & Halton, "Note on an Exact Treatment of Contingency, Goodness of Fit and
 *   Other Problems of Significance", Biometrika 38, 1951.
 */
export function fisherExact({ first, firstCases, second, secondCases }: TwoCounts): number {
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;
  if (
    ![first, firstCases, second, secondCases].every(isCount) ||
    first > firstCases ||
    second > secondCases
  ) {
    throw new RangeError(
      `fisherExact: ${first} of ${firstCases} and ${second} of ${secondCases} are no counts of cases`,
    );
  }
  const have = first + second;
  const cases = firstCases + secondCases;
  const least = Math.max(0, have - secondCases);
  const most = Math.min(have, firstCases);
  const all = logChoose(cases, have);
  const chance = (count: number): number =>
    Math.exp(logChoose(firstCases, count) + logChoose(secondCases, have - count) - all);
  // Equal chances differ by rounding.
  const limit = chance(first) * (1 + 1e-7);
  let sum = 0;
  for (let count = least; count <= most; count++) {
    const own = chance(count);
    if (own <= limit) sum += own;
  }
  return Math.min(1, sum);
}

/** log n! for every n so far asked for: the sum of logarithms is exact enough for millions. */
const logFactorials = [0];

function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next++)
    logFactorials.push(logFactorials[next - 1]! + Math.log(next));
  return logFactorials[n]!;
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);
