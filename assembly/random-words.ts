// AssemblyScript: compiled to WebAssembly by `npm run wasm`, called by lib/base/random-words.ts, where the sources are named.
//
// Words are drawn first and used then, some hundred at a time: a word hangs on the one before, a place in memory on no other place.

/** Draws that are added up before their sum is added to the whole. Another number would round sums otherwise, and move results. */
export const atOnce: u32 = 512;

/**
 * Fill with words w of which the lower half of w x factor is `tooLow` or more.
 *
 * @param state address of sfc32's three words and its counter
 */
export function fillWords(state: usize, into: usize, count: u32, factor: u32, tooLow: u32): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let counter = load<u32>(state, 12);
  for (let at: u32 = 0; at < count;) {
    const drawn = a + b + counter;
    counter += 1;
    a = b ^ (b >> 9);
    b = c + (c << 3);
    c = rotl<u32>(c, 21) + drawn;
    // A word that is refused is written over by the next one: no branch that nobody can foretell.
    store<u32>(into + ((<usize>at) << 2), drawn);
    at += u32(drawn * factor >= tooLow);
  }
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, counter, 12);
}

/**
 * Draw as many of the values as there are, with replacement, and add them up; again and again.
 *
 * @param words  room for `atOnce` words
 * @param values `count` of float64
 * @param sums   room for `times` of float64
 */
export function resampledSums(
  state: usize,
  words: usize,
  values: usize,
  count: u32,
  sums: usize,
  times: u32,
): void {
  // Up to so many values a word gives two places, each as often as the other. 65,535 would do as well; another number moves results.
  const byPairs = count <= 32768;
  // Where the lower half is below 2^32 % factor, a place (a pair of them) would come once too often. Used with `byPairs` alone, where
  // nothing overflows.
  const square = count * count;
  const pairTooLow = <u32>(<u64>0x100000000 % (<u64>count * count));
  const tooLow = <u32>(<u64>0x100000000 % <u64>count);
  for (let time: u32 = 0; time < times; time++) {
    let sum: f64 = 0;
    let left = count;
    while (byPairs && left >= 2) {
      const pairs = min(left >> 1, atOnce);
      fillWords(state, words, pairs, square, pairTooLow);
      sum += sumOfPairs(words, pairs, values, count);
      left -= 2 * pairs;
    }
    while (left > 0) {
      const own = min(left, atOnce);
      fillWords(state, words, own, count, tooLow);
      sum += sumOfPlaces(words, own, values, count);
      left -= own;
    }
    store<f64>(sums + ((<usize>time) << 3), sum);
  }
}

/** Two places from a word: the upper half of word x count, and that of its lower half x count. */
function sumOfPairs(words: usize, pairs: u32, values: usize, count: u32): f64 {
  let sum: f64 = 0;
  let other: f64 = 0;
  for (let pair: u32 = 0; pair < pairs; pair++) {
    const first = <u64>load<u32>(words + ((<usize>pair) << 2)) * count;
    const second = (first & 0xffffffff) * count;
    sum += load<f64>(values + ((<usize>(first >> 32)) << 3));
    other += load<f64>(values + ((<usize>(second >> 32)) << 3));
  }
  return sum + other;
}

/** A place from a word: the upper half of word x count. */
function sumOfPlaces(words: usize, numWords: u32, values: usize, count: u32): f64 {
  let sum: f64 = 0;
  for (let word: u32 = 0; word < numWords; word++) {
    const place = (<u64>load<u32>(words + ((<usize>word) << 2)) * count) >> 32;
    sum += load<f64>(values + ((<usize>place) << 3));
  }
  return sum;
}
