import { InputError } from '../../base/errors';
import { clusteredProportion, type ClusteredProportion } from '../../evaluation/clustered-proportion';

/** A stage of a funnel: one of these behaviours. */
export interface FunnelStage {
  readonly name: string;
  readonly behaviors: readonly string[];
}

/** What shops ask most: who sees, who takes, who buys. */
export const shopFunnel: readonly FunnelStage[] = [
  { name: 'browse', behaviors: ['browse', 'click'] },
  { name: 'cart', behaviors: ['cart'] },
  { name: 'purchase', behaviors: ['purchase', 'pay'] },
];

/** What somebody did in one go: a visit, or a whole history. */
export interface Journey {
  /** Whose: journeys of one user are not independent. */
  readonly user: number;
  /** In order of time. */
  readonly steps: readonly { readonly behavior: string; readonly itemId?: string | null }[];
}

/** How many journeys come as far as a stage. */
export interface FunnelStep {
  readonly name: string;
  /** Journeys that reach this stage after all before it, in order. */
  readonly reached: number;
  /** Users with such a journey. */
  readonly users: number;
  /** Journeys that have the behaviour of this stage but do not reach it in order: bought without a cart, or before it. */
  readonly outOfOrder: number;
  /** Of all journeys, with an interval of 95 % that knows whose they are. */
  readonly ofAll: ClusteredProportion;
  /** Of the journeys that reach the stage before, likewise; of the first stage `ofAll`; `null` where nobody came that far. */
  readonly ofPrevious: ClusteredProportion | null;
}

/** How the order is understood. */
export interface FunnelOptions {
  /** Whether all stages must be about one item: seen, put into the cart and bought, this lamp. Default false. */
  readonly sameItem?: boolean;
}

/**
 * Count how many journeys go through a row of stages in order: the conversion funnel.
 *
 * A journey reaches stage k if it has k events, each later than the one before, of which the first is of stage 1, the second of stage
 * 2, and so on; anything may lie between them. So the counts never rise. With `sameItem` all k events must be of one item, whichever.
 * An event serves one stage. Of a journey that skips a stage nothing behind it counts; `outOfOrder` says how many these are.
 *
 * @returns one step a stage
 * @throws RangeError when there are no journeys, no stages, or two stages have one name
 * @throws InputError when the journeys have one behaviour only, or none of a stage: then the log cannot tell of a funnel
 * @source Lee, Podlaseck, Schonberg & Hoch, "Visualization and Analysis of Clickstream Data of Online Stores for Understanding Web
 *   Merchandising", Data Mining and Knowledge Discovery 5, 2001 (look to click, click to basket, basket to buy); the intervals: see
 *   `clusteredProportion`.
 * @differs There each stage is divided by the one before, whatever the order; here a stage counts only after those before it.
 */
export function funnel(
  journeys: readonly Journey[],
  stages: readonly FunnelStage[] = shopFunnel,
  { sameItem = false }: FunnelOptions = {},
): FunnelStep[] {
  if (journeys.length === 0) throw new RangeError('funnel: there are no journeys');
  expectBehaviors(journeys, stages);
  return countStages(journeys, stages, sameItem);
}

/**
 * Count the funnel group by group.
 *
 * @param labels group of each user (not of each journey), 0 to `numGroups` - 1; -1 for none
 * @returns one funnel a group; empty where a group has no journey
 * @throws RangeError and InputError as `funnel`, which asks about all journeys together; RangeError when a user has no label, or a label
 *   is no group
 * @source See `funnel`: Lee, Podlaseck, Schonberg & Hoch 2001.
 */
export function groupFunnels(
  journeys: readonly Journey[],
  labels: ArrayLike<number>,
  numGroups: number,
  stages: readonly FunnelStage[] = shopFunnel,
  { sameItem = false }: FunnelOptions = {},
): FunnelStep[][] {
  if (journeys.length === 0) throw new RangeError('groupFunnels: there are no journeys');
  expectBehaviors(journeys, stages);
  const ofGroup = Array.from({ length: numGroups }, (): Journey[] => []);
  for (const journey of journeys) {
    const label = labels[journey.user];
    if (label === -1) continue;
    const own = label === undefined ? undefined : ofGroup[label];
    if (!own) {
      throw new RangeError(
        `groupFunnels: user ${journey.user} has the label ${label}, groups are 0 to ${numGroups - 1}`,
      );
    }
    own.push(journey);
  }
  return ofGroup.map((own) => (own.length === 0 ? [] : countStages(own, stages, sameItem)));
}

function expectBehaviors(journeys: readonly Journey[], stages: readonly FunnelStage[]): void {
  if (stages.length === 0 || new Set(stages.map(({ name }) => name)).size < stages.length)
    throw new RangeError('funnel: stages must have different names, and there must be one at least');
  const there = new Set(journeys.flatMap(({ steps }) => steps.map(({ behavior }) => behavior)));
  const named = [...there].sort().join(', ') || 'none';
  const remedy = 'Read the column of behaviours (--columns behavior=...), or name stages that the log has.';
  if (there.size < 2)
    throw new InputError(`a funnel needs several behaviours, and the log has one: ${named}.`, remedy);
  const missing = stages.find(({ behaviors }) => !behaviors.some((behavior) => there.has(behavior)));
  if (missing) {
    throw new InputError(
      `no event is of the stage '${missing.name}' (${missing.behaviors.join(' or ')}); the log has ${named}.`,
      remedy,
    );
  }
}

function countStages(
  journeys: readonly Journey[],
  stages: readonly FunnelStage[],
  sameItem: boolean,
): FunnelStep[] {
  const accepted = stages.map(({ behaviors }) => new Set(behaviors));
  const depths = journeys.map(({ steps }) => depthOf(steps, accepted, sameItem));
  const placeOf = new Map<number, number>();
  for (const { user } of journeys) if (!placeOf.has(user)) placeOf.set(user, placeOf.size);
  /** Journeys of each user that come so far. */
  const countsAt = (stage: number): Float64Array => {
    const counts = new Float64Array(placeOf.size);
    for (const [place, { user }] of journeys.entries())
      if (depths[place]! >= stage) counts[placeOf.get(user)!]! += 1;
    return counts;
  };
  const byUser = Array.from({ length: stages.length + 1 }, (_, stage) => countsAt(stage));
  return stages.map(({ name }, place) => {
    const [all, before, own] = [byUser[0]!, byUser[place]!, byUser[place + 1]!];
    const has = journeys.filter(({ steps }) => steps.some(({ behavior }) => accepted[place]!.has(behavior)));
    const reached = own.reduce((sum, count) => sum + count, 0);
    return {
      name,
      reached,
      users: own.filter((count) => count > 0).length,
      outOfOrder: has.length - reached,
      ofAll: clusteredProportion(own, all),
      ofPrevious: before.some((count) => count > 0) ? clusteredProportion(own, before) : null,
    };
  });
}

/** Stages that a journey goes through in order: the earliest event that fits is always as good as a later one. */
function depthOf(
  steps: Journey['steps'],
  accepted: readonly ReadonlySet<string>[],
  sameItem: boolean,
): number {
  const depths = new Map<string, number>();
  let deepest = 0;
  for (const { behavior, itemId } of steps) {
    if (sameItem && (itemId === undefined || itemId === null)) continue;
    const key = sameItem ? itemId! : '';
    const depth = depths.get(key) ?? 0;
    if (depth >= accepted.length || !accepted[depth]!.has(behavior)) continue;
    depths.set(key, depth + 1);
    deepest = Math.max(deepest, depth + 1);
  }
  return deepest;
}
