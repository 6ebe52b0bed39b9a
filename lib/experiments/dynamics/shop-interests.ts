import { defaultShopGroups, type ShopGroup } from '../../data/shop/groups';
import type { ShopLog } from '../../data/shop/log';
import { visitInterests, type VisitInterests } from './visit-interests';

/** Visits of the customers of a made-up shop, with what was planted. */
export interface ShopInterests extends VisitInterests {
  /** First day of the period, ms since 1970-01-01 UTC. */
  readonly startMs: number;
  readonly endMs: number;
  /** When each user's interests move, ms; `null` for who keeps theirs. */
  readonly movedMs: readonly (number | null)[];
  /** Group of each user at the start. */
  readonly groups: readonly string[];
}

const dayMs = 86_400_000;

/**
 * Take what a made-up shop planted about interests: its customers, their visits, and who moved when.
 *
 * Machines are left out, and so are events with a missing or impossible time; a real log needs cleaning for that.
 */
export function shopInterests({ log, truth }: ShopLog): ShopInterests {
  const { startMs, days } = truth.options;
  const endMs = startMs + days * dayMs;
  const events = log.events.filter(
    ({ userId, timeMs }) =>
      truth.groupOf.has(userId) && timeMs !== null && timeMs >= startMs && timeMs < endMs,
  );
  const interests = visitInterests({ ...log, events });
  return {
    ...interests,
    startMs,
    endMs,
    movedMs: interests.userIds.map((id) => truth.drift.get(id)?.atMs ?? null),
    groups: interests.userIds.map((id) => truth.groupOf.get(id)!),
  };
}

/**
 * The shop's usual groups, each interested in everything a little: a harder world for whoever looks for change.
 *
 * The usual groups share hardly any category, so that counting a customer's categories finds out who moved.
 *
 * @param everywhere weight added to every category of every group, from 0; the groups' own weights are 1 to 8
 * @throws RangeError when the weight is negative or not finite
 */
export function overlappingGroups(everywhere: number): ShopGroup[] {
  if (!(everywhere >= 0 && everywhere < Infinity))
    throw new RangeError(`overlappingGroups: the weight must be from 0, got ${everywhere}`);
  const names = [...new Set(defaultShopGroups.flatMap(({ categories }) => Object.keys(categories)))];
  return defaultShopGroups.map((group) => ({
    ...group,
    categories: Object.fromEntries(names.map((name) => [name, (group.categories[name] ?? 0) + everywhere])),
  }));
}
