import type { Rng } from '../../base/random';
import { createRng } from '../../base/random';
import type { EventLog } from '../event';
import { drawWeighted } from '../weighted-draw';
import { csvSha256 } from '../write-csv';
import { drawArrivals, shelves } from './arrivals';
import { nextSession, type ShopCustomer } from './customers';
import { drawFriendLinks, type FriendLink } from './friends';
import { createInfluence } from './influence';
import { makeShopItems } from './items';
import type { MadeEvent } from './made-event';
import { burstEvents, type ClickTarget } from './oddities';
import { checkShopOptions, shopLogDefaults, type ShopLogOptions } from './options';
import { drawPopulation } from './population';
import { createPrices } from './prices';
import { dayFactor } from './seasonality';
import { playSession, type ShopWorld } from './sessions';
import { shopFormulas, type PlantedCustomer, type ShopTruth } from './truth';
import { writeDown } from './write-down';

/** A log with what is known beside it, and what only its maker knows. */
export interface ShopLog {
  readonly log: EventLog;
  /** Friendships, which a shop would know. */
  readonly links: readonly FriendLink[];
  readonly truth: ShopTruth;
}

const dayMs = 86_400_000;

/**
 * Make up the log of a small shop whose truth is known: groups, interests that move, seasons, friends, conversions,
 * customers who come and go, and faults.
 *
 * Customers search, browse, click, add to favourites and cart, and buy, session by session. The formulas stand with
 * their functions: who is who `drawPopulation`, when sessions start `nextSession` and `dayFactor`, what they show
 * `playSession`, what follows `exposureProbabilities`, `conversionProbability` and `examinationProbability`, friends
 * `drawFriendLinks` and `createInfluence`, leaving `drawLifetime`, dwell times `drawDwellMs`, missing values
 * `missingProbability`, machines and hurry `botEvents`, `clockworkEvents` and `burstEvents`. Rows come in time order as a
 * shop would log them; wrong and missing times stand where the right ones were. The same options and seed give the same
 * log, bit for bit; an option that is off changes nothing.
 *
 * @param onDay called after each day with the number of days done
 * @throws RangeError when an option is out of range
 */
export function generateShopLog(
  options: Partial<ShopLogOptions>,
  rng: Rng,
  onDay: (daysDone: number) => void = () => {},
): ShopLog {
  const chosen: ShopLogOptions = { ...shopLogDefaults, ...options };
  checkShopOptions(chosen);
  const { days, startMs, friends, seasonality } = chosen;
  const goods = makeShopItems(chosen.items, rng.child('items'), chosen.language);
  const priceAt = createPrices(goods.items, chosen.conversions, rng.child('discounts'));
  const target: ClickTarget = {
    itemIds: [...goods.items.keys()],
    priceAt: (itemId, timeMs) => priceAt(itemId, timeMs).price,
  };
  const sellers = [...goods.byCategory.values()].flatMap((own) => own.slice(1)).sort();
  const lateItemShare = chosen.arrivals?.lateItemShare ?? 0;
  const launchDayOf = drawArrivals(sellers, lateItemShare, days, rng.child('launches'));
  const population = drawPopulation(chosen, target, rng);
  const { groupOf, customers, eventsOf } = population;
  const links = friends ? drawFriendLinks(groupOf, friends, rng.child('friends')) : [];
  const world: ShopWorld = {
    ...chosen,
    goods,
    shelf: shelves(goods.byCategory, launchDayOf),
    launchDayOf,
    priceAt,
    influence: friends && createInfluence(links),
    influenceRate: friends?.influenceRate ?? 0,
  };
  for (let day = 0; day < days; day++) {
    playDay(day, customers, chosen, world, eventsOf);
    onDay(day + 1);
  }
  for (const customer of customers.filter(({ userId }) => population.hurried.has(userId))) {
    const own = rng.child('hurry', customer.userId);
    eventsOf.get(customer.userId)!.push(...burstOf(customer, chosen, world, own));
  }
  const { events, ...planted } = writeDown([...eventsOf.values()].flat(), chosen, goods, rng);
  const source = {
    name: 'made-up shop',
    file: null,
    sha256: csvSha256(events),
    rowsRead: events.length,
    rejected: [],
  };
  const lives = new Map<string, PlantedCustomer>(
    customers.map(({ userId, sessionRate, joinedDay, leftDay, life }) => [
      userId,
      { sessionRate, joinedDay, leftDay, ...life },
    ]),
  );
  const hasTimes = events.some((event) => event.timeMs !== null);
  return {
    log: { events, hasTimes, source, items: goods.items, users: population.users },
    links,
    truth: {
      formulas: shopFormulas,
      options: chosen,
      groupOf,
      drift: new Map(
        [...population.drift].filter(([userId, { atMs }]) => livesThrough(lives.get(userId)!, atMs, startMs)),
      ),
      customers: lives,
      dayFactors: Array.from({ length: days }, (_, day) => dayFactor(seasonality, startMs + day * dayMs)),
      followerOf: goods.followerOf,
      launchDayOf,
      exposures: planted.exposures,
      anomalies: { bots: population.bots, ...planted.anomalies },
      oddities: { clockwork: population.clockwork, bursts: planted.bursts },
      missing: planted.missing,
    },
  };
}

/** The log behind `data/shop-sample.csv`, with its truth. */
export function generateShopSample(): ShopLog {
  return generateShopLog(shopLogDefaults, createRng(20240101));
}

/** Whether somebody was a customer before and after a time: else a change of interests then did not happen. */
function livesThrough({ joinedDay, leftDay }: PlantedCustomer, atMs: number, startMs: number): boolean {
  const day = (atMs - startMs) / dayMs;
  return day >= joinedDay && (leftDay === null || day < leftDay + 1);
}

/** All sessions of a day in the order in which they start, so that what friends took before is known. */
function playDay(
  day: number,
  customers: readonly ShopCustomer[],
  { startMs, seasonality, churn }: ShopLogOptions,
  world: ShopWorld,
  eventsOf: ReadonlyMap<string, MadeEvent[]>,
): void {
  const plan = { startMs, seasonality, churnPer: churn && churn.per };
  const starts = customers.flatMap((customer) => {
    const atMs = nextSession(customer, day, plan);
    return atMs === null ? [] : [{ customer, atMs }];
  });
  for (const { customer, atMs } of starts.sort((a, b) => a.atMs - b.atMs)) {
    const own = eventsOf.get(customer.userId)!;
    for (const event of playSession(customer, atMs, day, world)) own.push(event);
  }
}

/** The hurry of a customer: on any day as a customer, at any hour, in a category of interest. */
function burstOf(
  { userId, group, drift, joinedDay, leftDay, sessions }: ShopCustomer,
  { days, startMs }: ShopLogOptions,
  { shelf, priceAt }: ShopWorld,
  rng: Rng,
): MadeEvent[] {
  const day = joinedDay + rng.integer((leftDay ?? days - 1) - joinedDay + 1);
  const atMs = startMs + day * dayMs + rng.integer(dayMs);
  const interests = drift && atMs >= drift.atMs ? drift.to : group;
  const stocked = Object.entries(interests.categories).filter(([name]) => shelf(name, day).length > 0);
  const itemIds = shelf(drawWeighted(Object.fromEntries(stocked), rng), day);
  const target = { itemIds, priceAt: (itemId: string, timeMs: number) => priceAt(itemId, timeMs).price };
  return burstEvents(userId, target, sessions + 1, atMs, rng);
}
