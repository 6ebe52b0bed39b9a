import type { ItemInfo } from '../event';
import {
  conversionProbability,
  examinationProbability,
  type ConversionFeatures,
  type ConversionStep,
  type ShopConversions,
} from './conversions';
import type { ShopGroup } from './groups';
import { priceLevel } from './prices';

/** Features of an item seen, and the probabilities of what can follow. */
export interface ExposureProbabilities extends ConversionFeatures {
  /** Probability that the place is looked at. */
  readonly examination: number;
  /** Probability of a click if it is. */
  readonly attraction: number;
  /** Probability that an item clicked becomes a favourite. */
  readonly favorite: number;
  /** Probability that an item clicked goes into the cart. */
  readonly cart: number;
  /** Probability that an item in the cart is bought. */
  readonly purchase: number;
}

/**
 * One item seen by one customer of the made-up shop, with the probability of all that could follow, and what did.
 *
 * The best possible prediction of a click is `examination` x `attraction`; of a purchase after a click `cart` x
 * `purchase`. Nothing else in the log helps.
 */
export interface ShopExposure extends ExposureProbabilities {
  /** Position in `log.events` of the event `browse`. */
  readonly event: number;
  readonly userId: string;
  readonly itemId: string;
  /** Place in the session: 1 for the first item seen. */
  readonly place: number;
  readonly didClick: boolean;
  readonly didFavorite: boolean;
  readonly didCart: boolean;
  readonly didPurchase: boolean;
  /** The friend because of whom the item was shown; `null` for any other reason. */
  readonly friendId: string | null;
}

/** What is shown where and when. */
export interface ExposureSituation {
  readonly item: ItemInfo;
  /** Place in the session, from 1. */
  readonly place: number;
  /** How often the customer has seen the item before. */
  readonly earlierViews: number;
  readonly timeMs: number;
  readonly isDiscounted: boolean;
}

/**
 * What an item could lead to if it were shown: the features of `conversionProbability` and the probabilities.
 *
 * Rates are those of `group`, where the customer belongs; interests are those of `interests`, the same group or the
 * one whose interests the customer has moved to.
 */
export function exposureProbabilities(
  group: ShopGroup,
  interests: ShopGroup,
  { item, place, earlierViews, timeMs, isDiscounted }: ExposureSituation,
  conversions: ShopConversions | null,
): ExposureProbabilities {
  const features: ConversionFeatures = {
    priceLevel: priceLevel(item),
    earlierViews: Math.min(earlierViews, 3),
    weekend: isWeekend(timeMs) ? 1 : 0,
    discount: Number(isDiscounted),
    disinterest: disinterest(interests, item.categories[0]!),
  };
  const probability = (step: ConversionStep, rate: number): number =>
    conversionProbability(rate, features, conversions && conversions.effects[step]);
  return {
    ...features,
    examination: examinationProbability(conversions, place),
    attraction: probability('click', group.clickRate),
    favorite: probability('favorite', group.favoriteRate),
    cart: probability('cart', group.cartRate),
    purchase: probability('purchase', group.purchaseRate),
  };
}

/** Saturday or Sunday, UTC. 1970-01-01 was a Thursday. */
function isWeekend(timeMs: number): boolean {
  const day = Math.floor(timeMs / 86_400_000) + 3;
  return day - 7 * Math.floor(day / 7) >= 5;
}

/** Probability of the click: looked at, and liked. */
export function clickProbability({
  examination,
  attraction,
}: Pick<ExposureProbabilities, 'examination' | 'attraction'>): number {
  return examination * attraction;
}

/** How far a category is from what a group wants most: 0 for its dearest, 1 for one it never looks for. */
export function disinterest({ categories }: ShopGroup, category: string): number {
  return 1 - (categories[category] ?? 0) / Math.max(...Object.values(categories));
}
