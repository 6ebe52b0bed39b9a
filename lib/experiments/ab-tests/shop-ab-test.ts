import type { Rng } from '../../base/random';
import type { ShopLog } from '../../data/shop/log';
import { cuped, type CupedGroup } from '../../evaluation/ab-tests/cuped';
import { welchTTest, type TTest } from '../../evaluation/difference/t-test';

/** Who would be in a test on the made-up shop, and what is known of them. */
export interface ShopPopulation {
  readonly userIds: readonly string[];
  /** Clicks of each before the test. */
  readonly before: Float64Array;
  /** What each will be shown while the test runs. */
  readonly exposures: readonly (readonly ShownItem[])[];
}

/** An item shown: whether it is looked at, and clicked if it is. */
export interface ShownItem {
  readonly examination: number;
  readonly attraction: number;
}

/**
 * Take the customers of a made-up shop who were shown something while the test runs.
 *
 * Times that the log spoilt are left out, as a shop would.
 *
 * @param startMs when the test starts, ms since 1970-01-01 UTC; what came before is known
 * @throws RangeError when nobody was shown anything from then on
 */
export function shopPopulation({ log, truth }: ShopLog, startMs: number): ShopPopulation {
  const endMs = truth.options.startMs + truth.options.days * 86_400_000;
  const before = new Map<string, number>();
  const exposures = new Map<string, ShownItem[]>();
  for (const { event, userId, examination, attraction, didClick } of truth.exposures) {
    const timeMs = log.events[event]!.timeMs;
    if (timeMs === null || timeMs < truth.options.startMs || timeMs >= endMs) continue;
    if (timeMs < startMs) {
      before.set(userId, (before.get(userId) ?? 0) + Number(didClick));
      continue;
    }
    const own = exposures.get(userId) ?? [];
    own.push({ examination, attraction });
    exposures.set(userId, own);
  }
  if (exposures.size === 0)
    throw new RangeError('shopPopulation: nobody was shown anything after the start of the test');
  const userIds = [...exposures.keys()].sort();
  return {
    userIds,
    before: Float64Array.from(userIds, (userId) => before.get(userId) ?? 0),
    exposures: userIds.map((userId) => exposures.get(userId)!),
  };
}

/** What each customer would do with and without a change: only one of the two is ever seen. */
export interface PotentialOutcomes {
  /** Clicks while the test runs, without the change. */
  readonly without: Float64Array;
  readonly with: Float64Array;
  /** By how many clicks a customer the change raises the mean, as planted: not of these draws, but expected. */
  readonly planted: number;
}

/**
 * Draw what each customer clicks, with a change that multiplies the odds of a click, and without.
 *
 * Both draws use the same chance, so that a customer whom the change does not move does the same in both. The planted effect comes
 * from the probabilities of the shop's truth.
 *
 * @param effect in the logarithm of the odds of a click on an item that is looked at; 0 for A/A tests
 * @throws RangeError when the effect is not finite
 * @source Rubin, "Estimating Causal Effects of Treatments in Randomized and Nonrandomized Studies", Journal of Educational Psychology
 *   66(5), 1974 (potential outcomes).
 */
export function potentialOutcomes(
  { exposures }: ShopPopulation,
  effect: number,
  rng: Rng,
): PotentialOutcomes {
  if (!Number.isFinite(effect)) throw new RangeError(`potentialOutcomes: the effect is ${effect}`);
  const [plain, changed] = [new Float64Array(exposures.length), new Float64Array(exposures.length)];
  let planted = 0;
  for (const [user, shown] of exposures.entries()) {
    for (const { examination, attraction } of shown) {
      const raised = attraction / (attraction + (1 - attraction) * Math.exp(-effect));
      planted += examination * (raised - attraction);
      const chance = rng.next();
      plain[user]! += Number(chance < examination * attraction);
      changed[user]! += Number(chance < examination * raised);
    }
  }
  return { without: plain, with: changed, planted: planted / exposures.length };
}

/** One test: who was in which group, and what it found. */
export interface ShopAbTest {
  readonly groups: readonly [control: CupedGroup, treated: CupedGroup];
  /** On the clicks as they are. */
  readonly plain: TTest;
  /** On the clicks less what the time before foretold. */
  readonly adjusted: TTest;
  readonly varianceLeft: number;
}

/**
 * Put each customer into a group by the toss of a coin, and compare the groups.
 *
 * @param share of customers who get the change, above 0 and below 1; default a half
 * @throws RangeError when a group has fewer than 2 customers, or nothing varies
 */
export function runShopAbTest(
  { before }: Pick<ShopPopulation, 'before'>,
  outcomes: Pick<PotentialOutcomes, 'with' | 'without'>,
  rng: Rng,
  share = 0.5,
): ShopAbTest {
  const [control, treated] = [
    { outcomes: [] as number[], before: [] as number[] },
    { outcomes: [] as number[], before: [] as number[] },
  ];
  for (const [user, earlier] of before.entries()) {
    const isTreated = rng.next() < share;
    const own = isTreated ? treated : control;
    own.outcomes.push((isTreated ? outcomes.with : outcomes.without)[user]!);
    own.before.push(earlier);
  }
  const groups = [control, treated] as const;
  const { adjusted, varianceLeft } = cuped(groups);
  return {
    groups,
    plain: welchTTest(control.outcomes, treated.outcomes),
    adjusted: welchTTest(adjusted[0]!, adjusted[1]!),
    varianceLeft,
  };
}
