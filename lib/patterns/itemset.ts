/** Items that occur together in enough baskets. */
export interface FrequentItemset {
  /** In order of code unit. */
  readonly items: readonly string[];
  /** Baskets that hold all of them. */
  readonly count: number;
  /** The same as a share of all baskets. */
  readonly support: number;
}

/** @throws RangeError when there are no baskets, or `minSupport` is not above 0 and at most 1 */
export function expectBaskets(name: string, baskets: readonly unknown[], minSupport: number): void {
  if (baskets.length === 0) throw new RangeError(`${name}: there are no baskets`);
  if (!(minSupport > 0 && minSupport <= 1)) {
    throw new RangeError(`${name}: minSupport must be above 0 and at most 1, got ${minSupport}`);
  }
}

/** The order of items and of their names: by code unit, the same on every machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
