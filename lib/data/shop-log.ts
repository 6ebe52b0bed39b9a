import type { Rng } from '../base/random';
import { createRng } from '../base/random';
import type { EventLog, UserEvent, UserInfo } from './event';
import { botEvents, plantRowAnomalies, type PlantedAnomalies, type ShopAnomalies } from './shop-anomalies';
import { checkShopGroup, defaultShopGroups, type ShopGroup } from './shop-groups';
import { makeShopItems } from './shop-items';
import { customerEvents, type InterestDrift, type ShopCustomer } from './shop-sessions';
import { drawWeighted } from './weighted-draw';
import { csvSha256 } from './write-csv';

export interface ShopLogOptions {
  /** Customers and bots together. */
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
}

/** What was planted, to score a clustering, a change detector or a cleaning against. */
export interface ShopTruth {
  /** Group of every customer at the start; bots have none. */
  readonly groupOf: ReadonlyMap<string, string>;
  /** Customers whose interests move. */
  readonly drift: ReadonlyMap<string, InterestDrift>;
  readonly followerOf: ReadonlyMap<string, string>;
  readonly anomalies: PlantedAnomalies;
}

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
});

/**
 * Make up the log of a small shop whose truth is known: groups, interests that move, and faults.
 *
 * Customers search, browse, click, add to favourites and cart, and buy, session by session (see
 * `customerEvents` for the formulas). Rows come in time order as a shop would log them; wrong and missing times
 * stand where the right ones were. Interests move once, between 30 % and 70 % of the period, to the categories
 * of another group; hours and funnel stay. The same options and seed give the same log, bit for bit.
 *
 * @throws RangeError when an option is out of range
 */
export function generateShopLog(
  options: Partial<ShopLogOptions>,
  rng: Rng,
): { log: EventLog; truth: ShopTruth } {
  const chosen: ShopLogOptions = { ...shopLogDefaults, ...options };
  checkOptions(chosen);
  const { users: numUsers, days, startMs, groups, anomalies, followRate } = chosen;
  const endMs = startMs + days * 86_400_000;
  const goods = makeShopItems(chosen.items, rng.child('items'));
  const world = { startMs, days, goods, followRate };

  const digits = String(numUsers).length;
  const userIds = Array.from({ length: numUsers }, (_, n) => `u${String(n + 1).padStart(digits, '0')}`);
  const shuffled = rng.child('roles').shuffle([...userIds]);
  const bots = new Set(shuffled.slice(0, Math.round(anomalies.botShare * numUsers)));
  const people = shuffled.slice(bots.size);
  const drifters = new Set(people.slice(0, Math.round(chosen.driftShare * people.length)));

  const groupOf = new Map<string, string>();
  const drift = new Map<string, InterestDrift>();
  const users = new Map<string, UserInfo>();
  const events: UserEvent[] = [];
  for (const userId of userIds) {
    const own = rng.child('user', userId);
    const group = drawGroup(groups, own);
    users.set(userId, { profile: drawProfile(group, anomalies.missingProfileShare, own) });
    if (bots.has(userId)) {
      pushAll(events, botEvents(userId, [...goods.items.keys()], startMs, endMs, own));
      continue;
    }
    groupOf.set(userId, group.name);
    let move: ShopCustomer['drift'] = null;
    if (drifters.has(userId)) {
      const others = groups.filter((other) => other !== group);
      const to = others[own.integer(others.length)]!;
      move = { atMs: Math.floor(startMs + (0.3 + 0.4 * own.next()) * (endMs - startMs)), to };
      drift.set(userId, { atMs: move.atMs, from: group.name, to: to.name });
    }
    pushAll(events, customerEvents({ userId, group, drift: move }, world, own));
  }
  events.sort((a, b) => a.timeMs! - b.timeMs!);
  const { events: rows, planted } = plantRowAnomalies(events, anomalies, rng.child('anomalies'));
  const source = {
    name: 'made-up shop',
    file: null,
    sha256: csvSha256(rows),
    rowsRead: rows.length,
    rejected: [],
  };
  return {
    log: {
      events: rows,
      hasTimes: rows.some((event) => event.timeMs !== null),
      source,
      items: goods.items,
      users,
    },
    truth: { groupOf, drift, followerOf: goods.followerOf, anomalies: { bots, ...planted } },
  };
}

/** The log behind `data/shop-sample.csv`, with its truth. */
export function generateShopSample(): { log: EventLog; truth: ShopTruth } {
  return generateShopLog(shopLogDefaults, createRng(20240101));
}

function drawGroup(groups: readonly ShopGroup[], rng: Rng): ShopGroup {
  const name = drawWeighted(Object.fromEntries(groups.map(({ name, share }) => [name, share])), rng);
  return groups.find((group) => group.name === name)!;
}

function drawProfile(group: ShopGroup, missingShare: number, rng: Rng): Record<string, string> {
  const drawn = Object.entries(group.profile).map(([name, weights]) => [name, drawWeighted(weights, rng)]);
  return Object.fromEntries(drawn.filter(() => rng.next() >= missingShare)) as Record<string, string>;
}

function pushAll(into: UserEvent[], events: readonly UserEvent[]): void {
  for (const event of events) into.push(event);
}

function checkOptions({
  users,
  items,
  days,
  startMs,
  groups,
  driftShare,
  followRate,
  anomalies,
}: ShopLogOptions): void {
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
}
