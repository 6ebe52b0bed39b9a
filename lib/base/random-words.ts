import type { Rng } from './random';
import { randomWordsWasm } from './random-words-wasm';
import { startWasm } from './wasm-module';

/** A fast source of random numbers for loops that draw hundreds of millions. */
export interface RandomWords {
  /** Fill with random 32-bit words. */
  words(into: Int32Array): void;
  /**
   * Draw as many of the values as there are, with replacement, and sum them; so many times.
   *
   * @throws RangeError when there are no values, `times` is no whole number from 0, or there is no room for both: together some 536 million
   */
  resampledSums(values: Float64Array, times: number): Float64Array;
}

/** What the module exports; addresses are in bytes. */
interface Exports {
  /** Words that are drawn at once. */
  readonly atOnce: { readonly value: number };
  fillWords(state: number, into: number, count: number, factor: number, tooLow: number): void;
  resampledSums(
    ...given: [state: number, words: number, values: number, count: number, sums: number, times: number]
  ): void;
}

/** Sums of one call. V8 compiles a function of WebAssembly well only after some calls: one call for all takes twice as long. */
const sumsACall = 100;

/**
 * Start a fast source from a slow one: some 1.2 ns a value drawn and added, a small part of what `Rng.integer` takes.
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
  const { exports, place, release, int32, float64 } = startWasm<Exports>('RandomWords', randomWordsWasm);
  const chunk = exports.atOnce.value;
  const [state, drawn] = [place(16), place(4 * chunk)];
  int32(state, 4).set([word(), word(), word(), 1]);
  exports.fillWords(state, drawn, 12, 0, 0); // the first words still look like the seed
  return {
    words(into) {
      for (let from = 0; from < into.length; from += chunk) {
        const count = Math.min(chunk, into.length - from);
        exports.fillWords(state, drawn, count, 0, 0);
        into.set(int32(drawn, count), from);
      }
    },
    resampledSums(values, times) {
      const count = values.length;
      if (count === 0) throw new RangeError('RandomWords.resampledSums: there are 0 values');
      if (!(Number.isInteger(times) && times >= 0))
        throw new RangeError(`RandomWords.resampledSums: times must be a whole number from 0, got ${times}`);
      const at = place(8 * (count + times));
      const sums = at + 8 * count;
      float64(at, count).set(values);
      for (let from = 0; from < times; from += sumsACall) {
        const own = Math.min(sumsACall, times - from);
        exports.resampledSums(state, drawn, at, count, sums + 8 * from, own);
      }
      const found = float64(sums, times).slice();
      release(at);
      return found;
    },
  };
}
