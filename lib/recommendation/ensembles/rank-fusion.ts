import * as tf from '@tensorflow/tfjs';
import { topItems } from '../../nn/rank';
import type { Scorer } from '../scorer';

/** What a member's place of an item is worth, from 1. */
export type PlacePoints = (place: number) => number;

/** How lists are fused. */
export interface RankFusionOptions {
  readonly points: PlacePoints;
  /** Places of a member's list that count; default 100. */
  readonly depth?: number;
  /** Whether what a user had used before takes places; default `excluded`. As the evaluation that follows has it. */
  readonly seenItems?: 'excluded' | 'included';
}

/**
 * Fuse the lists of several recommenders: an item's score is the sum of what its places in them are worth.
 *
 * Only the order of each member counts, so that members whose scores have no common scale can be fused. Items on no list have 0 points.
 *
 * @param members all of the same items; one that counts twice stands there twice
 * @throws RangeError when there is no member, members differ in their number of items, or `depth` is no whole number from 1
 * @source Cormack, Clarke & Büttcher, "Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank Learning Methods", SIGIR 2009
 *   (`reciprocalRank`); Aslam & Montague, "Models for Metasearch", SIGIR 2001 (fusion by places).
 */
export function rankFusion(
  name: string,
  members: readonly Scorer[],
  { points, depth = 100, seenItems = 'excluded' }: RankFusionOptions,
): Scorer {
  const numItems = sameItems('rankFusion', members);
  if (!(Number.isInteger(depth) && depth >= 1)) {
    throw new RangeError(`rankFusion: depth must be a whole number from 1, got ${depth}`);
  }
  const n = Math.min(depth, numItems - 1);
  return {
    name,
    numItems,
    score: (histories, contexts) => {
      const fused = new Float32Array(histories.length * numItems);
      const taken = seenItems === 'excluded' ? histories : histories.map(() => new Int32Array(0));
      for (const member of members) {
        const scores_NV = member.score(histories, contexts);
        const { items } = topItems(scores_NV, n, taken);
        scores_NV.dispose();
        for (const [row, list] of items.entries())
          for (const [at, item] of list.entries()) fused[row * numItems + item]! += points(at + 1);
      }
      return tf.tensor2d(fused, [histories.length, numItems]);
    },
  };
}

/** Points that fall as 1 / (k + place): the first places of one list do not outweigh a good place in all. */
export const reciprocalRank =
  (k = 60): PlacePoints =>
  (place) =>
    1 / (k + place);

/** A vote for each of the first n items of a list; equal votes are decided by the places, which never outweigh a vote (fewer than 1,000 members). */
export const votes =
  (n: number): PlacePoints =>
  (place) =>
    place > n ? 0 : 1 + 1e-3 * (1 - place / n);

/** The number of items that all members have. @throws RangeError when there is no member, or they differ */
export function sameItems(by: string, members: readonly Scorer[]): number {
  const [first, ...others] = members;
  if (!first) throw new RangeError(`${by}: there is no member`);
  const other = others.find(({ numItems }) => numItems !== first.numItems);
  if (!other) return first.numItems;
  throw new RangeError(
    `${by}: '${other.name}' has ${other.numItems} items, '${first.name}' has ${first.numItems}`,
  );
}
