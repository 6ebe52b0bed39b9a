import type { Rng } from '../base/random';
import type { Behavior, UserEvent } from './event';
import type { ShopGroup } from './shop-groups';
import type { ShopItems } from './shop-items';
import { drawWeighted, drawZipf } from './weighted-draw';

/** Interests that move: from `atMs` on, the user looks for what the group `to` looks for. */
export interface InterestDrift {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
}

/** One customer of the made-up shop. */
export interface ShopCustomer {
  readonly userId: string;
  readonly group: ShopGroup;
  /** `null` for constant interests. */
  readonly drift: { readonly atMs: number; readonly to: ShopGroup } | null;
}

/** The time and the goods customers live with. */
export interface ShopWorld {
  readonly startMs: number;
  readonly days: number;
  readonly goods: ShopItems;
  /** Probability that the next item of a session is the planted follower of the one before. */
  readonly followRate: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * Everything one customer does, oldest first within each session.
 *
 * Each day brings a session with probability `sessionsPerWeek` / 7 times the customer's own diligence
 * (log-normal, standard deviation .5 in the logarithm), at most 1. It starts around the group's hour (normal,
 * around the clock) and is about one category. It shows 1 + a geometric number of items: the planted follower
 * of the item before with probability `followRate`, otherwise one by popularity (Zipf). Every item runs the
 * funnel browse -> click -> favourite and cart -> purchase with the group's rates; 2 seconds and an
 * exponential 20 seconds lie between two events.
 */
export function customerEvents(customer: ShopCustomer, world: ShopWorld, rng: Rng): UserEvent[] {
  const { group, drift } = customer;
  const diligence = Math.exp(0.5 * rng.normal());
  const events: UserEvent[] = [];
  for (let day = 0; day < world.days; day++) {
    if (rng.next() >= (group.sessionsPerWeek / 7) * diligence) continue;
    const hour = (((group.peakHour + group.spreadHours * rng.normal()) % 24) + 24) % 24;
    const startMs = world.startMs + day * dayMs + Math.floor(hour * hourMs);
    const interests = drift && startMs >= drift.atMs ? drift.to : group;
    events.push(...sessionEvents(customer, interests, startMs, world, rng));
  }
  return events;
}

function sessionEvents(
  { userId, group }: ShopCustomer,
  interests: ShopGroup,
  startMs: number,
  { goods, followRate }: ShopWorld,
  rng: Rng,
): UserEvent[] {
  const stocked = Object.entries(interests.categories).filter(
    ([category]) => (goods.byCategory.get(category)?.length ?? 0) > 0,
  );
  const shelf = goods.byCategory.get(drawWeighted(Object.fromEntries(stocked), rng))!;
  const byPopularity = (): string => shelf[drawZipf(shelf.length, rng)]!;
  const events: UserEvent[] = [];
  let timeMs = startMs;
  const act = (behavior: Behavior, itemId: string | null, query: string | null): void => {
    events.push({ userId, behavior, itemId, query, timeMs, rating: null, row: 0 });
    timeMs += Math.round(2000 - 20_000 * Math.log(1 - rng.next()));
  };

  let itemId = byPopularity();
  if (rng.next() < group.searchRate) act('search', null, goods.keywordOf.get(itemId)!);
  const stopRate = 1 / group.itemsPerSession;
  for (;;) {
    act('browse', itemId, null);
    if (rng.next() < group.clickRate) {
      act('click', itemId, null);
      if (rng.next() < group.favoriteRate) act('favorite', itemId, null);
      if (rng.next() < group.cartRate) {
        act('cart', itemId, null);
        if (rng.next() < group.purchaseRate) act('purchase', itemId, null);
      }
    }
    if (rng.next() < stopRate) return events;
    itemId = rng.next() < followRate ? goods.followerOf.get(itemId)! : byPopularity();
  }
}
