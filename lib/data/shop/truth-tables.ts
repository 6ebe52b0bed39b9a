import { InputError } from '../../base/errors';
import { parseDecimal } from '../parse-number';
import { readCsvRows } from '../read-csv-rows';
import { csvRow } from '../write-csv';
import type { InterestDrift } from './customers';
import type { ShopExposure } from './exposures';
import type { FriendLink } from './friends';
import type { PlantedCustomer, ShopTruth } from './truth';

/** Columns of `NAME.truth.exposures.csv`, in their order; `event` is the position among the events, from 0. */
const exposureColumns = {
  event: 'event',
  userId: 'user_id',
  itemId: 'item_id',
  place: 'place',
  priceLevel: 'price_level',
  earlierViews: 'earlier_views',
  weekend: 'weekend',
  discount: 'discount',
  disinterest: 'disinterest',
  examination: 'examination',
  attraction: 'attraction',
  favorite: 'favorite',
  cart: 'cart',
  purchase: 'purchase',
  didClick: 'did_click',
  didFavorite: 'did_favorite',
  didCart: 'did_cart',
  didPurchase: 'did_purchase',
  friendId: 'friend_id',
} as const satisfies Record<keyof ShopExposure, string>;

const customerColumns = [
  'user_id',
  'group',
  'session_rate',
  'joined_day',
  'left_day',
  'hazard',
  'lifetime',
  'drift_at_ms',
  'drift_to',
] as const;

/** Groups, comings and goings of all customers, as they stand in one table. */
export type CustomerTruth = Pick<ShopTruth, 'groupOf' | 'drift' | 'customers'>;

/** The rows of a CSV file of exposures, header first. */
export function* exposureRows(exposures: readonly ShopExposure[]): Generator<string> {
  const fields = Object.keys(exposureColumns) as (keyof ShopExposure)[];
  yield csvRow(Object.values(exposureColumns));
  for (const exposure of exposures) {
    yield csvRow(
      fields.map((field) => {
        const value = exposure[field];
        return typeof value === 'boolean' ? Number(value) : value;
      }),
    );
  }
}

/** The rows of a CSV file of customers, header first. */
export function* customerRows({ groupOf, drift, customers }: CustomerTruth): Generator<string> {
  yield csvRow(customerColumns);
  for (const [userId, { sessionRate, joinedDay, leftDay, hazard, lifetime }] of customers) {
    const move = drift.get(userId);
    const life = [sessionRate, joinedDay, leftDay, hazard, lifetime];
    yield csvRow([userId, groupOf.get(userId)!, ...life, move?.atMs ?? null, move?.to ?? null]);
  }
}

/** The rows of a CSV file of friendships, header first. */
export function* linkRows(links: readonly FriendLink[]): Generator<string> {
  yield csvRow(['user_id', 'friend_id']);
  for (const { userId, friendId } of links) yield csvRow([userId, friendId]);
}

/** Read what `exposureRows` wrote. @throws InputError naming file and row */
export async function readExposures(file: string): Promise<ShopExposure[]> {
  const columns = exposureColumns;
  const exposures: ShopExposure[] = [];
  await readTable(file, Object.values(columns), ({ text, number }) => {
    const flag = (column: string): boolean => number(column) === 1;
    exposures.push({
      event: number(columns.event),
      userId: text(columns.userId),
      itemId: text(columns.itemId),
      place: number(columns.place),
      priceLevel: number(columns.priceLevel),
      earlierViews: number(columns.earlierViews),
      weekend: number(columns.weekend),
      discount: number(columns.discount),
      disinterest: number(columns.disinterest),
      examination: number(columns.examination),
      attraction: number(columns.attraction),
      favorite: number(columns.favorite),
      cart: number(columns.cart),
      purchase: number(columns.purchase),
      didClick: flag(columns.didClick),
      didFavorite: flag(columns.didFavorite),
      didCart: flag(columns.didCart),
      didPurchase: flag(columns.didPurchase),
      friendId: text(columns.friendId) || null,
    });
  });
  return exposures;
}

/** Read what `customerRows` wrote. @throws InputError naming file and row */
export async function readCustomers(file: string): Promise<CustomerTruth> {
  const groupOf = new Map<string, string>();
  const drift = new Map<string, InterestDrift>();
  const customers = new Map<string, PlantedCustomer>();
  await readTable(file, customerColumns, ({ text, number }) => {
    const userId = text('user_id');
    const numberOrNull = (column: string): number | null => (text(column) === '' ? null : number(column));
    groupOf.set(userId, text('group'));
    customers.set(userId, {
      sessionRate: number('session_rate'),
      joinedDay: number('joined_day'),
      leftDay: numberOrNull('left_day'),
      hazard: number('hazard'),
      lifetime: numberOrNull('lifetime'),
    });
    const to = text('drift_to');
    if (to !== '') drift.set(userId, { atMs: number('drift_at_ms'), from: text('group'), to });
  });
  return { groupOf, drift, customers };
}

/** Read what `linkRows` wrote. @throws InputError naming file and row */
export async function readLinks(file: string): Promise<FriendLink[]> {
  const links: FriendLink[] = [];
  await readTable(file, ['user_id', 'friend_id'], ({ text }) => {
    links.push({ userId: text('user_id'), friendId: text('friend_id') });
  });
  return links;
}

interface Cells {
  readonly text: (column: string) => string;
  readonly number: (column: string) => number;
}

async function readTable(
  file: string,
  columns: readonly string[],
  onRow: (cells: Cells) => void,
): Promise<void> {
  const remedy = 'Write the shop again.';
  let isHeader = true;
  await readCsvRows(file, {}, (values, row) => {
    if (isHeader) {
      isHeader = false;
      if (values.join() === columns.join()) return;
      throw new InputError(`the columns are not ${columns.join(', ')}.`, remedy, { file, row });
    }
    if (values.length !== columns.length) {
      throw new InputError(`found ${values.length} columns, not ${columns.length}.`, remedy, { file, row });
    }
    const text = (column: string): string => values[columns.indexOf(column)]!;
    const number = (column: string): number => {
      const value = parseDecimal(text(column));
      if (value !== null) return value;
      throw new InputError(`the ${column} '${text(column)}' is not a number.`, remedy, { file, row });
    };
    onRow({ text, number });
  });
}
