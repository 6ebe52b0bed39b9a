/** Places and weights of a sum that stands for an integral from -1 to 1. */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const rules = new Map<number, QuadratureRule>();

/**
 * Where to look at a smooth function, and with which weights, so that the sum is its integral from -1 to 1.
 *
 * Exact for polynomials up to degree 2 `count` - 1.
 *
 * @throws RangeError when `count` is not a whole number from 1
 * @source Abramowitz & Stegun, "Handbook of Mathematical Functions", 1964, 25.4.29; roots by Newton's method.
 */
export function gaussLegendre(count: number): QuadratureRule {
  if (!(Number.isInteger(count) && count >= 1))
    throw new RangeError(`gaussLegendre: needs a whole number of nodes from 1, got ${count}`);
  const known = rules.get(count);
  if (known) return known;
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let root = 0; root < Math.ceil(count / 2); root++) {
    let x = Math.cos((Math.PI * (root + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let step = 0; step < 100; step++) {
      let [before, value] = [0, 1];
      for (let degree = 1; degree <= count; degree++) {
        [before, value] = [value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree];
      }
      slope = (count * (x * value - before)) / (x * x - 1);
      const move = value / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    const weight = 2 / ((1 - x * x) * slope * slope);
    nodes[root] = -x;
    nodes[count - 1 - root] = x;
    weights[root] = weight;
    weights[count - 1 - root] = weight;
  }
  const rule = { nodes, weights };
  rules.set(count, rule);
  return rule;
}

/**
 * Integrate a function between neighbouring points, piece by piece, with 32 looks at each piece.
 *
 * @param points ascending; put one wherever the function turns sharply
 * @source Abramowitz & Stegun, "Handbook of Mathematical Functions", 1964, 25.4.30.
 */
export function integrate(of: (x: number) => number, points: readonly number[]): number {
  const { nodes, weights } = gaussLegendre(32);
  let sum = 0;
  for (let piece = 1; piece < points.length; piece++) {
    const half = (points[piece]! - points[piece - 1]!) / 2;
    if (half <= 0) continue;
    const middle = (points[piece]! + points[piece - 1]!) / 2;
    for (let at = 0; at < nodes.length; at++) sum += half * weights[at]! * of(middle + half * nodes[at]!);
  }
  return sum;
}
