import { matrix } from 'behavior-lab/base/matrix';
import { createRng } from 'behavior-lab/base/random';
import { nearestItems, recallOfFound } from 'behavior-lab/recommendation/nearest-items';
import type { OurWork } from './our-work';

export interface NearestIndexSettings {
  readonly users: number;
  readonly items: number;
  readonly width: number;
  readonly top: number;
}

/** Every user's best items by an index of neighbours, which stands before the first sample, and the share of the exact ones among them. */
export function openNearestIndex({ users, items, width, top }: NearestIndexSettings): OurWork {
  const rng = createRng(1);
  const draw = (rows: number) =>
    matrix(
      rows,
      width,
      Float32Array.from({ length: rows * width }, () => rng.normal()),
    );
  const [userVectors, itemVectors] = [draw(users), draw(items)];
  const index = nearestItems(itemVectors);
  const sample = () => index.find(userVectors, top).items;
  return {
    way: 'nearestItems, one thread',
    sample,
    // The peer looks at all: its own share is 1.
    values: () => [recallOfFound(sample(), exact())],
    shared: () => ({
      tensors: new Map([
        ['users', { shape: [users, width], values: userVectors.values }],
        ['items', { shape: [items, width], values: itemVectors.values }],
      ]),
      integers: [],
    }),
  };

  /** By the definition, in JavaScript. */
  function exact(): Int32Array[] {
    const scores = new Float64Array(items);
    return Array.from({ length: users }, (_, user) => {
      for (let item = 1; item < items; item++) {
        let sum = 0;
        for (let d = 0; d < width; d++)
          sum += userVectors.values[user * width + d]! * itemVectors.values[item * width + d]!;
        scores[item] = sum;
      }
      const worst = Float64Array.from(scores.subarray(1)).sort().at(-top)!;
      return Int32Array.from(scores.keys()).filter((item) => item > 0 && scores[item]! >= worst);
    });
  }
}
