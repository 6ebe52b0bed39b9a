import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { findData } from 'behavior-lab/data/find-data';
import { fpGrowth } from 'behavior-lab/patterns/fp-growth';
import type { OurWork } from './our-work';

interface ItemsetSettings {
  /** Baskets, one a line, names parted by commas. */
  readonly file: string;
  readonly minSupport: number;
}

/** Frequent itemsets of the Groceries baskets, from lists of names to lists of names. */
export function openItemsets({ file: name, minSupport }: ItemsetSettings): OurWork {
  const file = findData([name])!;
  const baskets = gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(',').map((name) => name.trim()))
    .map((basket) => basket.filter((name) => name !== ''))
    .filter((basket) => basket.length > 0);
  const sample = (): readonly { readonly items: readonly string[]; readonly count: number }[] =>
    fpGrowth(baskets, minSupport);
  return {
    way: 'fpGrowth',
    sample,
    // The counts of all sets, largest first, after the number of sets: one set more or less moves every value behind it.
    values: () => {
      const counts = sample().map(({ count }) => count);
      return [counts.length, ...counts.sort((a, b) => b - a)];
    },
    shared: () => ({ tensors: new Map(), integers: [], files: { baskets: file } }),
  };
}
