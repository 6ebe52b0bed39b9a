import type { Rng } from './random';

/** A fast source of random numbers for loops that draw hundreds of millions. */
export interface RandomWords {
  /** Fill with random 32-bit words. */
  words(into: Int32Array): void;
  /** Draw as many of the values as there are, with replacement, and sum them. 1 to 2^31 - 1 values. */
  resampledSum(values: Float64Array): number;
}

/** Up to so many values one word gives two places. */
const pairedUpTo = 32768;

/** Turns of a loop before its function returns. */
const atOnce = 512;

/**
 * Start a fast source from a slow one: some 2 ns a value drawn and added, a fraction of what `Rng.integer` takes.
 *
 * The same `rng` gives the same numbers on every machine. Only for simulation, as all of this project's randomness.
 *
 * @source Doty-Humphrey, PractRand 0.95, 2018 (sfc32: three words of state and a counter); Lemire, "Fast Random Integer Generation in
 *   an Interval", ACM Transactions on Modeling and Computer Simulation 29(1), 2019 (numbers below a bound without a bias);
 *   Brackett-Rozinsky & Lemire, "Batched Ranged Random Integer Generation", Software: Practice and Experience 55(1), 2025 (two of them
 *   from one word).
 */
export function createRandomWords(rng: Rng): RandomWords {
  const word = (): number => rng.integer(2147483648) ^ (rng.integer(2147483648) << 1);
  const state = Int32Array.of(word(), word(), word(), 1);
  fillWords(state, new Int32Array(12)); // the first words still look like the seed
  return {
    words: (into) => fillWords(state, into),
    resampledSum(values) {
      const count = values.length;
      if (!(count >= 1 && count < 2147483648))
        throw new RangeError(`RandomWords.resampledSum: there are ${count} values`);
      let sum = 0;
      let left = count;
      while (count <= pairedUpTo && left >= 2) {
        const pairs = Math.min(left >>> 1, atOnce);
        sum += sumByPairs(state, values, pairs);
        left -= 2 * pairs;
      }
      for (; left > 0; left -= atOnce) sum += sumAlone(state, values, Math.min(left, atOnce));
      return sum;
    },
  };
}

// The step of sfc32 stands in each loop by itself, and each loop in a function of its own that is called often and soon returns: V8
// optimises a loop that goes on for long while it runs, and throws that away at its end, again and again.

function fillWords(state: Int32Array, into: Int32Array): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let counter = state[3]!;
  for (let at = 0; at < into.length; at++) {
    const drawn = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    into[at] = drawn;
  }
  keep(state, a, b, c, counter);
}

/** Two places from a word: the upper word of word x count, and that of the lower word x count. */
function sumByPairs(state: Int32Array, values: Float64Array, pairs: number): number {
  const count = values.length;
  const square = Math.imul(count, count);
  // Where the lowest word is below 2^32 % count^2, a pair would come once too often: it is drawn again. Compared with the first
  // bit turned over, for signed numbers are faster.
  const tooLow = (4294967296 % (count * count)) ^ 0x80000000;
  let sum = 0;
  let other = 0;
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let counter = state[3]!;
  for (let pair = 0; pair < pairs; pair++) {
    let drawn: number;
    do {
      drawn = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    } while ((Math.imul(drawn, square) ^ 0x80000000) < tooLow);
    const low = Math.imul(drawn, count);
    // The upper word of a product by halves: up to 2^15 values nothing overflows. Without the `| 0` V8 takes it for a fraction.
    sum +=
      values[(((Math.imul(drawn >>> 16, count) | 0) + (Math.imul(drawn & 65535, count) >>> 16)) | 0) >>> 16]!;
    other +=
      values[(((Math.imul(low >>> 16, count) | 0) + (Math.imul(low & 65535, count) >>> 16)) | 0) >>> 16]!;
  }
  keep(state, a, b, c, counter);
  return sum + other;
}

/** A place from each word. */
function sumAlone(state: Int32Array, values: Float64Array, times: number): number {
  const count = values.length;
  const tooLow = (4294967296 % count) ^ 0x80000000;
  const scale = count / 4294967296;
  let sum = 0;
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let counter = state[3]!;
  for (let time = 0; time < times; time++) {
    let drawn: number;
    do {
      drawn = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    } while ((Math.imul(drawn, count) ^ 0x80000000) < tooLow);
    sum += values[((drawn >>> 0) * scale) | 0]!;
  }
  keep(state, a, b, c, counter);
  return sum;
}

function keep(state: Int32Array, a: number, b: number, c: number, counter: number): void {
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = counter;
}
