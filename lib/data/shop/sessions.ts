import type { Behavior } from '../event';
import { drawWeighted, drawZipf } from '../weighted-draw';
import type { ShopConversions } from './conversions';
import type { ShopCustomer } from './customers';
import { drawDwellMs, type ShopDwell } from './dwell';
import { clickProbability, exposureProbabilities } from './exposures';
import type { ShopGroup } from './groups';
import type { Influence, Suggestion } from './influence';
import type { ShopItems } from './items';
import type { MadeEvent, OpenExposure } from './made-event';
import type { Offer } from './prices';
import { categoryFactor, type ShopSeasonality } from './seasonality';

/** The goods and rules customers live with. */
export interface ShopWorld {
  readonly goods: ShopItems;
  /** Items of a category that are on sale on a day, best-selling first. */
  readonly shelf: (category: string, day: number) => readonly string[];
  readonly launchDayOf: ReadonlyMap<string, number>;
  readonly priceAt: (itemId: string, timeMs: number) => Offer;
  /** Probability that the next item of a session is the planted follower of the one before. */
  readonly followRate: number;
  readonly seasonality: ShopSeasonality | null;
  readonly conversions: ShopConversions | null;
  readonly dwell: ShopDwell | null;
  readonly influence: Influence | null;
  readonly influenceRate: number;
}

type Seen = Omit<Suggestion, 'friendId'> & { readonly friendId: string | null };

/**
 * Everything a customer does in one session, oldest first.
 *
 * A session is about one category, drawn by the interests at its start (each weight times
 * `categoryFactor`). It shows 1 + a geometric
 * number of items: with probability `influenceRate` one that a friend took before, whatever its category; else the
 * planted follower of the item before with probability `followRate`, otherwise one by popularity (Zipf). Every item runs
 * the funnel browse -> click -> favourite and cart -> purchase with the probabilities of its exposure. 2 seconds and an
 * exponential 20 seconds lie between two events; after a click its dwell time, where there is one.
 */
export function playSession(
  customer: ShopCustomer,
  startMs: number,
  day: number,
  world: ShopWorld,
): MadeEvent[] {
  const { userId, group, drift, rng, sessions: session } = customer;
  const { goods, followRate, influence } = world;
  const interests = drift && startMs >= drift.atMs ? drift.to : group;
  const weights = Object.entries(interests.categories)
    .filter(([category]) => world.shelf(category, day).length > 0)
    .map(([category, weight]) => [category, weight * categoryFactor(world.seasonality, category, startMs)]);
  const shelf = world.shelf(drawWeighted(Object.fromEntries(weights) as Record<string, number>, rng), day);
  const byPopularity = (): string => shelf[drawZipf(shelf.length, rng)]!;

  const events: MadeEvent[] = [];
  let timeMs = startMs;
  const act = (
    behavior: Behavior,
    itemId: string | null,
    query: string | null,
    price: number | null,
    exposure: OpenExposure | null = null,
  ): void => {
    const gapMs = Math.round(2000 - 20_000 * Math.log(1 - rng.next()));
    const dwellMs =
      behavior === 'click' && world.dwell
        ? drawDwellMs(world.dwell[categoryOf(goods, itemId!)]!, customer.dwellRng)
        : null;
    const isBurst = false;
    events.push({ userId, behavior, itemId, query, timeMs, session, price, dwellMs, exposure, isBurst });
    if (behavior === 'favorite' || behavior === 'purchase') influence?.took(userId, itemId!, timeMs);
    timeMs += dwellMs ?? gapMs;
  };
  const see = (usual: string): Seen => {
    if (influence !== null && customer.socialRng.next() < world.influenceRate) {
      const suggestion = influence.suggest(userId, timeMs, customer.socialRng);
      if (suggestion !== null) return suggestion;
    }
    return { itemId: usual, friendId: null };
  };

  let seen = see(byPopularity());
  if (rng.next() < group.searchRate) act('search', null, goods.keywordOf.get(seen.itemId)!, null);
  const stopRate = 1 / group.itemsPerSession;
  for (let place = 1; ; place++) {
    const { itemId } = seen;
    const { price, isDiscounted } = world.priceAt(itemId, timeMs);
    const exposure = expose(customer, interests, seen, place, timeMs, isDiscounted, world);
    act('browse', itemId, null, price, exposure);
    if (rng.next() < clickProbability(exposure)) {
      exposure.didClick = true;
      act('click', itemId, null, price);
      if (rng.next() < exposure.favorite) {
        exposure.didFavorite = true;
        act('favorite', itemId, null, price);
      }
      if (rng.next() < exposure.cart) {
        exposure.didCart = true;
        act('cart', itemId, null, price);
        if (rng.next() < exposure.purchase) {
          exposure.didPurchase = true;
          act('purchase', itemId, null, price);
        }
      }
    }
    if (rng.next() < stopRate) return events;
    const follower = goods.followerOf.get(itemId)!;
    const follows = rng.next() < followRate && (world.launchDayOf.get(follower) ?? 0) <= day;
    seen = see(follows ? follower : byPopularity());
  }
}

/** Note that an item is seen, and what it could lead to; nothing has happened yet. */
function expose(
  { userId, group, views }: ShopCustomer,
  interests: ShopGroup,
  { itemId, friendId }: Seen,
  place: number,
  timeMs: number,
  isDiscounted: boolean,
  { goods, conversions }: ShopWorld,
): OpenExposure {
  const earlierViews = views.get(itemId) ?? 0;
  views.set(itemId, earlierViews + 1);
  const situation = { item: goods.items.get(itemId)!, place, earlierViews, timeMs, isDiscounted };
  return {
    event: -1,
    userId,
    itemId,
    place,
    ...exposureProbabilities(group, interests, situation, conversions),
    didClick: false,
    didFavorite: false,
    didCart: false,
    didPurchase: false,
    friendId,
  };
}

function categoryOf(goods: ShopItems, itemId: string): string {
  return goods.items.get(itemId)!.categories[0]!;
}
