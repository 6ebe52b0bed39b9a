import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { migration } from '../../lib/clustering/migration';

describe('migration between groups', () => {
  it('counts who went where, who left and who joined', () => {
    const moved = migration([0, 0, 1, 1, -1, 0, -1], [0, 1, 1, 1, 0, -1, -1], 2);
    expect(moved.counts.map((row) => [...row])).toEqual([
      [1, 1],
      [0, 2],
    ]);
    expect([...moved.left]).toEqual([1, 0]);
    expect([...moved.joined]).toEqual([1, 0]);
    expect(moved.stayed).toBe(3 / 4);
    // Half were in each group before; a quarter and three quarters after.
    expect(moved.stayedByChance).toBe(0.5 * 0.25 + 0.5 * 0.75);
  });

  it('has as many who stay as chance says where labels are dealt anew', () => {
    const rng = createRng(1);
    const deal = (): number[] => Array.from({ length: 20000 }, () => (rng.next() < 0.7 ? 0 : 1));
    const { stayed, stayedByChance } = migration(deal(), deal(), 2);
    expect(stayedByChance).toBeCloseTo(0.49 + 0.09, 1);
    expect(Math.abs(stayed - stayedByChance)).toBeLessThan(0.01);
  });

  it('has no share where nobody was there twice, and refuses what are no groups', () => {
    expect(migration([0, -1], [-1, 0], 1).stayed).toBeNaN();
    expect(() => migration([0], [0, 1], 2)).toThrow('1 labels before and 2 after');
    expect(() => migration([2], [0], 2)).toThrow('user 0 has the label 2');
  });
});
