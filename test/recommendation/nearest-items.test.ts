import { describe, expect, it } from 'vitest';
import { matrix, rowOf, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import {
  nearestItems,
  nearnesses,
  recallOfFound,
  type Nearness,
} from '../../lib/recommendation/nearest-items';

function draw(rows: number, columns: number, seed: number, lengths = 1): Matrix {
  const rng = createRng(seed);
  const values = Float32Array.from({ length: rows * columns }, () => rng.normal());
  // Some rows are several times as long as others: what a product likes and a cosine does not see.
  for (let row = 0; row < rows; row++)
    for (let d = 0; d < columns; d++) values[row * columns + d]! *= 1 + (lengths - 1) * ((row % 7) / 7);
  return matrix(rows, columns, values);
}

/** By the definition, looking at all. */
function exact(items: Matrix, users: Matrix, by: Nearness, n: number): Int32Array[] {
  return Array.from({ length: users.rows }, (_, user) => {
    const own = rowOf(users, user);
    const far = Array.from({ length: items.rows }, (_item, item) => {
      const of = rowOf(items, item);
      const product = of.reduce((sum, value, d) => sum + value * own[d]!, 0);
      if (by === 'dot') return -product;
      if (by === 'cosine') return -product / Math.hypot(...of);
      return Math.hypot(...of.map((value, d) => value - own[d]!));
    });
    const order = Array.from(far.keys()).slice(1);
    return Int32Array.from(order.sort((one, other) => far[one]! - far[other]!).slice(0, n));
  });
}

describe('an index of items', () => {
  it.each(nearnesses)('finds the nearest by %s in a small space, all of them and in their order', (by) => {
    const [items, users] = [draw(60, 5, 1, 4), draw(9, 5, 2)];
    const found = nearestItems(items, { by }).find(users, 8);
    expect(found.items).toEqual(exact(items, users, by, 8));
    const [own, item] = [rowOf(users, 3), rowOf(items, found.items[3]![2]!)];
    const product = item.reduce((sum, value, d) => sum + value * own[d]!, 0);
    const expected = {
      dot: product,
      cosine: product / Math.hypot(...item) / Math.hypot(...own),
      euclidean: Math.hypot(...item.map((value, d) => value - own[d]!)),
    };
    expect(found.nearness[3]![2]).toBeCloseTo(expected[by], 4);
  });

  it.each(nearnesses)('finds more than .95 of the ten nearest of 5,000 by %s, the same each time', (by) => {
    const [items, users] = [draw(5001, 32, 3, 3), draw(200, 32, 4)];
    const [one, other] = [1, 2].map(() => nearestItems(items, { by }).find(users, 10).items);
    expect(recallOfFound(one!, exact(items, users, by, 10))).toBeGreaterThan(0.95);
    expect(other).toEqual(one);
    const narrow = nearestItems(items, { by, links: 4, searchWidth: 10 }).find(users, 10).items;
    expect(recallOfFound(narrow, exact(items, users, by, 10))).toBeLessThan(0.9);
  });

  it('gives all there are to who asks for more, and answers a single user', () => {
    const items = draw(6, 3, 5);
    const [list] = nearestItems(items).find(draw(1, 3, 6), 10).items;
    expect([...list!].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses what it cannot hold or be asked', () => {
    const items = draw(6, 3, 7);
    const index = nearestItems(items);
    expect(() => index.find(draw(1, 3, 1), 0)).toThrow('n must be a whole number from 1, got 0');
    expect(() => index.find(draw(1, 4, 1), 2)).toThrow('users have 4 numbers, items 3');
    expect(() => index.find(matrix(1, 3, Float32Array.of(1, NaN, 0)), 2)).toThrow('not finite');
    expect(() => nearestItems(matrix(1, 3, new Float32Array(3)))).toThrow('there is no item');
    expect(() => nearestItems(items, { links: 0 })).toThrow('links must be a whole number from 1, got 0');
  });
});

describe('recallOfFound', () => {
  it('is the mean share of the exact lists, in whatever order', () => {
    const exactLists = [Int32Array.of(1, 2, 3, 4), Int32Array.of(5, 6)];
    expect(recallOfFound([Int32Array.of(4, 9, 1), Int32Array.of(6, 5)], exactLists)).toBe((0.5 + 1) / 2);
    expect(() => recallOfFound([], exactLists)).toThrow('0 lists beside 2 exact ones');
  });
});
