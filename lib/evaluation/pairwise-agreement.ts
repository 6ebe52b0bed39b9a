import { adjustedRand } from './adjusted-rand';

/**
 * How far several groupings of the same things agree: the adjusted Rand index of each two of them.
 *
 * With groupings from several seeds this says how far the groups are made by the seed. It says nothing of whether they mean
 * anything: an algorithm that always cuts in the same place agrees with itself. For the mean and spread see `summarise`;
 * the pairs share groupings, so their spread is not that of independent values.
 *
 * @returns those of (0, 1), (0, 2), ..., (1, 2), ...
 * @throws RangeError when there are fewer than 2 groupings, or they differ in length
 * @source Ben-Hur, Elisseeff & Guyon, "A stability based method for discovering structure in clustered data", Pacific
 *   Symposium on Biocomputing, 2002
 * @differs By the adjusted Rand index, and not by their cosine, which is high for a few large groups.
 */
export function pairwiseAgreement(groupings: readonly ArrayLike<number>[]): number[] {
  if (groupings.length < 2) {
    throw new RangeError(`pairwiseAgreement: needs 2 groupings or more, got ${groupings.length}`);
  }
  return groupings.flatMap((one, place) =>
    groupings.slice(place + 1).map((other) => adjustedRand(one, other)),
  );
}
