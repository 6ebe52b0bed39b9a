import { rowOf, type Matrix } from '../base/matrix';

/** How alike two items are: 1 the same, 0 nothing in common. */
export type Likeness = (one: number, other: number) => number;

/** How a list is made more diverse. */
export interface DiversityOptions {
  /** Items in the list. */
  readonly n: number;
  /** 1 keeps the order of the scores, 0 looks at diversity alone. */
  readonly relevance: number;
  readonly likeness: Likeness;
}

/**
 * Choose a list from candidates one after the other: each time the item that is good and unlike what is chosen already.
 *
 * The worth of an item is `relevance * score - (1 - relevance) * largest likeness to the chosen`, its score scaled to 0 to 1 among
 * the candidates. Equal worths in the order given.
 *
 * @param candidates items, best first; many times `n` of them, or there is nothing to choose
 * @param scores     one a candidate
 * @returns at most `n` items, in the order in which they were chosen
 * @throws RangeError when lengths differ, a score is not finite, `n` is no whole number from 0 or `relevance` not from 0 to 1
 * @source Carbonell & Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents and Producing Summaries", SIGIR 1998.
 */
export function maximalMarginalRelevance(
  candidates: ArrayLike<number>,
  scores: ArrayLike<number>,
  { n, relevance, likeness }: DiversityOptions,
): Int32Array {
  if (candidates.length !== scores.length) {
    throw new RangeError(
      `maximalMarginalRelevance: ${candidates.length} candidates, ${scores.length} scores`,
    );
  }
  if (!(Number.isInteger(n) && n >= 0)) {
    throw new RangeError(`maximalMarginalRelevance: n must be a whole number from 0, got ${n}`);
  }
  if (!(relevance >= 0 && relevance <= 1)) {
    throw new RangeError(`maximalMarginalRelevance: relevance must be from 0 to 1, got ${relevance}`);
  }
  const scaled = toUnit(scores);
  const nearest = new Float64Array(candidates.length).fill(-Infinity);
  const isLeft = new Uint8Array(candidates.length).fill(1);
  const chosen: number[] = [];
  while (chosen.length < Math.min(n, candidates.length)) {
    let [best, bestWorth] = [-1, -Infinity];
    for (let at = 0; at < candidates.length; at++) {
      if (isLeft[at] === 0) continue;
      const like = chosen.length === 0 ? 0 : nearest[at]!;
      const worth = relevance * scaled[at]! - (1 - relevance) * like;
      if (worth > bestWorth) [best, bestWorth] = [at, worth];
    }
    isLeft[best] = 0;
    chosen.push(candidates[best]!);
    for (let at = 0; at < candidates.length; at++)
      if (isLeft[at] === 1)
        nearest[at] = Math.max(nearest[at]!, likeness(candidates[at]!, candidates[best]!));
  }
  return Int32Array.from(chosen);
}

/** Likeness by the cosine of the items' vectors; 0 for a vector of zeros. */
export function cosineLikeness(vectors: Matrix): Likeness {
  const lengths = Float64Array.from({ length: vectors.rows }, (_, row) => Math.hypot(...rowOf(vectors, row)));
  return (one, other) => {
    const length = lengths[one]! * lengths[other]!;
    if (length === 0) return 0;
    const [a, b] = [rowOf(vectors, one), rowOf(vectors, other)];
    return a.reduce((sum, value, d) => sum + value * b[d]!, 0) / length;
  };
}

/** The lowest score as 0, the highest as 1; all as 1 where they are equal. */
function toUnit(scores: ArrayLike<number>): Float64Array {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < scores.length; at++) {
    if (!Number.isFinite(scores[at]!)) {
      throw new RangeError(`maximalMarginalRelevance: score ${at} is ${scores[at]}`);
    }
    low = Math.min(low, scores[at]!);
    high = Math.max(high, scores[at]!);
  }
  return Float64Array.from(scores, (score) => (high > low ? (score - low) / (high - low) : 1));
}
