import type { Rng } from '../../base/random';
import type { UserInfo } from '../event';
import { drawWeighted } from '../weighted-draw';
import { drawArrivals } from './arrivals';
import { drawLifetime } from './churn';
import type { InterestDrift, ShopCustomer } from './customers';
import type { ShopGroup } from './groups';
import type { MadeEvent } from './made-event';
import { botEvents, clockworkEvents, type ClickTarget } from './oddities';
import type { ShopLogOptions } from './options';

/** Everybody who uses the made-up shop, before the first day. */
export interface ShopPopulation {
  readonly users: ReadonlyMap<string, UserInfo>;
  readonly customers: readonly ShopCustomer[];
  readonly groupOf: ReadonlyMap<string, string>;
  readonly drift: ReadonlyMap<string, InterestDrift>;
  readonly bots: ReadonlySet<string>;
  /** Gap in ms of every regular machine. */
  readonly clockwork: ReadonlyMap<string, number>;
  /** Customers who will once be in a hurry. */
  readonly hurried: ReadonlySet<string>;
  /** Events of every user so far: those of the machines. In the order of the user ids. */
  readonly eventsOf: ReadonlyMap<string, MadeEvent[]>;
}

const dayMs = 86_400_000;

/**
 * Draw who is a machine, who belongs to which group, whose interests move and when, who joins late and leaves.
 *
 * A customer's diligence, which multiplies the group's sessions, is log-normal with standard deviation .5 in the
 * logarithm. Interests move once, between 30 % and 70 % of the period, to those of another group, each alike.
 */
export function drawPopulation(options: ShopLogOptions, target: ClickTarget, rng: Rng): ShopPopulation {
  const { groups, anomalies, startMs, churn } = options;
  const endMs = startMs + options.days * dayMs;
  const roles = drawRoles(options, rng);
  const users = new Map<string, UserInfo>();
  const customers: ShopCustomer[] = [];
  const groupOf = new Map<string, string>();
  const drift = new Map<string, InterestDrift>();
  const clockwork = new Map<string, number>();
  const eventsOf = new Map<string, MadeEvent[]>();
  for (const userId of roles.userIds) {
    const own = rng.child('user', userId);
    const group = drawGroup(groups, own);
    users.set(userId, { profile: drawProfile(group, anomalies.missingProfileShare, own) });
    if (roles.bots.has(userId)) {
      eventsOf.set(userId, botEvents(userId, target, startMs, endMs, own));
      continue;
    }
    if (roles.clockwork.has(userId)) {
      const { gapMs, events } = clockworkEvents(userId, target, startMs, endMs, own);
      clockwork.set(userId, gapMs);
      eventsOf.set(userId, events);
      continue;
    }
    groupOf.set(userId, group.name);
    let move: ShopCustomer['drift'] = null;
    if (roles.drifters.has(userId)) {
      const others = groups.filter((other) => other !== group);
      const to = others[own.integer(others.length)]!;
      move = { atMs: Math.floor(startMs + (0.3 + 0.4 * own.next()) * (endMs - startMs)), to };
      drift.set(userId, { atMs: move.atMs, from: group.name, to: to.name });
    }
    const diligence = Math.exp(0.5 * own.normal());
    customers.push({
      userId,
      group,
      drift: move,
      sessionRate: (group.sessionsPerWeek / 7) * diligence,
      joinedDay: roles.joinedDayOf.get(userId) ?? 0,
      life: churn
        ? drawLifetime(churn, group.name, rng.child('churn', userId))
        : { hazard: 0, lifetime: null },
      rng: own,
      socialRng: rng.child('social', userId),
      dwellRng: rng.child('dwell', userId),
      sessions: 0,
      views: new Map(),
      leftDay: null,
    });
    eventsOf.set(userId, []);
  }
  const { bots, hurried } = roles;
  return { users, customers, groupOf, drift, bots, clockwork, hurried, eventsOf };
}

/** Who is what; the order of the shuffle decides, so that one share does not move the others. */
function drawRoles({ users, days, driftShare, anomalies, arrivals, oddities }: ShopLogOptions, rng: Rng) {
  const digits = String(users).length;
  const userIds = Array.from({ length: users }, (_, n) => `u${String(n + 1).padStart(digits, '0')}`);
  const shuffled = rng.child('roles').shuffle([...userIds]);
  const numBots = Math.round(anomalies.botShare * users);
  const numClockwork = Math.min(Math.round((oddities?.clockworkShare ?? 0) * users), users - numBots);
  const people = shuffled.slice(numBots, users - numClockwork);
  const hurried = rng.child('hurried').shuffle([...people]);
  return {
    userIds,
    bots: new Set(shuffled.slice(0, numBots)),
    clockwork: new Set(shuffled.slice(users - numClockwork)),
    drifters: new Set(people.slice(0, Math.round(driftShare * people.length))),
    hurried: new Set(hurried.slice(0, Math.round((oddities?.burstShare ?? 0) * people.length))),
    joinedDayOf: drawArrivals(people, arrivals?.lateUserShare ?? 0, days, rng.child('arrivals')),
  };
}

function drawGroup(groups: readonly ShopGroup[], rng: Rng): ShopGroup {
  const name = drawWeighted(Object.fromEntries(groups.map(({ name, share }) => [name, share])), rng);
  return groups.find((group) => group.name === name)!;
}

function drawProfile(group: ShopGroup, missingShare: number, rng: Rng): Record<string, string> {
  const drawn = Object.entries(group.profile).map(([name, weights]) => [name, drawWeighted(weights, rng)]);
  return Object.fromEntries(drawn.filter(() => rng.next() >= missingShare)) as Record<string, string>;
}
