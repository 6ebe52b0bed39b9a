import { murmur3 } from './murmur3';

/** How words are hashed. */
export interface HashingOptions {
  /** How many numbers a text becomes, or how many buckets words share: 1 to 2^31. */
  readonly size: number;
  /** Another seed puts other words together. Default 0. */
  readonly seed?: number;
}

const encoder = new TextEncoder();

/**
 * Turn a text into `size` numbers without a vocabulary: each word adds 1 or -1 at a place, both given by its hash.
 *
 * Nothing is fitted, so nothing can leak, and new words need no new numbers. Different words may share a place; because of the
 * signs they cancel as often as they add, and inner products of texts stay right on average.
 *
 * @param tokens see `tokenize`; a word that comes twice counts twice
 * @returns `size` numbers
 * @throws RangeError when `size` is no whole number from 1 to 2^31
 * @source Weinberger, Dasgupta, Langford, Smola & Attenberg, "Feature Hashing for Large Scale Multitask Learning", ICML 2009,
 *   with the hash of scikit-learn's FeatureHasher: murmur3, whose sign bit is the sign.
 * @differs Weinberger et al. take two independent hashes for place and sign; here, as in scikit-learn, one gives both.
 */
export function hashTokens(tokens: Iterable<string>, { size, seed = 0 }: HashingOptions): Float32Array {
  expectSize('hashTokens', size);
  const counts = new Float32Array(size);
  for (const token of tokens) {
    const hash = murmur3(encoder.encode(token), seed) | 0;
    counts[Math.abs(hash) % size]! += hash < 0 ? -1 : 1;
  }
  return counts;
}

/**
 * Give a word a row in an embedding table without a vocabulary: 1 to `size`, by its hash; 0 stays padding.
 *
 * @throws RangeError as `hashTokens`
 * @source Weinberger, Dasgupta, Langford, Smola & Attenberg, "Feature Hashing for Large Scale Multitask Learning", ICML 2009.
 */
export function hashBucket(token: string, { size, seed = 0 }: HashingOptions): number {
  expectSize('hashBucket', size);
  return 1 + (murmur3(encoder.encode(token), seed) % size);
}

function expectSize(name: string, size: number): void {
  if (!(Number.isInteger(size) && size >= 1 && size <= 2 ** 31)) {
    throw new RangeError(`${name}: size must be a whole number from 1 to 2^31, got ${size}`);
  }
}
