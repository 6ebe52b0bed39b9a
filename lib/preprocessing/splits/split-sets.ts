import type { Rng } from '../../base/random';

/** What each user did, without order, parted: one list a user in each. */
export interface SplitSets {
  readonly training: readonly Int32Array[];
  readonly validation: readonly Int32Array[];
  readonly test: readonly Int32Array[];
}

export interface SplitSetsOptions {
  /** Of each user's items, how many are for validation: 0 to below 1, rounded down. */
  readonly validationShare: number;
  /** Of each user's items, how many are for the test: 0 to below 1, rounded down. */
  readonly testShare: number;
  readonly rng: Rng;
}

/**
 * Part each user's items at random: for data that have no times, so that nothing comes later.
 *
 * Each user is drawn for by a generator of its own, so that one user more changes nothing for the others. What is left after rounding
 * down is for training, also all items of a user who has few.
 *
 * @param items items of each user; one that occurs twice counts once
 * @throws RangeError when a share is out of range, or both leave nothing for training
 * @source Marlin, "Collaborative Filtering: A Machine Learning Perspective", M.Sc. thesis, University of Toronto, 2004 (weak
 *   generalization: of every user some items are held out).
 */
export function splitSets(
  items: readonly Int32Array[],
  { validationShare, testShare, rng }: SplitSetsOptions,
): SplitSets {
  if (!(validationShare >= 0 && testShare >= 0 && validationShare + testShare < 1)) {
    throw new RangeError(
      `splitSets: shares must be from 0, together below 1, got ${validationShare} and ${testShare}`,
    );
  }
  const parts = items.map((own, user) => {
    const order = rng.child('user', user).shuffle(Int32Array.from(new Set(own)));
    const numTest = Math.floor(testShare * order.length);
    const heldOut = numTest + Math.floor(validationShare * order.length);
    return [order.slice(heldOut), order.slice(numTest, heldOut), order.slice(0, numTest)] as const;
  });
  return {
    training: parts.map(([training]) => training),
    validation: parts.map(([, validation]) => validation),
    test: parts.map(([, , test]) => test),
  };
}
