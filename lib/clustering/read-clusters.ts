/** What reading a cluster needs to know of one user. */
export interface UserReading {
  readonly events: readonly { readonly itemId: string | null; readonly timeMs: number | null }[];
  /** Age, gender, occupation, ...; empty when nothing is known. */
  readonly profile: Readonly<Record<string, string>>;
}

export interface ClusterReadingInput {
  /** One user a label, in the same order. */
  readonly users: readonly UserReading[];
  /** Cluster of each user, 0 to numClusters - 1; -1 belongs to none and counts in the whole only. */
  readonly labels: Int32Array;
  readonly numClusters: number;
  readonly items: ReadonlyMap<string, { readonly title: string; readonly categories: readonly string[] }>;
}

export interface ClusterReadingOptions {
  /** Hours to add to UTC before the hour of day is read. Default 0 (UTC). */
  readonly utcOffsetHours?: number;
  /** An item is typical only if at least this share of the cluster's users (and 2 of them) used it. Default .1. */
  readonly minSupport?: number;
  /** Items and categories listed. Default 10. */
  readonly top?: number;
}

/** An item that a cluster uses more than others do. */
export interface TypicalItem {
  readonly itemId: string;
  /** The item's id where no title is known. */
  readonly title: string;
  /** Users of the cluster who used it. */
  readonly users: number;
  /** The same as a share of the cluster. */
  readonly share: number;
  /** `share` divided by the share among all users: 2 is twice as common here. */
  readonly lift: number;
}

/** How much of a cluster's events fall in a category. Categories overlap: the shares may add up to more than 1. */
export interface TypicalCategory {
  readonly category: string;
  readonly share: number;
  readonly lift: number;
}

/** One value of one profile field: its share in the cluster and among all users, of those who state the field. */
export interface ProfileShare {
  readonly field: string;
  readonly value: string;
  readonly share: number;
  readonly shareOfAll: number;
}

export interface ClusterReading {
  readonly cluster: number;
  /** Users. */
  readonly size: number;
  readonly share: number;
  readonly typicalItems: readonly TypicalItem[];
  readonly typicalCategories: readonly TypicalCategory[];
  /** Share of events in each hour of the day, 24 numbers that sum to 1; null when no event has a time. */
  readonly activityByHour: Float64Array | null;
  readonly profile: readonly ProfileShare[];
}

/**
 * Say what sets each cluster apart from all users: its size, typical items and categories, hours and profile.
 *
 * Items are compared by users (one user who repeats an item a hundred times counts once), categories by events.
 * Typical items and categories are in order of lift, then of share, then of name. Lift is a description and not
 * a test: with many items some lifts are high by chance, which `minSupport` limits.
 *
 * @returns one reading a cluster; an empty cluster has size 0 and empty lists
 * @throws RangeError when labels do not fit the users or the clusters
 * @source Brin, Motwani, Ullman & Tsur, "Dynamic Itemset Counting and Implication Rules for Market Basket Data",
 *   SIGMOD 1997 (lift, there "interest")
 */
export function readClusters(
  { users, labels, numClusters, items }: ClusterReadingInput,
  { utcOffsetHours = 0, minSupport = 0.1, top = 10 }: ClusterReadingOptions = {},
): ClusterReading[] {
  if (labels.length !== users.length) {
    throw new RangeError(`readClusters: ${users.length} users and ${labels.length} labels`);
  }
  const outside = labels.findIndex((label) => label < -1 || label >= numClusters);
  if (outside >= 0) {
    throw new RangeError(
      `readClusters: user ${outside} has the label ${labels[outside]}, clusters are 0 to ${numClusters - 1}`,
    );
  }
  const all = countUp(users, items, utcOffsetHours);
  return Array.from({ length: numClusters }, (_, cluster) => {
    const members = users.filter((_user, place) => labels[place] === cluster);
    const counts = countUp(members, items, utcOffsetHours);
    return {
      cluster,
      size: members.length,
      share: users.length > 0 ? members.length / users.length : 0,
      typicalItems: typicalItems(counts, all, items, minSupport).slice(0, top),
      typicalCategories: typicalCategories(counts, all).slice(0, top),
      activityByHour: sharesOf(counts.hours),
      profile: profileShares(counts, all),
    };
  });
}

interface Counts {
  readonly users: number;
  readonly itemUsers: Map<string, number>;
  /** Events whose item has a known category. */
  categorisedEvents: number;
  readonly categoryEvents: Map<string, number>;
  readonly hours: Float64Array;
  readonly profile: Map<string, Map<string, number>>;
}

const hourMs = 3600 * 1000;

function countUp(
  users: readonly UserReading[],
  items: ClusterReadingInput['items'],
  utcOffsetHours: number,
): Counts {
  const counts: Counts = {
    users: users.length,
    itemUsers: new Map(),
    categorisedEvents: 0,
    categoryEvents: new Map(),
    hours: new Float64Array(24),
    profile: new Map(),
  };
  for (const { events, profile } of users) {
    const used = new Set<string>();
    for (const { itemId, timeMs } of events) {
      if (timeMs !== null) {
        const hour = Math.floor(timeMs / hourMs + utcOffsetHours) % 24;
        counts.hours[(hour + 24) % 24]!++; // before 1970 the remainder is negative
      }
      if (itemId === null) continue;
      used.add(itemId);
      const categories = new Set(items.get(itemId)?.categories ?? []);
      if (categories.size > 0) counts.categorisedEvents++;
      for (const category of categories) add(counts.categoryEvents, category);
    }
    for (const itemId of used) add(counts.itemUsers, itemId);
    for (const [field, value] of Object.entries(profile)) {
      let values = counts.profile.get(field);
      if (values === undefined) counts.profile.set(field, (values = new Map<string, number>()));
      add(values, value);
    }
  }
  return counts;
}

function typicalItems(
  counts: Counts,
  all: Counts,
  items: ClusterReadingInput['items'],
  minSupport: number,
): TypicalItem[] {
  const needed = Math.max(2, minSupport * counts.users);
  return [...counts.itemUsers]
    .filter(([, users]) => users >= needed)
    .map(([itemId, users]) => {
      const share = users / counts.users;
      const lift = share / (all.itemUsers.get(itemId)! / all.users);
      return { itemId, title: items.get(itemId)?.title ?? itemId, users, share, lift };
    })
    .sort((a, b) => b.lift - a.lift || b.share - a.share || byCodeUnit(a.itemId, b.itemId));
}

function typicalCategories(counts: Counts, all: Counts): TypicalCategory[] {
  return [...counts.categoryEvents]
    .map(([category, events]) => {
      const share = events / counts.categorisedEvents;
      return { category, share, lift: share / (all.categoryEvents.get(category)! / all.categorisedEvents) };
    })
    .sort((a, b) => b.lift - a.lift || b.share - a.share || byCodeUnit(a.category, b.category));
}

function profileShares(counts: Counts, all: Counts): ProfileShare[] {
  return [...all.profile].flatMap(([field, valuesOfAll]) => {
    const values = counts.profile.get(field);
    const stated = sum(values?.values() ?? []);
    const statedOfAll = sum(valuesOfAll.values());
    return [...valuesOfAll]
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([value, count]) => ({
        field,
        value,
        share: stated > 0 ? (values!.get(value) ?? 0) / stated : 0,
        shareOfAll: count / statedOfAll,
      }));
  });
}

function sharesOf(counts: Float64Array): Float64Array | null {
  const total = sum(counts);
  return total > 0 ? counts.map((count) => count / total) : null;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
