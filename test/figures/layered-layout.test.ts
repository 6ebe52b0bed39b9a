import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layeredLayout } from '../../lib/figures/layered-layout';

const sizes = { boxHeight: 20, layerHeight: 50 };
const layout = (count: number, ...arrows: [number, number][]) =>
  layeredLayout(
    arrows.map(([from, to]) => ({ from, to })),
    { widths: new Array<number>(count).fill(30), ...sizes },
  );

/** Arrows from a smaller to a larger number: they never run in a circle. */
const downhill = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    widths: fc.array(fc.integer({ min: 10, max: 90 }), { minLength: count, maxLength: count }),
    arrows: fc
      .array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 20 })
      .map((pairs) => pairs.filter(([a, b]) => a < b).map(([from, to]) => ({ from, to }))),
  }),
);

describe('a layout in layers', () => {
  it('puts what is read above what reads it, one layer apart', () => {
    const { centres, height } = layout(3, [0, 1], [1, 2]);
    expect(centres.map(({ y }) => y)).toEqual([10, 60, 110]);
    expect(height).toBe(120);
    expect(new Set(centres.map(({ x }) => x)).size).toBe(1); // one below the other
  });

  it('puts a box right above the first that reads it, not at the top', () => {
    const { centres } = layout(4, [0, 1], [1, 2], [3, 2]); // 3 is read at the end only
    expect(centres[3]!.y).toBe(centres[1]!.y);
  });

  it('draws an arrow from the lower edge to the upper edge, with a bend in each layer between', () => {
    const { paths } = layout(3, [0, 1], [1, 2], [0, 2]);
    expect(paths[0]!.map(({ y }) => y)).toEqual([20, 50]);
    expect(paths[2]!.map(({ y }) => y)).toEqual([20, 60, 100]);
  });

  it('leaves no crossing where there is an order without one', () => {
    const { centres } = layout(4, [0, 3], [1, 2]);
    expect(Math.sign(centres[0]!.x - centres[1]!.x)).toBe(Math.sign(centres[3]!.x - centres[2]!.x));
  });

  it('refuses arrows in a circle', () => {
    expect(() => layout(2, [0, 1], [1, 0])).toThrow(/circle/);
    expect(() => layout(1, [0, 0])).toThrow(RangeError);
  });

  it('never lets boxes overlap or an arrow go up, and stays within its size', () => {
    fc.assert(
      fc.property(downhill, ({ widths, arrows }) => {
        const { centres, paths, width, height } = layeredLayout(arrows, { widths, ...sizes });
        for (const [i, a] of centres.entries()) {
          expect(a.x - widths[i]! / 2).toBeGreaterThanOrEqual(-1e-6);
          expect(a.x + widths[i]! / 2).toBeLessThanOrEqual(width + 1e-6);
          expect(a.y + sizes.boxHeight / 2).toBeLessThanOrEqual(height);
          for (const [j, b] of centres.entries()) {
            if (i < j && a.y === b.y)
              expect(Math.abs(a.x - b.x)).toBeGreaterThan((widths[i]! + widths[j]!) / 2);
          }
        }
        for (const path of paths) {
          for (const [i, point] of path.slice(1).entries()) expect(point.y).toBeGreaterThan(path[i]!.y);
        }
      }),
    );
  });
});
