import { quantile, sortedNumbers } from '../../base/quantile';
import type { EventColumns, Feature } from './feature';

/** What was learned of the prices of training rows: plain data, kept with the model. */
export interface PriceLevels {
  /** Upper ends of all levels but the highest, ascending, of each category that has enough prices. */
  readonly byCategory: Readonly<Record<number, readonly number[]>>;
  /** The same over all categories, for those that do not. */
  readonly overall: readonly number[];
}

/** What price levels are learned from. */
export interface PriceLevelOptions {
  /** How many levels, at least 2. */
  readonly levels: number;
  /** Positions of training rows: `rowsOf(split, 'training')`. */
  readonly rows: Int32Array;
}

/**
 * Learn what is cheap and what is dear within each category, from training rows only.
 *
 * The levels of a category hold equal shares of its training events, as far as equal prices allow. Each event counts, so an item
 * that is seen often weighs more. A category with fewer known prices than levels takes those over all categories.
 *
 * @throws RangeError when `levels` is no whole number from 2, or no training row has a price
 * @source Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996, definition 7.
 */
export function fitPriceLevels(
  { prices, categories }: Pick<EventColumns, 'prices' | 'categories'>,
  { levels, rows }: PriceLevelOptions,
): PriceLevels {
  if (!(Number.isInteger(levels) && levels >= 2)) {
    throw new RangeError(`fitPriceLevels: levels must be a whole number from 2, got ${levels}`);
  }
  const byCategory = new Map<number, number[]>();
  for (const row of rows) {
    if (Number.isNaN(prices[row]!)) continue;
    const own = byCategory.get(categories[row]!);
    if (own) own.push(prices[row]!);
    else byCategory.set(categories[row]!, [prices[row]!]);
  }
  if (byCategory.size === 0) throw new RangeError('fitPriceLevels: no training row has a price');
  const boundsOf = (values: readonly number[]): number[] => {
    const ascending = sortedNumbers(values);
    return Array.from({ length: levels - 1 }, (_, place) => quantile(ascending, (place + 1) / levels));
  };
  const enough = [...byCategory].filter(([, own]) => own.length >= levels);
  return {
    byCategory: Object.fromEntries(enough.map(([category, own]) => [category, boundsOf(own)])),
    overall: boundsOf([...byCategory.values()].flat()),
  };
}

/**
 * How dear an event's item is within its category: 1 for the lowest level. Missing (NaN) without a price.
 *
 * A price at exactly the upper end of a level belongs to it.
 */
export function priceLevel(
  { byCategory, overall }: PriceLevels,
  { prices, categories }: Pick<EventColumns, 'prices' | 'categories'>,
): Feature {
  const values = Float32Array.from(prices, (price, event) => {
    if (Number.isNaN(price)) return NaN;
    const bounds = byCategory[categories[event]!] ?? overall;
    let level = 1;
    while (level <= bounds.length && bounds[level - 1]! < price) level += 1;
    return level;
  });
  return { name: 'price-level', unit: 'level', isCausal: true, values };
}
