import type { Matrix } from 'behavior-lab/base/matrix';
import { createRng } from 'behavior-lab/base/random';

export interface PointSettings {
  readonly points: number;
  readonly dimensions: number;
  /** Number of centres. */
  readonly k: number;
  readonly spread: number;
  readonly seed: number;
}

/** Points around k centres N(0, 1), the centre of each drawn at random. */
export function drawPoints(settings: PointSettings): Matrix {
  return drawGroups(settings).points;
}

/** The same points, with the centre of each. */
export function drawGroups({ points, dimensions, k, spread, seed }: PointSettings): {
  readonly points: Matrix;
  readonly groups: Int32Array;
} {
  const rng = createRng(seed);
  const centres = Float64Array.from({ length: k * dimensions }, () => rng.normal());
  const values = new Float32Array(points * dimensions);
  const groups = new Int32Array(points);
  for (let point = 0; point < points; point++) {
    groups[point] = rng.integer(k);
    const centre = groups[point]! * dimensions;
    for (let axis = 0; axis < dimensions; axis++) {
      values[point * dimensions + axis] = centres[centre + axis]! + spread * rng.normal();
    }
  }
  return { points: { rows: points, columns: dimensions, values }, groups };
}
