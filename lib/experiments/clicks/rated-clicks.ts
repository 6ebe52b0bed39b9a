import type { EventLog, UserEvent } from '../../data/event';
import { fitNames, nameCoder, sizeOfCodes, type NameCodes } from '../../preprocessing/side/codes';
import type { Fields, FieldValues } from '../../recommendation/click-models/fields';
import type { ClickRows } from './train-click-model';

/** How ratings become clicks, and which of them are learned from. */
export interface RatedClicksOptions {
  /** A rating from here on is a click; default 4. */
  readonly liked?: number;
  /** Shares of the rows, in the order of time; the rest is the test. Default .8 and .1. */
  readonly trainingShare?: number;
  readonly validationShare?: number;
  /** So many of the items that a user liked before are told of each row, the latest first; default 20. */
  readonly historyLength?: number;
}

/** Rows of three times, told in the same fields. */
export interface RatedClicks {
  readonly fields: Fields;
  readonly training: ClickRows;
  readonly validation: ClickRows;
  readonly test: ClickRows;
}

/**
 * Make a log of ratings into rows of clicks: who, what, what is known of both, and what she liked before.
 *
 * What was shown is not known, so that a row is an item that somebody chose to rate, and the question is whether she liked it. Fields are
 * `user`, `item`, `categories`, `year`, one for each entry of the profiles, and `history`, of items in the codes of `item`. Codes are those of
 * the training rows; whatever came later is 1, not known. A history has what was liked before the row, also in earlier rows of the same part.
 *
 * @throws RangeError when a profile has an entry with the name of another field, a share is not above 0, nothing is left for a test, or there are no ratings with items and times
 * @source Zhou et al., "Deep Interest Network for Click-Through Rate Prediction", KDD 2018, section 6.1 (MovieLens: ratings from 4 on are clicks).
 */
export function ratedClicks(
  { events, items, users }: Pick<EventLog, 'events' | 'items' | 'users'>,
  { liked = 4, trainingShare = 0.8, validationShare = 0.1, historyLength = 20 }: RatedClicksOptions = {},
): RatedClicks {
  const rows = inTime(events);
  const ends = [trainingShare, trainingShare + validationShare].map((share) =>
    Math.round(share * rows.length),
  );
  const [trainingEnd, validationEnd] = ends as [number, number];
  if (!(trainingEnd > 0 && validationEnd > trainingEnd && validationEnd < rows.length)) {
    throw new RangeError(
      `ratedClicks: ${rows.length} ratings in shares of ${trainingShare} and ${validationShare} leave a part empty`,
    );
  }
  const known = rows.slice(0, trainingEnd);
  const categoriesOf = (itemId: string): readonly string[] => items.get(itemId)?.categories ?? [];
  const yearOf = (itemId: string): string => String(items.get(itemId)?.year ?? '');
  const profile = [
    ...new Set(known.flatMap(({ userId }) => Object.keys(users.get(userId)?.profile ?? {}))),
  ].sort();
  const mostCategories = Math.max(1, ...rows.map(({ itemId }) => categoriesOf(itemId).length));

  const single: Record<string, { readonly codes: NameCodes; readonly of: (row: Rated) => string }> = {};
  const addField = (name: string, of: (row: Rated) => string): void => {
    single[name] = { codes: fitNames(known.map(of)), of };
  };
  const taken = profile.find((entry) => ownFields.includes(entry));
  if (taken !== undefined)
    throw new RangeError(`ratedClicks: a profile has '${taken}', which is a field of its own`);
  addField('user', ({ userId }) => userId);
  addField('item', ({ itemId }) => itemId);
  addField('year', ({ itemId }) => yearOf(itemId));
  for (const entry of profile) addField(entry, ({ userId }) => users.get(userId)?.profile[entry] ?? '');
  const categories = fitNames(known.flatMap(({ itemId }) => categoriesOf(itemId)));
  const itemSize = sizeOfCodes(single['item']!.codes);

  const values: Record<string, Int32Array> = {};
  for (const [name, { codes, of }] of Object.entries(single)) {
    const codeOf = nameCoder(codes);
    values[name] = Int32Array.from(rows, (row) => codeOf(of(row)));
  }
  values['categories'] = categoryCodes(rows, nameCoder(categories), categoriesOf, mostCategories);
  values['history'] = likedBefore(rows, values['item']!, { liked, historyLength });
  const fields: Fields = {
    ...Object.fromEntries(
      Object.entries(single).map(([name, { codes }]) => [
        name,
        { kind: 'category', size: sizeOfCodes(codes) } as const,
      ]),
    ),
    categories: { kind: 'categories', size: sizeOfCodes(categories), most: mostCategories },
    history: { kind: 'categories', size: itemSize, most: historyLength },
  };
  const labels = Int8Array.from(rows, ({ rating }) => Number(rating >= liked));
  const part = (from: number, to: number): ClickRows => ({
    values: cut(values, rows.length, from, to),
    labels: labels.slice(from, to),
  });
  return {
    fields,
    training: part(0, trainingEnd),
    validation: part(trainingEnd, validationEnd),
    test: part(validationEnd, rows.length),
  };
}

/** Fields that are no entries of a profile. */
const ownFields: readonly string[] = ['user', 'item', 'year', 'categories', 'history'];

type Rated = Pick<UserEvent, 'userId'> & {
  readonly itemId: string;
  readonly rating: number;
  readonly timeMs: number;
};

/** Events with an item, a rating and a time, in the order of time; equal times as they stand. */
function inTime(events: readonly UserEvent[]): Rated[] {
  const rated = events.filter(
    ({ itemId, rating, timeMs }) => itemId !== null && rating !== null && timeMs !== null,
  ) as readonly UserEvent[] as readonly Rated[];
  if (rated.length === 0) throw new RangeError('ratedClicks: the log has no ratings of items with times');
  return [...rated].sort((one, other) => one.timeMs - other.timeMs);
}

function categoryCodes(
  rows: readonly Rated[],
  codeOf: (name: string) => number,
  categoriesOf: (itemId: string) => readonly string[],
  most: number,
): Int32Array {
  const codes = new Int32Array(rows.length * most);
  for (const [row, { itemId }] of rows.entries())
    for (const [place, name] of categoriesOf(itemId).entries()) codes[row * most + place] = codeOf(name);
  return codes;
}

/** Of each row the items that its user had liked before, the latest first. */
function likedBefore(
  rows: readonly Rated[],
  items: Int32Array,
  { liked, historyLength }: Required<Pick<RatedClicksOptions, 'liked' | 'historyLength'>>,
): Int32Array {
  const histories = new Int32Array(rows.length * historyLength);
  const ofUser = new Map<string, number[]>();
  for (const [row, { userId, rating }] of rows.entries()) {
    const own = ofUser.get(userId) ?? [];
    histories.set(own, row * historyLength);
    if (rating >= liked) ofUser.set(userId, [items[row]!, ...own].slice(0, historyLength));
  }
  return histories;
}

function cut(
  values: Readonly<Record<string, Int32Array>>,
  rows: number,
  from: number,
  to: number,
): FieldValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, all]) => {
      const width = all.length / rows;
      return [name, all.slice(from * width, to * width)];
    }),
  );
}
