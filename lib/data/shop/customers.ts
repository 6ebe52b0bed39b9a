import type { Rng } from '../../base/random';
import type { ShopGroup } from './groups';
import type { Lifetime } from './churn';
import { dayFactor, type ShopSeasonality } from './seasonality';

/** Interests that move: from `atMs` on, the user looks for what the group `to` looks for. */
export interface InterestDrift {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
}

/** One customer of the made-up shop, with the state that makes the next session differ from the last. */
export interface ShopCustomer {
  readonly userId: string;
  readonly group: ShopGroup;
  /** `null` for constant interests. */
  readonly drift: { readonly atMs: number; readonly to: ShopGroup } | null;
  /** Mean sessions a day before any season: the group's, times the customer's own diligence. */
  readonly sessionRate: number;
  /** First day, from 0. */
  readonly joinedDay: number;
  readonly life: Lifetime;
  /** Draws of the sessions. What options add draws from sources of their own, so that nothing else moves. */
  readonly rng: Rng;
  readonly socialRng: Rng;
  readonly dwellRng: Rng;
  /** Sessions so far. */
  sessions: number;
  /** How often each item was seen so far. */
  readonly views: Map<string, number>;
  /** The last day in the shop, where that is within the period. */
  leftDay: number | null;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * When a customer's session of a day starts, in ms; `null` on a day without one. To be called day after day.
 *
 * A day brings a session with probability min(1, `sessionRate` x `dayFactor`), from the day of joining until the
 * customer has left. It starts around the group's hour (normal, around the clock).
 */
export function nextSession(
  customer: ShopCustomer,
  day: number,
  { startMs, seasonality, churnPer }: SessionPlan,
): number | null {
  const { group, rng, life } = customer;
  if (day < customer.joinedDay || customer.leftDay !== null) return null;
  if (churnPer === 'day' && life.lifetime === day - customer.joinedDay + 1) customer.leftDay = day;
  const todayMs = startMs + day * dayMs;
  if (rng.next() >= customer.sessionRate * dayFactor(seasonality, todayMs)) return null;
  customer.sessions += 1;
  if (churnPer === 'session' && life.lifetime === customer.sessions) customer.leftDay = day;
  const hour = (((group.peakHour + group.spreadHours * rng.normal()) % 24) + 24) % 24;
  return todayMs + Math.floor(hour * hourMs);
}

/** What the calendar of sessions hangs on. */
export interface SessionPlan {
  readonly startMs: number;
  readonly seasonality: ShopSeasonality | null;
  /** After what customers may leave; `null` for never. */
  readonly churnPer: 'day' | 'session' | null;
}
