import type { Matrix } from '../base/matrix';

/** Finds the points around a point. */
export interface RadiusSearch {
  /**
   * Write the points at most `radius` away from a point into `found`, itself included, in no particular order.
   *
   * @returns how many there are
   */
  near(point: number, found: Int32Array): number;
}

/**
 * Make points ready for finding all neighbours within a fixed Euclidean distance, exactly, in double precision.
 *
 * About sqrt(N) of the points are pivots; each point belongs to the cell of its nearest pivot, where points are kept in
 * the order of their distance from it. By the triangle inequality a search passes over most cells, and over most points
 * of the others, where points lie in groups or in few columns; at worst it looks at all. Memory O(N D), no distance
 * between points is kept.
 *
 * @source Brin, "Near Neighbor Search in Large Metric Spaces", VLDB 1995, §4 (GNAT)
 * @differs One level of cells; pivots are points at equal steps through the rows and not far from each other by choice.
 */
export function radiusSearch({ rows: N, columns: D, values }: Matrix, radius: number): RadiusSearch {
  const P = Math.ceil(Math.sqrt(N));
  const pivots_PD = new Float64Array(P * D);
  for (let pivot = 0; pivot < P; pivot++) {
    const from = Math.floor((pivot * N) / P) * D;
    pivots_PD.set(values.subarray(from, from + D), pivot * D);
  }
  const cell = new Int32Array(N);
  const far = new Float64Array(N); // from the own pivot
  for (let point = 0; point < N; point++) {
    let least = Infinity;
    for (let pivot = 0; pivot < P; pivot++) {
      const squared = squaredDistance(values, point * D, pivots_PD, pivot * D, D, least);
      if (squared < least) {
        least = squared;
        cell[point] = pivot;
      }
    }
    far[point] = Math.sqrt(least);
  }

  const order = Int32Array.from(cell.keys()).sort((a, b) => cell[a]! - cell[b]! || far[a]! - far[b]!);
  const starts = new Int32Array(P + 1);
  for (const pivot of cell) starts[pivot + 1]!++;
  for (let pivot = 0; pivot < P; pivot++) starts[pivot + 1]! += starts[pivot]!;
  const sorted_ND = new Float64Array(N * D);
  const sortedFar = Float64Array.from(order, (point) => far[point]!);
  for (const [place, point] of order.entries()) {
    sorted_ND.set(values.subarray(point * D, (point + 1) * D), place * D);
  }
  const limit = radius * radius;

  return {
    near(point, found) {
      let count = 0;
      for (let pivot = 0; pivot < P; pivot++) {
        const start = starts[pivot]!;
        const end = starts[pivot + 1]!;
        if (start === end) continue;
        const away = Math.sqrt(squaredDistance(values, point * D, pivots_PD, pivot * D, D, Infinity));
        const reach = radius + 1e-9 * (radius + away); // rounding must not lose a neighbour at exactly `radius`
        if (away - reach > sortedFar[end - 1]!) continue;
        for (let place = firstFrom(sortedFar, start, end, away - reach); place < end; place++) {
          if (sortedFar[place]! > away + reach) break;
          if (squaredDistance(values, point * D, sorted_ND, place * D, D, limit) <= limit) {
            found[count++] = order[place]!;
          }
        }
      }
      return count;
    },
  };
}

/** Left early, with a sum above `limit`, once it is above; looked at after every fourth column. */
function squaredDistance(
  a: ArrayLike<number>,
  from: number,
  b: ArrayLike<number>,
  to: number,
  D: number,
  limit: number,
): number {
  const inFours = D - (D % 4);
  let squared = 0;
  let axis = 0;
  for (; axis < inFours; axis += 4) {
    const one = a[from + axis]! - b[to + axis]!;
    const two = a[from + axis + 1]! - b[to + axis + 1]!;
    const three = a[from + axis + 2]! - b[to + axis + 2]!;
    const four = a[from + axis + 3]! - b[to + axis + 3]!;
    squared += one * one + two * two + three * three + four * four;
    if (squared > limit) return squared;
  }
  for (; axis < D; axis++) squared += (a[from + axis]! - b[to + axis]!) ** 2;
  return squared;
}

/** The first place from `start` whose number, ascending, is at least `least`; `end` when there is none. */
function firstFrom(ascending: Float64Array, start: number, end: number, least: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
