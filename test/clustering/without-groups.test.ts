import { beforeAll, describe, expect, it } from 'vitest';
import { matrixFromRows, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import { pointsWithoutGroups } from '../../lib/clustering/without-groups';
import { startBackend } from '../../lib/nn/backend';

beforeAll(async () => {
  await startBackend();
});

const rng = createRng(1);
/** Two far groups on a slanting line, around (100, -50). */
const points = matrixFromRows(
  Array.from({ length: 4000 }, (_, row) => {
    const along = (row % 2 === 0 ? -3 : 3) + rng.normal();
    return [100 + along + rng.normal() / 4, -50 + 2 * along + rng.normal() / 4];
  }),
);

function moments({ rows, values }: Matrix): number[] {
  const means = [0, 1].map((axis) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += values[2 * row + axis]!;
    return sum / rows;
  });
  const product = (one: number, other: number): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++)
      sum += (values[2 * row + one]! - means[one]!) * (values[2 * row + other]! - means[other]!);
    return sum / rows;
  };
  return [...means, product(0, 0), product(0, 1), product(1, 1)];
}

/** Share of points in the middle sixth of the way between the two groups. */
const betweenGroups = ({ rows, values }: Matrix): number =>
  Array.from({ length: rows }, (_, row) => Math.abs(values[2 * row]! - 100) < 1).filter(Boolean).length /
  rows;

describe('points without groups', () => {
  it('have the mean and the covariances of the points, and fill the gap between the groups', () => {
    const drawn = pointsWithoutGroups(points, 'normal')(createRng(2));
    const expected = moments(points);
    // Of 4,000 normal points: covariances right within 2 %, of the widest 44; means within .1 and .2.
    for (const [place, value] of moments(drawn).entries()) {
      expect(Math.abs(value - expected[place]!)).toBeLessThan(place < 2 ? 0.4 : 0.08 * expected[4]!);
    }
    expect(betweenGroups(points)).toBeLessThan(0.06);
    expect(betweenGroups(drawn)).toBeGreaterThan(0.2);
  });

  it('stay in the box that was asked for', () => {
    const box = pointsWithoutGroups(points, 'columns')(createRng(3));
    const slanting = pointsWithoutGroups(points, 'components')(createRng(3));
    for (const axis of [0, 1]) {
      const column = (of: Matrix) => of.values.filter((_, place) => place % 2 === axis).sort();
      const [own, drawn] = [column(points), column(box)];
      expect(drawn[0]!).toBeGreaterThanOrEqual(own[0]!);
      expect(drawn.at(-1)!).toBeLessThanOrEqual(own.at(-1)!);
    }
    // Correlated as the points are; evenly in the box of the columns there is no correlation.
    const correlation = (of: Matrix) => moments(of)[3]! / Math.sqrt(moments(of)[2]! * moments(of)[4]!);
    expect(correlation(slanting)).toBeGreaterThan(0.95);
    expect(Math.abs(correlation(box))).toBeLessThan(0.1);
  });

  it('are drawn anew by another seed, and again by the same', () => {
    for (const cloud of ['columns', 'components', 'normal'] as const) {
      const draw = pointsWithoutGroups(points, cloud);
      expect(draw(createRng(4))).toEqual(draw(createRng(4)));
      expect(draw(createRng(4))).not.toEqual(draw(createRng(5)));
    }
    expect(() => pointsWithoutGroups(matrixFromRows([[1, 2]]), 'normal')).toThrow('1 points');
    expect(() => pointsWithoutGroups(matrixFromRows([[1], [NaN]]), 'normal')).toThrow('row 1');
  });
});
