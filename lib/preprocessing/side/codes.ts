import { quantile, sortedNumbers } from '../../base/quantile';
import { buildTokenVocabulary } from '../text/token-vocabulary';
import { tokenize } from '../text/tokenize';

/**
 * How the values of a column become whole numbers from 1: learned from training rows, plain data, kept with the model.
 *
 * 0 stays padding. 1 stands for whatever is not known: no value, a value that training did not have, the gap of a first event. From 2
 * on: the names in their order, the buckets from the smallest up, the words.
 */
export type Codes = NameCodes | BucketCodes | WordCodes;

/** Names in the order of the alphabet. */
export interface NameCodes {
  readonly kind: 'names';
  readonly names: readonly string[];
}

/** Buckets of a quantity. */
export interface BucketCodes {
  readonly kind: 'buckets';
  /** Upper ends of all buckets but the last, ascending; a value belongs to the first bucket whose end is not below it. */
  readonly ends: readonly number[];
}

/** Words of texts. */
export interface WordCodes {
  readonly kind: 'words';
  /** The most frequent first. */
  readonly words: readonly string[];
  /** A text becomes the numbers of its first `most` words; 0 where it has fewer. */
  readonly most: number;
}

/** The number of something that is not known. */
export const unknownCode = 1;

/** How many numbers there are, padding and the unknown among them. */
export function sizeOfCodes(codes: Codes): number {
  switch (codes.kind) {
    case 'names':
      return 2 + codes.names.length;
    case 'buckets':
      return 3 + codes.ends.length;
    case 'words':
      return 2 + codes.words.length;
  }
}

/** What a number stands for, in words. @throws RangeError for a number that the codes do not have */
export function meaningOfCode(codes: Codes, code: number): string {
  if (!Number.isInteger(code) || code < 1 || code >= sizeOfCodes(codes)) {
    throw new RangeError(`meaningOfCode: there are codes 1 to ${sizeOfCodes(codes) - 1}, got ${code}`);
  }
  if (code === unknownCode) return 'not known';
  switch (codes.kind) {
    case 'names':
      return codes.names[code - 2]!;
    case 'words':
      return codes.words[code - 2]!;
    case 'buckets':
      return code - 2 < codes.ends.length
        ? `up to ${codes.ends[code - 2]}`
        : `above ${codes.ends.at(-1) ?? '-infinity'}`;
  }
}

/**
 * Learn names from training values; of rare ones there is nothing to learn, and they count as not known.
 *
 * @param values   one a training row, `''` where it is not known
 * @param minCount rows that a name must have
 */
export function fitNames(values: Iterable<string>, minCount = 1): NameCodes {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const names = [...counts].filter(([name, count]) => name !== '' && count >= minCount).map(([name]) => name);
  return { kind: 'names', names: names.sort() };
}

/**
 * Learn buckets that hold equal shares of the training values, as far as equal values allow.
 *
 * @param values  one a training row, NaN where it is not known
 * @param buckets how many, at least 2
 * @throws RangeError when there is no value
 * @source Hyndman & Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996, definition 7.
 */
export function fitBuckets(values: ArrayLike<number>, buckets: number): BucketCodes {
  const ascending = sortedNumbers(values);
  const ends = Array.from({ length: buckets - 1 }, (_, place) => quantile(ascending, (place + 1) / buckets));
  return { kind: 'buckets', ends: [...new Set(ends)] };
}

/**
 * Learn the words of training texts.
 *
 * @param most words of a text that are read, the first ones
 */
export function fitWords(
  texts: Iterable<string>,
  { minCount, most }: { readonly minCount: number; readonly most: number },
): WordCodes {
  const words = Array.from(texts, (text) => tokenize(text).slice(0, most));
  return { kind: 'words', words: buildTokenVocabulary(words, { minCount }).tokens.slice(2), most };
}

/** Make the function that gives a name its number. */
export function nameCoder({ names }: NameCodes): (name: string) => number {
  const codeOf = new Map(names.map((name, place) => [name, place + 2]));
  return (name) => codeOf.get(name) ?? unknownCode;
}

/** The number of a quantity; NaN is not known. */
export function codeOfNumber({ ends }: BucketCodes, value: number): number {
  if (Number.isNaN(value)) return unknownCode;
  const bucket = ends.findIndex((end) => value <= end);
  return 2 + (bucket === -1 ? ends.length : bucket);
}

/** Make the function that gives a text the numbers of its words, `most` of them. */
export function wordCoder({ words, most }: WordCodes): (text: string) => number[] {
  const codeOf = new Map(words.map((word, place) => [word, place + 2]));
  return (text) => {
    const found = tokenize(text).slice(0, most);
    return Array.from({ length: most }, (_, place) => {
      const word = found[place];
      return word === undefined ? 0 : (codeOf.get(word) ?? unknownCode);
    });
  };
}
