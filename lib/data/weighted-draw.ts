import type { Rng } from '../base/random';

/**
 * Draw one name, each with a probability in proportion to its weight.
 *
 * @throws RangeError when a weight is negative or not finite, or all are 0
 */
export function drawWeighted(weights: Readonly<Record<string, number>>, rng: Rng): string {
  const entries = Object.entries(weights);
  let sum = 0;
  for (const [name, weight] of entries) {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(`drawWeighted: the weight of '${name}' is ${weight}`);
    }
    sum += weight;
  }
  if (sum === 0) throw new RangeError('drawWeighted: there is no weight above 0');
  let left = rng.next() * sum;
  let drawn = '';
  for (const [name, weight] of entries) {
    if (weight === 0) continue;
    drawn = name;
    left -= weight;
    if (left < 0) break;
  }
  return drawn;
}

/** Draw a position 0, 1, 2, ... below `length` with weights 1, 1/2, 1/3, ... (Zipf's law with exponent 1). */
export function drawZipf(length: number, rng: Rng): number {
  let sum = 0;
  for (let rank = 1; rank <= length; rank++) sum += 1 / rank;
  let left = rng.next() * sum;
  for (let rank = 1; rank < length; rank++) {
    left -= 1 / rank;
    if (left < 0) return rank - 1;
  }
  return length - 1;
}
