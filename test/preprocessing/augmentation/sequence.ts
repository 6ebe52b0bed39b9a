import fc from 'fast-check';
import { createRng, type Rng } from '../../../lib/base/random';

/** Any sequence of items, some of them equal, a share of it, and a source of random numbers. */
export const anySequence = fc.record({
  items: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }).map((items) => Int32Array.from(items)),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  rng: fc.integer().map((seed): Rng => createRng(seed)),
});

/** Positions 0, 1, 2, ... */
export const inOrder = (length: number): number[] => Array.from({ length }, (_, position) => position);

/** What 2,000 draws with other seeds give, counted by their text. */
export function countDraws(draw: (rng: Rng) => ArrayLike<number>): Map<string, number> {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 2000; seed++) {
    const drawn = Array.from(draw(createRng(seed))).join(' ');
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
  }
  return counts;
}

/** Four standard deviations around an even distribution of 2,000 draws over `kinds` outcomes. */
export function isEven(counts: ReadonlyMap<string, number>, kinds: number): boolean {
  const [mean, spread] = [2000 / kinds, Math.sqrt((2000 / kinds) * (1 - 1 / kinds))];
  return counts.size === kinds && [...counts.values()].every((count) => Math.abs(count - mean) < 4 * spread);
}
