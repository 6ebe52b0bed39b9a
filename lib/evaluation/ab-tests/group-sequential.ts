import { normalCdf, normalQuantile } from '../distributions';
import { gaussLegendre } from '../gauss-legendre';

/** `obrien-fleming`: hardly any error is spent early. `pocock`: about as much at every look. */
export const spendings = ['obrien-fleming', 'pocock'] as const;
export type Spending = (typeof spendings)[number];

export interface GroupSequentialOptions {
  /** Default .05, both sides together. */
  readonly alpha?: number;
  /** Default `obrien-fleming`. */
  readonly spending?: Spending;
}

/** How far out z must be at a look. */
export interface SequentialBound {
  /** Share of all planned cases that are there at this look. */
  readonly share: number;
  /** The test stops with a difference where |z| is at least this. */
  readonly z: number;
  /** Two-sided p that belongs to it: compare p at the look with it. */
  readonly p: number;
  /** Share of tests without a difference that have stopped by this look. */
  readonly spent: number;
}

/** Nodes over what is not stopped; twice as many change z by less than 1e-5 for up to 28 looks. */
const nodes = 160;

/**
 * Plan the looks at an A/B test that ends at a known number of cases: by how much a difference must be clearer at an early look.
 *
 * Among all tests without a difference alpha are stopped by mistake, all looks together. Looks may come when they like, as long as it is
 * not the result that decides when. It finds more than `startSequentialTest` with the same cases, which needs no end.
 *
 * @param shares of all planned cases at each look, ascending, the last one 1 or less: [.25, .5, .75, 1]
 * @throws RangeError when the shares do not ascend within 0 and 1, or alpha is not above 0 and below 1
 * @source Lan & DeMets, "Discrete Sequential Boundaries for Clinical Trials", Biometrika 70(3), 1983; bounds by recursive integration:
 *   Armitage, McPherson & Rowe, "Repeated Significance Tests on Accumulating Data", Journal of the Royal Statistical Society A 132(2),
 *   1969.
 */
export function groupSequentialBounds(
  shares: readonly number[],
  { alpha = 0.05, spending = 'obrien-fleming' }: GroupSequentialOptions = {},
): SequentialBound[] {
  if (!(alpha > 0 && alpha < 1))
    throw new RangeError(`groupSequentialBounds: alpha must be above 0 and below 1, got ${alpha}`);
  if (shares.length === 0 || !shares.every((share, look) => share > (shares[look - 1] ?? 0) && share <= 1)) {
    throw new RangeError(
      `groupSequentialBounds: shares must ascend within 0 and 1, got ${shares.join(', ') || 'none'}`,
    );
  }
  const { nodes: places, weights } = gaussLegendre(nodes);
  // Sums of all cases so far, on a scale on which their variance is the share: a Brownian motion. Density of those not yet stopped.
  let at = Float64Array.of(0);
  let mass = Float64Array.of(1);
  let before = 0;
  let spentBefore = 0;
  return shares.map((share) => {
    const spent = spentUntil(share, alpha, spending);
    const step = Math.sqrt(share - before);
    const beyond = (bound: number): number => {
      let sum = 0;
      for (let node = 0; node < at.length; node++) {
        sum += mass[node]! * (normalCdf((at[node]! - bound) / step) + normalCdf((-bound - at[node]!) / step));
      }
      return sum;
    };
    const bound = solve(beyond, spent - spentBefore, 12 * Math.sqrt(share));
    const nextAt = Float64Array.from(places, (place) => place * bound);
    const nextMass = Float64Array.from(nextAt, (to, node) => {
      let density = 0;
      for (let from = 0; from < at.length; from++) {
        density += mass[from]! * Math.exp(-0.5 * ((to - at[from]!) / step) ** 2);
      }
      return (density / (step * Math.sqrt(2 * Math.PI))) * weights[node]! * bound;
    });
    [at, mass, before, spentBefore] = [nextAt, nextMass, share, spent];
    const z = bound / Math.sqrt(share);
    return { share, z, p: 2 * normalCdf(-z), spent };
  });
}

/** Both sides together. */
function spentUntil(share: number, alpha: number, spending: Spending): number {
  if (spending === 'pocock') return alpha * Math.log(1 + (Math.E - 1) * share);
  return 4 * normalCdf(-normalQuantile(1 - alpha / 4) / Math.sqrt(share));
}

/** Where a falling function has a value, from 0 to `most`, by halving. */
function solve(of: (x: number) => number, value: number, most: number): number {
  let [low, high] = [0, most];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (of(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
