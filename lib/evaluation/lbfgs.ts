/** A function of many numbers with its slope. */
export type SmoothFunction = (x: Float64Array, gradient: Float64Array) => number;

/** Where a search ended. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly steps: number;
  /** The largest slope fell below the tolerance, or no further step lowers the value. */
  readonly hasConverged: boolean;
}

/** Steps whose bends are remembered. */
const memory = 10;

/**
 * Find the lowest point of a smooth function by L-BFGS with a backtracking line search.
 *
 * @param f         writes the gradient at x into its second argument and answers the value; convex for a minimum that is the only one
 * @param start     where to begin; unchanged
 * @param tolerance largest slope that counts as flat
 * @source Nocedal & Wright, "Numerical Optimization", 2nd edition, 2006, algorithms 7.4 and 7.5; sufficient decrease: eq. 3.4.
 */
export function lbfgs(
  f: SmoothFunction,
  start: Float64Array,
  { tolerance = 1e-4, maxSteps = 500 }: { readonly tolerance?: number; readonly maxSteps?: number } = {},
): Minimum {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let steps = 0; ; steps++) {
    const isFlat = gradient.every((slope) => Math.abs(slope) <= tolerance);
    if (isFlat || steps === maxSteps) return { x, value, steps, hasConverged: isFlat };
    const direction = searchDirection(gradient, pairs);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      pairs.length = 0;
      for (let i = 0; i < x.length; i++) direction[i] = -gradient[i]!;
      slope = dot(direction, gradient);
    }
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const nextGradient = new Float64Array(x.length);
    let next = new Float64Array(x.length);
    let nextValue = Infinity;
    for (let tries = 0; tries < 40; tries++, length /= 2) {
      next = x.map((own, i) => own + length * direction[i]!);
      nextValue = f(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    if (!(nextValue < value)) {
      if (pairs.length === 0) return { x, value, steps, hasConverged: true };
      pairs.length = 0; // what was remembered misleads: once more, straight down
      continue;
    }
    const s = next.map((own, i) => own - x[i]!);
    const y = nextGradient.map((own, i) => own - gradient[i]!);
    const bend = dot(s, y);
    // Relative to the steps, not to one: near a minimum honest bends are as small as 1e-14 (as in L-BFGS-B 3.0).
    if (bend > Number.EPSILON * dot(y, y)) {
      pairs.push({ s, y, rho: 1 / bend });
      if (pairs.length > memory) pairs.shift();
    }
    [x, gradient, value] = [next, nextGradient, nextValue];
  }
}

/** Minus the gradient, bent by what the last steps have shown (the two-loop recursion). */
function searchDirection(
  gradient: Float64Array,
  pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((own) => -own);
  const alphas = new Float64Array(pairs.length);
  for (let at = pairs.length - 1; at >= 0; at--) {
    const { s, y, rho } = pairs[at]!;
    const alpha = (alphas[at] = rho * dot(s, q));
    for (let i = 0; i < q.length; i++) q[i] = q[i]! - alpha * y[i]!;
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i] = q[i]! * scale;
  }
  for (const [at, { s, y, rho }] of pairs.entries()) {
    const beta = rho * dot(y, q);
    for (let i = 0; i < q.length; i++) q[i] = q[i]! + (alphas[at]! - beta) * s[i]!;
  }
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
