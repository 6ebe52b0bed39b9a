import type { PlantedAnomalies } from './anomalies';
import type { InterestDrift } from './customers';
import {
  exposureProbabilities,
  type ExposureProbabilities,
  type ExposureSituation,
  type ShopExposure,
} from './exposures';
import type { ShopGroup } from './groups';
import type { ShopLogOptions } from './options';

/** Version of the formulas behind a log: another number means that the same seed makes another log. */
export const shopFormulas = 1;

/** How often a customer was to come, and from when to when. */
export interface PlantedCustomer {
  /** Mean sessions a day before any season. */
  readonly sessionRate: number;
  /** First day, from 0. */
  readonly joinedDay: number;
  /** Last day in the shop; `null` for whoever is still a customer at the end of the period. */
  readonly leftDay: number | null;
  /** Probability to leave after each day or session; 0 without churn. */
  readonly hazard: number;
  /** Days or sessions until then, also beyond the end of the period; `null` for never. */
  readonly lifetime: number | null;
}

/** Unusual users beside `PlantedAnomalies`. */
export interface PlantedOddities {
  /** Machines that click once every so many ms, exactly. */
  readonly clockwork: ReadonlyMap<string, number>;
  /** People who were once in a hurry: positions in `log.events` of those clicks. */
  readonly bursts: ReadonlyMap<string, readonly number[]>;
}

/** Values that were taken out: position in `log.events` and what stood there. */
export interface PlantedGaps {
  readonly dwell: ReadonlyMap<number, number>;
  readonly price: ReadonlyMap<number, number>;
}

/** What was planted, to score a clustering, a change detector, a prediction or a cleaning against. */
export interface ShopTruth {
  /** `shopFormulas` of the program that made it. */
  readonly formulas: number;
  readonly options: ShopLogOptions;
  /** Group of every customer at the start; machines have none. */
  readonly groupOf: ReadonlyMap<string, string>;
  /** Customers whose interests move while they are customers. */
  readonly drift: ReadonlyMap<string, InterestDrift>;
  readonly customers: ReadonlyMap<string, PlantedCustomer>;
  /** `dayFactor` of every day: sessions of a user on a day = `sessionRate` x this, at most 1. */
  readonly dayFactors: readonly number[];
  readonly followerOf: ReadonlyMap<string, string>;
  /** First day on sale of the items that came later. */
  readonly launchDayOf: ReadonlyMap<string, number>;
  /** Every item seen in a session, in the order of `log.events`. */
  readonly exposures: readonly ShopExposure[];
  readonly anomalies: PlantedAnomalies;
  readonly oddities: PlantedOddities;
  readonly missing: PlantedGaps;
}

/**
 * Probability that a customer has a session on a day, given that they stay: min(1, lambda(user, day)), 0 before joining.
 *
 * @throws RangeError when the truth has no such customer or day
 */
export function sessionProbability(truth: ShopTruth, userId: string, day: number): number {
  const customer = truth.customers.get(userId);
  const factor = truth.dayFactors[day];
  if (!customer || factor === undefined) {
    throw new RangeError(`sessionProbability: there is no customer '${userId}' or no day ${day}`);
  }
  return day < customer.joinedDay ? 0 : Math.min(1, customer.sessionRate * factor);
}

/**
 * What would have followed if a customer had been shown an item: for counterfactual clicks and simulated feedback.
 *
 * @throws RangeError when the truth has no such customer
 */
export function counterfactual(
  truth: ShopTruth,
  userId: string,
  situation: ExposureSituation,
): ExposureProbabilities {
  const groupNamed = (name: string | undefined): ShopGroup => {
    const group = truth.options.groups.find((one) => one.name === name);
    if (!group) throw new RangeError(`counterfactual: there is no customer '${userId}'`);
    return group;
  };
  const group = groupNamed(truth.groupOf.get(userId));
  const move = truth.drift.get(userId);
  const interests = move && situation.timeMs >= move.atMs ? groupNamed(move.to) : group;
  return exposureProbabilities(group, interests, situation, truth.options.conversions);
}
