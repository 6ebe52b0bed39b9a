import type { Rng } from '../../base/random';
import { drawBeta } from '../gamma-draw';

/** How customers leave the made-up shop for good. */
export interface ShopChurn {
  /** After what a customer may leave: each day, or each session. */
  readonly per: 'day' | 'session';
  /** Mean probability to leave then, from 0 to 1: one for all, or one for each group by name. */
  readonly hazard: number | Readonly<Record<string, number>>;
  /**
   * How alike customers are: each has an own hazard, beta with parameters hazard x concentration and
   * (1 - hazard) x concentration; `null` for the same hazard for all of a group.
   */
  readonly concentration: number | null;
}

/** When a customer was planted to leave. */
export interface Lifetime {
  /** The customer's own probability to leave after each day or session. */
  readonly hazard: number;
  /** Days or sessions (as the option `per` says) until then, at least 1; `null` for never. */
  readonly lifetime: number | null;
}

/**
 * Draw how many days or sessions a customer stays: geometric, P(L = l) = hazard (1 - hazard)^(l - 1).
 *
 * With a `concentration` the hazards differ as in the models of the source, and the share of survivors falls more slowly
 * the longer they have stayed.
 *
 * @source Fader, Hardie & Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model",
 *   Marketing Science 24(2), 2005, assumptions iii and iv (dropout after each transaction with a beta probability).
 * @source Fader & Hardie, "How to Project Customer Retention", Journal of Interactive Marketing 21(1), 2007 (the
 *   same by calendar time).
 * @differs The source counts repeat purchases as transactions, and time between them is exponential; here a session
 *   or a day is one, and a day brings at most one session.
 */
export function drawLifetime({ hazard, concentration }: ShopChurn, group: string, rng: Rng): Lifetime {
  const mean = typeof hazard === 'number' ? hazard : hazard[group]!;
  const own = concentration === null ? mean : drawBeta(mean, concentration, rng);
  const uniform = rng.next();
  if (own === 0) return { hazard: 0, lifetime: null };
  if (own === 1) return { hazard: 1, lifetime: 1 };
  const lifetime = 1 + Math.floor(Math.log1p(-uniform) / Math.log1p(-own));
  // A hazard of 1e-300 gives lifetimes that are no whole numbers any more.
  return { hazard: own, lifetime: Number.isSafeInteger(lifetime) ? lifetime : null };
}

/**
 * Refuse a churn that no customer could have.
 *
 * @throws RangeError naming what cannot be a churn
 */
export function checkChurn({ hazard, concentration }: ShopChurn, groups: readonly string[]): void {
  const hazards = typeof hazard === 'number' ? { 'all groups': hazard } : hazard;
  if (typeof hazard !== 'number') {
    const forgotten = groups.find((name) => !Object.hasOwn(hazard, name));
    if (forgotten !== undefined) throw new RangeError(`churn: there is no hazard for '${forgotten}'`);
    const unknown = Object.keys(hazard).find((name) => !groups.includes(name));
    if (unknown !== undefined) throw new RangeError(`churn: there is no group '${unknown}'`);
  }
  for (const [name, value] of Object.entries(hazards)) {
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(`churn: the hazard of ${name} must be from 0 to 1, got ${value}`);
    }
  }
  if (concentration !== null && !(concentration > 0 && concentration < Infinity)) {
    throw new RangeError(`churn: concentration must be above 0 or null, got ${concentration}`);
  }
}
