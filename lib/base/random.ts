import { xoroshiro128plus, type RandomGenerator } from 'pure-rand';

/**
 * A source of random numbers that is passed as a parameter, never global.
 *
 * The same seed gives the same numbers on every machine. A keyed child
 * (`rng.child('epoch', 3)`) depends only on the seed and its keys, not on how
 * many numbers were drawn before: that is what makes a resumed run equal to an
 * uninterrupted one.
 */
export interface Rng {
  /** A number in [0, 1) with 32 random bits. */
  next(): number;
  /** An integer in [0, bound). `bound` is 1 to 2^31. */
  integer(bound: number): number;
  /** A standard normal number (Box-Muller). */
  normal(): number;
  /** Shuffle in place (Fisher-Yates) and return the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(array: T): T;
  /** An independent source that depends only on the seed and the keys. */
  child(...keys: readonly (string | number)[]): Rng;
}

/**
 * Start a source of random numbers.
 *
 * @param seed any safe integer
 * @throws RangeError when the seed is not a safe integer
 * @source Blackman & Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021
 *   (xoroshiro128+, through the package pure-rand).
 */
export function createRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`createRng: the seed must be a whole number, got ${seed}`);
  return fromKey(String(seed));
}

function fromKey(key: string): Rng {
  const generator: RandomGenerator = xoroshiro128plus(hash32(key));
  const uint32 = (): number => generator.unsafeNext() >>> 0;
  const next = (): number => uint32() / 4294967296;
  let spare: number | null = null;

  return {
    next,
    integer(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > 2147483648) {
        throw new RangeError(`Rng.integer: the bound must be a whole number from 1 to 2^31, got ${bound}`);
      }
      // Draws in the incomplete last block would favour small results: draw again.
      const limit = 4294967296 - (4294967296 % bound);
      let drawn = uint32();
      while (drawn >= limit) drawn = uint32();
      return drawn % bound;
    },
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(array) {
      for (let last = array.length - 1; last > 0; last--) {
        const other = this.integer(last + 1);
        const kept = array[last];
        array[last] = array[other];
        array[other] = kept;
      }
      return array;
    },
    child: (...keys) => fromKey(`${key}/${keys.join('/')}`),
  };
}

/** FNV-1a with a final avalanche, so that neighbouring seeds start far apart. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
