import { expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { drawWeighted, drawZipf } from '../../lib/data/weighted-draw';

const shares = <Key>(draw: () => Key): Map<Key, number> => {
  const counts = new Map<Key, number>();
  for (let n = 0; n < 20_000; n++) {
    const key = draw();
    counts.set(key, (counts.get(key) ?? 0) + 1 / 20_000);
  }
  return counts;
};

it('draws names in proportion to their weights, never one of weight 0', () => {
  const rng = createRng(1);
  const drawn = shares(() => drawWeighted({ none: 0, one: 1, three: 3, last: 0 }, rng));
  expect([...drawn.keys()].sort()).toEqual(['one', 'three']);
  expect(drawn.get('three')).toBeCloseTo(0.75, 1);
});

it('refuses weights that are no weights', () => {
  const rng = createRng(1);
  expect(() => drawWeighted({ a: -1 }, rng)).toThrow(/the weight of 'a' is -1/);
  expect(() => drawWeighted({ a: 0 }, rng)).toThrow(/no weight above 0/);
});

it("draws positions by Zipf's law", () => {
  const rng = createRng(2);
  const drawn = shares(() => drawZipf(3, rng));
  // Weights 1, 1/2, 1/3 of 11/6.
  expect(drawn.get(0)).toBeCloseTo(6 / 11, 1);
  expect(drawn.get(1)).toBeCloseTo(3 / 11, 1);
  expect(drawn.get(2)).toBeCloseTo(2 / 11, 1);
});
