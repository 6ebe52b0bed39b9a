import type { ShopConversions } from './conversions';
import type { ShopDwell } from './dwell';
import { shopLogDefaults, type ShopLogOptions } from './options';
import type { ShopSeasonality } from './seasonality';

/** Quiet at the beginning of the week, busy at its end and before Christmas; each season has its goods. */
export const shopSeasonality: ShopSeasonality = {
  weekdays: [0.9, 0.85, 0.85, 0.9, 1, 1.3, 1.2],
  yearAmplitude: 0.3,
  yearPeakDay: 345,
  categories: {
    toys: { peakDay: 350, spreadDays: 14, lift: 4 },
    games: { peakDay: 335, spreadDays: 20, lift: 1.5 },
    sport: { peakDay: 160, spreadDays: 40, lift: 2 },
    fashion: { peakDay: 90, spreadDays: 25, lift: 1 },
  },
};

/** Dear items are bought less, known ones, offers and weekends help, and what nobody looks for is hardly clicked. */
export const shopConversions: ShopConversions = {
  effects: {
    click: { priceLevel: -0.3, earlierViews: 0.3, weekend: 0.2, discount: 0.5, disinterest: -1 },
    favorite: { priceLevel: 0, earlierViews: 0.3, weekend: 0, discount: 0.2, disinterest: -0.5 },
    cart: { priceLevel: -0.4, earlierViews: 0.2, weekend: 0.1, discount: 0.6, disinterest: -0.3 },
    purchase: { priceLevel: -0.5, earlierViews: 0.1, weekend: 0.3, discount: 0.4, disinterest: 0 },
  },
  examination: [1, 0.9, 0.8, 0.72, 0.65, 0.6, 0.55, 0.5],
  discountShare: 0.15,
  discountRate: 0.2,
};

/** Half a minute is typical; books are read into, groceries are not. */
export const shopDwell: ShopDwell = {
  electronics: { medianMs: 40_000, sigma: 0.9 },
  books: { medianMs: 55_000, sigma: 1 },
  games: { medianMs: 45_000, sigma: 0.9 },
  home: { medianMs: 30_000, sigma: 0.8 },
  toys: { medianMs: 25_000, sigma: 0.8 },
  groceries: { medianMs: 10_000, sigma: 0.6 },
  fashion: { medianMs: 35_000, sigma: 0.9 },
  beauty: { medianMs: 28_000, sigma: 0.8 },
  sport: { medianMs: 30_000, sigma: 0.8 },
};

/**
 * The made-up shop with everything switched on: a year of seasons, friends, conversions, customers who come and go.
 *
 * However many users, a customer of a group with a quarter of them has some eight friends of the same group and four
 * others.
 */
export function fullShopOptions(users: number): ShopLogOptions {
  return {
    ...shopLogDefaults,
    users,
    days: 364,
    seasonality: shopSeasonality,
    friends: {
      withinRate: Math.min(1, 32 / users),
      betweenRate: Math.min(1, 16 / (3 * users)),
      influenceRate: 0.15,
    },
    conversions: shopConversions,
    churn: { per: 'session', hazard: 0.03, concentration: 10 },
    arrivals: { lateUserShare: 0.3, lateItemShare: 0.2 },
    oddities: { clockworkShare: 0.01, burstShare: 0.03 },
    details: true,
    dwell: shopDwell,
    missing: { dwell: { share: 0.05, slope: 0.8 }, price: { share: 0.03, slope: 0 } },
  };
}
