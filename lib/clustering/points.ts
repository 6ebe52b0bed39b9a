import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';

/**
 * Refuse points that no clustering can work with.
 *
 * @throws InputError naming the row (from 0) of a number that is not finite, or when there are fewer points than
 *   clusters
 */
export function expectPoints(name: string, points: Matrix, numClusters: number): void {
  if (points.rows < numClusters) {
    throw new InputError(
      `${name}: ${points.rows} points cannot make ${numClusters} clusters.`,
      'Ask for fewer clusters or give more points.',
    );
  }
  const { values } = points;
  let finite = 0; // 0 * NaN and 0 * Infinity are NaN
  for (let place = 0; place < values.length; place++) finite += values[place]! * 0;
  if (finite === 0) return;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  throw new InputError(
    `${name}: row ${Math.floor(bad / points.columns)} of the points (from 0) holds ${values[bad]}.`,
    'Correct or leave out that row.',
  );
}

/** Refuse a start that does not fit the points. @throws RangeError */
export function expectStart(name: string, points: Matrix, start: Matrix): void {
  if (start.rows < 1 || start.columns !== points.columns) {
    throw new RangeError(
      `${name}: the start is ${start.rows} x ${start.columns}, the points have ${points.columns} columns`,
    );
  }
  const bad = start.values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new RangeError(`${name}: start ${Math.floor(bad / start.columns)} holds ${start.values[bad]}`);
}

/** Sum of squared distances from the points to the centroids of their labels, in double precision. */
export function inertiaOf(points: Matrix, centroids: Matrix, labels: Int32Array): number {
  const D = points.columns;
  let sum = 0;
  for (let point = 0; point < points.rows; point++) {
    const from = point * D;
    const to = labels[point]! * D;
    for (let axis = 0; axis < D; axis++) {
      const gap = points.values[from + axis]! - centroids.values[to + axis]!;
      sum += gap * gap;
    }
  }
  return sum;
}

/** 1, or -1 where the entry of largest magnitude is negative: by it a direction, which is one either way, gets one sign. */
export function signOfLargest(direction: ArrayLike<number>): 1 | -1 {
  let largest = 0;
  for (let place = 0; place < direction.length; place++) {
    if (Math.abs(direction[place]!) > Math.abs(largest)) largest = direction[place]!;
  }
  return largest < 0 ? -1 : 1;
}
