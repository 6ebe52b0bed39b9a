import type { ShopAnomalies } from './anomalies';
import { checkArrivals, type ShopArrivals } from './arrivals';
import { checkChurn, type ShopChurn } from './churn';
import { checkConversions, type ShopConversions } from './conversions';
import { checkDwell, type ShopDwell } from './dwell';
import { checkFriends, type ShopFriends } from './friends';
import { checkShopGroup, defaultShopGroups, shopCategories, type ShopGroup } from './groups';
import type { ShopLanguage } from './items';
import { checkMissing, type ShopMissing } from './missing-values';
import { checkOddities, type ShopOddities } from './oddities';
import { checkSeasonality, type ShopSeasonality } from './seasonality';

/** What the made-up shop is like. The options with `null` are switched off by it and then change nothing. */
export interface ShopLogOptions {
  /** Customers and machines together. */
  readonly users: number;
  /** At least one for each of the shop's categories. */
  readonly items: number;
  readonly days: number;
  /** Midnight of the first day, ms since 1970-01-01 UTC. */
  readonly startMs: number;
  readonly groups: readonly ShopGroup[];
  /** Share of the customers whose interests move to another group's. */
  readonly driftShare: number;
  /** Probability that the next item of a session is the planted follower of the one before. */
  readonly followRate: number;
  readonly anomalies: ShopAnomalies;
  /** `null`: every day is alike. */
  readonly seasonality: ShopSeasonality | null;
  /** `null`: nobody knows anybody. */
  readonly friends: ShopFriends | null;
  /** `null`: the rates of the group hold whatever the item. */
  readonly conversions: ShopConversions | null;
  /** `null`: nobody leaves. */
  readonly churn: ShopChurn | null;
  /** `null`: everybody and everything is there from the first day. */
  readonly arrivals: ShopArrivals | null;
  /** `null`: no machine is regular, no person in a hurry. */
  readonly oddities: ShopOddities | null;
  /** Whether events tell session, category and price. */
  readonly details: boolean;
  /** `null`: events do not tell how long an item was looked at. */
  readonly dwell: ShopDwell | null;
  /** `null`: no dwell time and no price is missing. Needs `details` and `dwell`. */
  readonly missing: ShopMissing | null;
  /** Of titles and queries. */
  readonly language: ShopLanguage;
}

/** The shop of `data/shop-sample.csv`. */
export const shopLogDefaults: ShopLogOptions = Object.freeze({
  users: 150,
  items: 270,
  days: 56,
  startMs: Date.UTC(2024, 0, 1),
  groups: defaultShopGroups,
  driftShare: 0.2,
  followRate: 0.4,
  anomalies: Object.freeze({
    botShare: 0.02,
    duplicateShare: 0.01,
    impossibleTimeShare: 0.005,
    missingTimeShare: 0.005,
    missingItemShare: 0.005,
    missingProfileShare: 0.05,
  }),
  seasonality: null,
  friends: null,
  conversions: null,
  churn: null,
  arrivals: null,
  oddities: null,
  details: false,
  dwell: null,
  missing: null,
  language: 'en',
});

/**
 * Refuse a shop that cannot be.
 *
 * @throws RangeError naming the option, its value and what it may be
 */
export function checkShopOptions(options: ShopLogOptions): void {
  const { users, items, days, startMs, groups, driftShare, followRate, anomalies } = options;
  const refuse = (problem: string): never => {
    throw new RangeError(`generateShopLog: ${problem}`);
  };
  for (const [name, value] of Object.entries({ users, items, days })) {
    if (!Number.isInteger(value) || value < 1) refuse(`${name} must be a whole number from 1, got ${value}`);
  }
  if (!Number.isSafeInteger(startMs))
    refuse(`startMs must be a whole number of milliseconds, got ${startMs}`);
  for (const [name, share] of Object.entries({ driftShare, followRate, ...anomalies })) {
    if (!(share >= 0 && share <= 1)) refuse(`${name} must be from 0 to 1, got ${share}`);
  }
  const { duplicateShare, impossibleTimeShare, missingTimeShare, missingItemShare } = anomalies;
  if (duplicateShare + impossibleTimeShare + missingTimeShare + missingItemShare > 1) {
    refuse('the shares of spoilt rows are more than 1 together');
  }
  if (groups.length === 0) refuse('there are no groups');
  if (groups.length === 1 && driftShare > 0) refuse('interests cannot move where there is one group');
  for (const group of groups) checkShopGroup(group, items);
  if (new Set(groups.map(({ name }) => name)).size < groups.length) refuse('two groups have the same name');

  const { seasonality, friends, conversions, churn, arrivals, oddities, details, dwell, missing, language } =
    options;
  const sold = Object.keys(shopCategories);
  if (seasonality) checkSeasonality(seasonality, sold);
  if (friends) checkFriends(friends);
  if (conversions) checkConversions(conversions);
  if (churn) {
    checkChurn(
      churn,
      groups.map(({ name }) => name),
    );
  }
  if (arrivals) checkArrivals(arrivals, days);
  if (oddities) {
    checkOddities(oddities);
    if (anomalies.botShare + oddities.clockworkShare > 1) refuse('there are more machines than users');
  }
  if (dwell) checkDwell(dwell, sold);
  if (missing) {
    checkMissing(missing);
    if (missing.price.share > 0 && !details) refuse('a price can be missing only where details are told');
    if (missing.dwell.share > 0 && !dwell) refuse('a dwell time can be missing only where there is one');
  }
  if (!['en', 'zh'].includes(language)) refuse(`language must be en or zh, got ${language}`);
}
