import { createRng } from '../../base/random';
import { meanInterval } from '../../evaluation/mean-interval';
import { discountedGain } from '../../evaluation/ndcg';
import type { Interval } from '../../evaluation/proportion-interval';
import { summarise } from '../../evaluation/summary';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import { unseenUsers } from '../../preprocessing/splits/unseen-users';
import { withoutTest } from '../../preprocessing/splits/without-test';
import { evaluateRanking } from '../evaluate-ranking';
import type { Rival } from '../rival';
import { expectDistinct } from './cross-validate';

/**
 * Whom a rival has learned from:
 *
 * - `known`: everybody, those who are asked among them.
 * - `without`: everybody but the group that is asked.
 * - `mates`: everybody but one half of the group, which is asked, and as many others as the other half has: from as few users as
 *   `without`, who are as new to it, but half of the group is known.
 */
export type GroupArm = 'known' | 'without' | 'mates';

/** Who is left out, and the seed of the weights and of the draws. */
export interface GroupPlace {
  /** '' where everybody is known, and all groups are asked. */
  readonly group: string;
  readonly arm: GroupArm;
  /** Which half of the group is asked; null where all of it is. */
  readonly half: 0 | 1 | null;
  readonly seed: number;
}

/** How one rival did on one group. Plain data. */
export interface GroupPoint extends GroupPlace {
  readonly name: string;
  /** Rows of those who are asked: users of the group, or of its half, that have a test event. */
  readonly users: readonly number[];
  readonly ranks: readonly number[];
  readonly epoch: number | null;
}

/** What leaving groups out tells while it goes on. */
export interface GroupRun {
  /** Points of an earlier, interrupted call with the same arguments. */
  readonly known?: readonly GroupPoint[];
  readonly onPoint?: (point: GroupPoint) => void;
  readonly signal?: AbortSignal;
}

/**
 * Ask whether what was learned holds for people of another kind: learn without one group of users, and be asked for that group alone.
 *
 * Beside it stand the same questions after learning from everybody, and after learning from as few while half of the group is known. The
 * second tells what a group misses when nobody like it was learned from; the first also what people miss who were not learned from
 * themselves. Those who are left out are given when the test is asked, with all that they did before (`unseenUsers`). Rivals never
 * see a test event.
 *
 * @param groups  one a user: 'student'; null for nobody's, who is always learned from and never asked
 * @param settings.smallest groups of fewer users with a test event are not asked; default 20
 * @returns points of the arm `known` first, then group by group; `mates` is missing where there are not as many others and one more
 * @throws RangeError when there is not one entry a user, no group is large enough, or two rivals have one name
 * @source Koh et al., "WILDS: A Benchmark of in-the-Wild Distribution Shifts", ICML 2021, section 3 (the same test after training with and
 *   without its domain); Marlin, "Collaborative Filtering: A Machine Learning Perspective", M.Sc. thesis, University of Toronto, 2004.
 * @differs The arm `mates`.
 */
export async function leaveOneGroupOut(
  split: SplitSequences,
  groups: readonly (string | null)[],
  rivals: readonly Rival<GroupPlace>[],
  settings: { readonly seed: number; readonly smallest?: number },
  { known = [], onPoint, signal }: GroupRun = {},
): Promise<GroupPoint[]> {
  const { userIds } = split.sequences;
  const { seed, smallest = 20 } = settings;
  if (groups.length !== userIds.length)
    throw new RangeError(`leaveOneGroupOut: ${groups.length} groups for ${userIds.length} users`);
  expectDistinct('leaveOneGroupOut', rivals);
  const isAsked = (user: number): boolean => split.testEnds[user]! > split.validationEnds[user]!;
  const names = [...new Set(groups.filter((group) => group !== null))]
    .sort()
    .filter((name) => groups.filter((group, user) => group === name && isAsked(user)).length >= smallest);
  if (names.length === 0)
    throw new RangeError(`leaveOneGroupOut: no group has ${smallest} users with a test event`);
  const seen = withoutTest(split);
  const arms: Arm[] = [
    { place: { group: '', arm: 'known', half: null, seed }, isOut: null, isAsked: () => true },
    ...names.flatMap((name) => armsOf(groups, name, seed)),
  ];
  const points: GroupPoint[] = [];
  for (const { place, isOut, isAsked: isOfArm } of arms) {
    const asked = place.group === '' ? names : [place.group];
    for (const rival of rivals) {
      if (signal?.aborted) return points;
      const earlier = known.filter(
        (own) =>
          own.name === rival.name &&
          own.arm === place.arm &&
          own.half === place.half &&
          own.seed === seed &&
          asked.includes(own.group),
      );
      if (earlier.length === asked.length) {
        points.push(...earlier);
        continue;
      }
      const { scorer, epoch, dispose } = await rival.learn(isOut ? unseenUsers(seen, isOut) : seen, place);
      try {
        if (signal?.aborted) return points;
        const { users, ranks } = evaluateRanking(scorer, split, 'test');
        for (const group of asked) {
          const rows = [...users.keys()].filter(
            (row) => groups[users[row]!] === group && isOfArm(users[row]!),
          );
          const point: GroupPoint = {
            name: rival.name,
            ...place,
            group,
            users: rows.map((row) => users[row]!),
            ranks: rows.map((row) => ranks[row]!),
            epoch,
          };
          points.push(point);
          onPoint?.(point);
        }
      } finally {
        dispose?.();
      }
    }
  }
  return points;
}

interface Arm {
  readonly place: GroupPlace;
  /** Null where nobody is. */
  readonly isOut: ((user: number) => boolean) | null;
  /** Of the users of the group. */
  readonly isAsked: (user: number) => boolean;
}

/** The arms in which somebody of a group is out. */
function armsOf(groups: readonly (string | null)[], group: string, seed: number): Arm[] {
  const rng = createRng(seed).child('leave-one-group-out', group);
  const users = [...groups.keys()];
  const own = rng.shuffle(users.filter((user) => groups[user] === group));
  const others = users.filter((user) => groups[user] !== group);
  const isOwn = new Set(own);
  const arms: Arm[] = [
    {
      place: { group, arm: 'without', half: null, seed },
      isOut: (user) => isOwn.has(user),
      isAsked: () => true,
    },
  ];
  const middle = own.length >> 1;
  if (others.length <= own.length - middle) return arms;
  for (const half of [0, 1] as const) {
    const asked = new Set(half === 0 ? own.slice(0, middle) : own.slice(middle));
    const drawn = rng
      .child('others', half)
      .shuffle(others)
      .slice(0, own.length - asked.size);
    const out = new Set([...asked, ...drawn]);
    arms.push({
      place: { group, arm: 'mates', half, seed },
      isOut: (user) => out.has(user),
      isAsked: (user) => asked.has(user),
    });
  }
  return arms;
}

/** What it costs a group not to have been learned from. */
export interface GroupLoss {
  readonly name: string;
  readonly group: string;
  readonly users: number;
  /** NDCG@10 of the group in each arm; `mates` is null where it was not measured. */
  readonly known: number;
  readonly mates: number | null;
  readonly without: number;
  /** `without` minus `mates`, user by user, with its interval of 95 %: below 0, the group is missed. Null likewise. */
  readonly missed: (Interval & { readonly mean: number }) | null;
}

/**
 * Hold the arms of each rival and group beside each other.
 *
 * The interval speaks of other users of the group, not of other draws or seeds.
 *
 * @param points of one seed
 * @throws RangeError when a group lacks an arm that it must have
 * @source Koh et al., "WILDS: A Benchmark of in-the-Wild Distribution Shifts", ICML 2021, section 3.
 */
export function groupLosses(points: readonly GroupPoint[]): GroupLoss[] {
  return points
    .filter(({ arm }) => arm === 'without')
    .map(({ name, group, users }) => {
      const gainsIn = (arm: GroupArm): number[] | null => {
        const own = points.filter((one) => one.name === name && one.group === group && one.arm === arm);
        const gainOf = new Map(
          own.flatMap((one) => one.users.map((user, row) => [user, discountedGain(one.ranks[row]!, 10)])),
        );
        return users.every((user) => gainOf.has(user)) ? users.map((user) => gainOf.get(user)!) : null;
      };
      const [without, known, mates] = [gainsIn('without')!, gainsIn('known'), gainsIn('mates')];
      if (!known) throw new RangeError(`groupLosses: '${name}' has not been measured with '${group}' known`);
      return {
        name,
        group,
        users: users.length,
        known: summarise(known).mean,
        mates: mates && summarise(mates).mean,
        without: summarise(without).mean,
        missed: mates && meanInterval(without.map((gain, row) => gain - mates[row]!)),
      };
    });
}
