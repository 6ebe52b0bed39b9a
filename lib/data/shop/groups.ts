/** A kind of customer of the made-up shop: what they look for, when, how far they go, and who they are. */
export interface ShopGroup {
  readonly name: string;
  /** Share of the customers, in proportion to the other groups'. */
  readonly share: number;
  /** How often a session is about each category, in proportion; a category not named has 0. */
  readonly categories: Readonly<Record<string, number>>;
  /** Middle of the hours in which sessions start, 0 to 24, UTC. */
  readonly peakHour: number;
  /** Standard deviation of those hours. */
  readonly spreadHours: number;
  /** Mean sessions of an average customer a week, 0 to 7. */
  readonly sessionsPerWeek: number;
  /** Mean items seen in a session, 1 or more. */
  readonly itemsPerSession: number;
  /** Probability that a session starts with a search. */
  readonly searchRate: number;
  /** Probability that an item seen is clicked. */
  readonly clickRate: number;
  /** Probability that an item clicked becomes a favourite. */
  readonly favoriteRate: number;
  /** Probability that an item clicked goes into the cart. */
  readonly cartRate: number;
  /** Probability that an item in the cart is bought. */
  readonly purchaseRate: number;
  /** Weights of each value of the profile, for example `{ gender: { f: 2, m: 1 } }`. */
  readonly profile: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What the made-up shop sells: the words of its items, which are also its search keywords, and a typical price. */
export const shopCategories: Readonly<Record<string, { words: readonly string[]; price: number }>> = {
  electronics: { words: ['headphones', 'charger', 'camera', 'keyboard'], price: 60 },
  books: { words: ['novel', 'cookbook', 'atlas', 'biography'], price: 15 },
  games: { words: ['controller', 'console', 'puzzle', 'joystick'], price: 40 },
  home: { words: ['lamp', 'blanket', 'pan', 'shelf'], price: 35 },
  toys: { words: ['blocks', 'doll', 'kite', 'train'], price: 20 },
  groceries: { words: ['coffee', 'tea', 'noodles', 'honey'], price: 8 },
  fashion: { words: ['dress', 'jacket', 'scarf', 'boots'], price: 50 },
  beauty: { words: ['perfume', 'cream', 'soap', 'brush'], price: 25 },
  sport: { words: ['ball', 'racket', 'bottle', 'mat'], price: 30 },
};

/** Four groups that differ in everything a clustering could find: interests, hours, funnel and profile. */
export const defaultShopGroups: readonly ShopGroup[] = [
  {
    name: 'commuters',
    share: 0.3,
    categories: { electronics: 6, books: 6, groceries: 1 },
    peakHour: 8,
    spreadHours: 1.5,
    sessionsPerWeek: 3,
    itemsPerSession: 3,
    searchRate: 0.6,
    clickRate: 0.5,
    favoriteRate: 0.05,
    cartRate: 0.2,
    purchaseRate: 0.6,
    profile: {
      age: { '18-24': 1, '25-34': 4, '35-49': 4, '50+': 1 },
      gender: { f: 1, m: 1 },
      region: { north: 4, east: 2, south: 1, west: 1 },
    },
  },
  {
    name: 'families',
    share: 0.3,
    categories: { home: 5, toys: 5, groceries: 4, books: 1 },
    peakHour: 20,
    spreadHours: 1.5,
    sessionsPerWeek: 2,
    itemsPerSession: 5,
    searchRate: 0.4,
    clickRate: 0.4,
    favoriteRate: 0.1,
    cartRate: 0.4,
    purchaseRate: 0.7,
    profile: {
      age: { '18-24': 1, '25-34': 3, '35-49': 6, '50+': 2 },
      gender: { f: 3, m: 2 },
      region: { north: 1, east: 1, south: 4, west: 2 },
    },
  },
  {
    name: 'gamers',
    share: 0.2,
    categories: { games: 8, electronics: 3, sport: 1 },
    peakHour: 0,
    spreadHours: 2,
    sessionsPerWeek: 4,
    itemsPerSession: 4,
    searchRate: 0.7,
    clickRate: 0.6,
    favoriteRate: 0.2,
    cartRate: 0.15,
    purchaseRate: 0.4,
    profile: {
      age: { '18-24': 6, '25-34': 3, '35-49': 1, '50+': 0 },
      gender: { f: 1, m: 3 },
      region: { north: 1, east: 4, south: 1, west: 1 },
    },
  },
  {
    name: 'browsers',
    share: 0.2,
    categories: { fashion: 6, beauty: 5, sport: 3 },
    peakHour: 14,
    spreadHours: 2,
    sessionsPerWeek: 2.5,
    itemsPerSession: 8,
    searchRate: 0.15,
    clickRate: 0.3,
    favoriteRate: 0.3,
    cartRate: 0.1,
    purchaseRate: 0.3,
    profile: {
      age: { '18-24': 4, '25-34': 3, '35-49': 2, '50+': 3 },
      gender: { f: 3, m: 1 },
      region: { north: 1, east: 1, south: 1, west: 4 },
    },
  },
];

/**
 * Refuse a group that cannot shop in a shop of `numItems` items.
 *
 * @throws RangeError naming the group and what is wrong
 */
export function checkShopGroup(group: ShopGroup, numItems: number): void {
  const refuse = (problem: string): never => {
    throw new RangeError(`the group '${group.name}' ${problem}`);
  };
  const { searchRate, clickRate, favoriteRate, cartRate, purchaseRate } = group;
  const rates = { searchRate, clickRate, favoriteRate, cartRate, purchaseRate };
  for (const [name, rate] of Object.entries(rates)) {
    if (!(rate >= 0 && rate <= 1)) refuse(`has a ${name} of ${rate}; it must be from 0 to 1`);
  }
  if (!(group.sessionsPerWeek >= 0 && group.sessionsPerWeek <= 7)) {
    refuse(`has ${group.sessionsPerWeek} sessions a week; it must be from 0 to 7`);
  }
  if (!(group.itemsPerSession >= 1))
    refuse(`sees ${group.itemsPerSession} items a session; it must be 1 or more`);
  if (!(group.peakHour >= 0 && group.peakHour <= 24 && group.spreadHours >= 0)) {
    refuse(`shops around hour ${group.peakHour}, spread ${group.spreadHours}; hours are from 0 to 24`);
  }
  const sold = Object.keys(shopCategories);
  const unknown = Object.keys(group.categories).find((category) => !sold.includes(category));
  if (unknown !== undefined) refuse(`looks for '${unknown}'; the shop sells ${sold.join(', ')}`);
  const stocked = sold.slice(0, numItems);
  if (!stocked.some((category) => (group.categories[category] ?? 0) > 0)) {
    refuse(`finds none of its categories among ${numItems} items`);
  }
}
