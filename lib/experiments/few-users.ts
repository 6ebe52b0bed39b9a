import { createRng } from '../base/random';
import type { SplitSequences } from '../preprocessing/splits/split-sequences';
import { unseenUsers } from '../preprocessing/splits/unseen-users';
import { evaluateRanking } from './evaluate-ranking';
import type { Rival } from './rival';

/**
 * Somebody who learns from the users that are known. The place, a share and the seed of the draw, is for the weights, and for settings that
 * depend on how much is known.
 */
export type FewUsersRival = Rival<FewUsersPlace>;

/** A share of users, drawn with a seed. */
export interface FewUsersPlace {
  readonly share: number;
  readonly seed: number;
}

/** How one rival did with one share of the users. Plain data. */
export interface FewUsersPoint extends FewUsersPlace {
  readonly name: string;
  /** Users learned from. */
  readonly users: number;
  readonly epoch: number | null;
  /** Place of each test item, from 1, in the order of the users of the whole split. */
  readonly ranks: readonly number[];
}

/**
 * How well the next items of all users are named after learning from few of them: the curve over which rivals are compared that begin
 * with different knowledge.
 *
 * For each seed the users are put in an order; a share takes the first of them, so that a larger one holds the smaller. The others are out
 * of training and of validation, and are given when the test is asked (`unseenUsers`). Every rival, share and seed is asked the same
 * questions: the test item of every user, all items, seen ones excluded. Under share 1 the split is taken as it is.
 *
 * @param settings.shares above 0, up to 1
 * @param run.known       points of an earlier, interrupted call with the same arguments: they are not learned again
 * @returns points in the order of seeds, shares and rivals
 * @throws RangeError when a share is out of range or leaves no user, or two rivals have one name
 * @source Marlin, "Collaborative Filtering: A Machine Learning Perspective", M.Sc. thesis, University of Toronto, 2004 (strong
 *   generalization), for a number of shares.
 */
export async function fewUsersCurve(
  split: SplitSequences,
  rivals: readonly FewUsersRival[],
  settings: { readonly shares: readonly number[]; readonly seeds: readonly number[] },
  run: {
    readonly known?: readonly FewUsersPoint[];
    readonly onPoint?: (point: FewUsersPoint) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<FewUsersPoint[]> {
  if (new Set(rivals.map(({ name }) => name)).size < rivals.length) {
    throw new RangeError('fewUsersCurve: two rivals have one name');
  }
  const points: FewUsersPoint[] = [];
  for (const seed of settings.seeds) {
    for (const share of settings.shares) {
      const { known, users } = knownUsers(split, { share, seed });
      for (const rival of rivals) {
        const { name } = rival;
        if (run.signal?.aborted) return points;
        const earlier = run.known?.find(
          (own) => own.name === name && own.share === share && own.seed === seed,
        );
        if (earlier) {
          points.push(earlier);
          continue;
        }
        const { scorer, epoch, dispose } = await rival.learn(known, { share, seed });
        // What was stopped half-way is no point.
        const stopped = run.signal?.aborted ?? false;
        if (!stopped) {
          const ranks = Array.from(evaluateRanking(scorer, split, 'test').ranks);
          const point = { name, share, seed, users, epoch, ranks };
          points.push(point);
          run.onPoint?.(point);
        }
        dispose?.();
      }
    }
  }
  return points;
}

/** The split of which only a share of the users is known. */
function knownUsers(
  split: SplitSequences,
  { share, seed }: FewUsersPlace,
): { known: SplitSequences; users: number } {
  const total = split.sequences.userIds.length;
  const users = Math.round(share * total);
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`fewUsersCurve: share must be above 0 and at most 1, got ${share}`);
  }
  if (users === 0) throw new RangeError(`fewUsersCurve: a share of ${share} of ${total} users is nobody`);
  if (users === total) return { known: split, users };
  const order = createRng(seed)
    .child('few-users')
    .shuffle(Array.from({ length: total }, (_, user) => user));
  const isKnown = new Set(order.slice(0, users));
  return { known: unseenUsers(split, (user) => !isKnown.has(user)), users };
}
