import { InputError } from '../../base/errors';
import { parseDecimal } from '../../data/parse-number';
import { gapSinceLast } from '../features/gap';
import type { NamedColumn } from '../features/named-column';
import type { ColumnName, Sequences } from '../sequences';
import { rowsOf } from '../splits/split';
import type { SplitSequences } from '../splits/split-sequences';
import {
  codeOfNumber,
  fitBuckets,
  fitNames,
  fitWords,
  nameCoder,
  sizeOfCodes,
  wordCoder,
  type Codes,
} from './codes';
import { latestOfFriends } from './friends';
import {
  itemFeatureNames,
  type FriendRules,
  type ItemFeatureName,
  type ItemFeatures,
  type SideCodes,
  type SideColumns,
} from './side-columns';

/** The channels of events that a model may read beside items. */
export const channelNames = ['behavior', 'gap', 'category', 'query', 'rating'] as const;
/**
 * | channel | of each event |
 * |---|---|
 * | `behavior` | what the user did |
 * | `gap` | time since the user's event before |
 * | `category` | of the item: at that time where the events say it, else all categories of the item together |
 * | `query` | the words of the user's latest search |
 * | `rating` | the stars that were given |
 */
export type ChannelName = (typeof channelNames)[number];

/** What a model shall know beside items: plain data, kept in the record of a run. */
export interface SideRules {
  readonly channels?: readonly ChannelName[];
  /** Fields of the users' profiles. */
  readonly profile?: readonly string[];
  readonly itemFeatures?: readonly ItemFeatureName[];
  readonly friends?: FriendRules;
}

/** Buckets of the gaps above 0; those of 0 have one of their own. */
const gapBuckets = 8;
/** Buckets of a profile's number, such as the age. */
const profileBuckets = 5;
/** A field of a profile with more different numbers than this goes into buckets. */
const mostNumbers = 12;
/** Training events that a category, a word or a feature of items needs to have a number of its own. */
const leastEvents = 5;
/** Words of a query that are read. */
const wordsOfQuery = 4;

/** The columns that sequences must carry for these rules: for `SequencesRules`. */
export const columnsFor = ({ channels = [] }: SideRules): ColumnName[] =>
  channels.filter((name): name is ColumnName & ChannelName => name !== 'gap');

/**
 * Learn from the training rows of a split how what is known beside items becomes numbers.
 *
 * Nothing of a held-out event takes part. Gaps go into buckets of equal shares; ages and other numbers of a profile likewise where
 * there are more than 12 of them; categories, words and features of items need 5 training events. The features of an item do not
 * change with time, so those of items that training lacks are known too, as far as their names are.
 *
 * @param split of sequences that carry the columns: `columnsFor(rules)`
 * @throws InputError naming what there is, when the data do not have what is asked, or the same everywhere
 */
export function fitSideCodes(split: SplitSequences, rules: SideRules): SideCodes {
  const { sequences } = split;
  const rows = rowsOf(split, 'training');
  const channels = (rules.channels ?? []).map((name) => [name, fitChannel(sequences, name, rows)] as const);
  const isTrained = (user: number): boolean => split.trainEnds[user]! > split.trainStarts[user]!;
  const profile = (rules.profile ?? []).map(
    (field) => [field, fitField(profileWords(sequences, field), isTrained, field)] as const,
  );
  return {
    channels: Object.fromEntries(channels),
    profile: Object.fromEntries(profile),
    items: rules.itemFeatures?.length ? fitItemFeatures(sequences, rules.itemFeatures, rows) : null,
    ...(rules.friends && { friends: rules.friends }),
  };
}

/**
 * Put what is known beside items into the numbers of `codes`: for training, and for events and users never seen.
 *
 * @param split of friends only the training part is told; default, for users to be predicted, all that they did
 * @returns the same sequences with `side`
 * @throws InputError when the data lack what the codes are of
 */
export function codeSide<Kind extends Sequences>(
  sequences: Kind,
  codes: SideCodes,
  split?: Pick<SplitSequences, 'trainStarts' | 'trainEnds'>,
): Kind & { side: SideColumns } {
  const channels = Object.entries(codes.channels).flatMap(([name, own]) =>
    codeChannel(sequences, name as ChannelName, own),
  );
  const profile = Object.entries(codes.profile).map(([field, own]) => {
    const code = wordOrNumber(own);
    return [field, Int32Array.from(profileWords(sequences, field), code)] as const;
  });
  const { friends } = codes;
  const side = {
    codes,
    channels: Object.fromEntries(channels),
    profile: Object.fromEntries(profile),
    ...(friends && { friendItems: latestOfFriends(sequences, friends, split) }),
  };
  return { ...sequences, side };
}

/** How many numbers each channel of a batch has, by its name there: `query.1` and `query.2` for two words. */
export function channelSizes({ channels }: Pick<SideCodes, 'channels'>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(channels).flatMap(([name, codes]) =>
      columnNamesOf(name, codes).map((column) => [column, sizeOfCodes(codes)]),
    ),
  );
}

const columnNamesOf = (name: string, codes: Codes): string[] =>
  codes.kind === 'words' ? Array.from({ length: codes.most }, (_, word) => `${name}.${word + 1}`) : [name];

function fitChannel(sequences: Sequences, name: ChannelName, rows: Int32Array): Codes {
  if (name === 'gap') {
    const gaps = gapsOf(sequences);
    const above = rows.filter((row) => gaps[row]! > 0);
    if (above.length === 0) {
      throw new InputError(
        'no training event is later than the one before it, so there are no gaps.',
        'Leave gap out.',
      );
    }
    const { ends } = fitBuckets(
      Float64Array.from(above, (row) => gaps[row]!),
      gapBuckets,
    );
    return { kind: 'buckets', ends: [0, ...ends] };
  }
  const { codes, names } = columnFor(sequences, name);
  const values = Array.from(rows, (row) => names[codes[row]!]!);
  if (name === 'query') {
    const known = values.filter((value) => value !== '');
    return refuseSame(name, fitWords(known, { minCount: leastEvents, most: wordsOfQuery }));
  }
  return refuseSame(name, fitNames(values, name === 'category' ? leastEvents : 1));
}

/** A channel that says the same of every event would be ignored. */
function refuseSame(name: string, codes: Codes): Codes {
  const known = codes.kind === 'names' ? codes.names : codes.kind === 'words' ? codes.words : [];
  if (known.length > 1) return codes;
  const said =
    known.length === 0 ? 'says nothing that is known often enough' : `says '${known[0]!}' of every event`;
  throw new InputError(`the channel ${name} ${said} in training.`, `Leave ${name} out.`);
}

function codeChannel(sequences: Sequences, name: ChannelName, codes: Codes): [string, Int32Array][] {
  if (codes.kind === 'buckets') {
    return [[name, Int32Array.from(gapsOf(sequences), (gap) => codeOfNumber(codes, gap))]];
  }
  const column = columnFor(sequences, name as Exclude<ChannelName, 'gap'>);
  if (codes.kind === 'names') {
    const codeOf = column.names.map(nameCoder(codes));
    return [[name, column.codes.map((own) => codeOf[own]!)]];
  }
  const wordsOf = column.names.map(wordCoder(codes));
  return columnNamesOf(name, codes).map((of, place) => [
    of,
    column.codes.map((own) => wordsOf[own]![place]!),
  ]);
}

function gapsOf(sequences: Sequences): Float32Array {
  if (sequences.timesMs === null) {
    throw new InputError('the data have no times, so there are no gaps.', whatThereIs(sequences));
  }
  return gapSinceLast({ offsets: sequences.offsets, timesMs: sequences.timesMs }).values;
}

function columnFor(sequences: Sequences, name: Exclude<ChannelName, 'gap'>): NamedColumn {
  const column = sequences.columns?.find((each) => each.name === name);
  if (column) return column;
  if (name === 'category') {
    const own = categoriesOfItems(sequences);
    if (own) return own;
  }
  throw new InputError(`the data have no ${name}.`, whatThereIs(sequences));
}

/** All categories of an item together are one name. */
function categoriesOfItems({ items, vocabulary, itemInfo }: Sequences): NamedColumn | null {
  const namesOf = vocabulary.itemIds.map((id) => (itemInfo?.get(id)?.categories ?? []).join(' | '));
  const names = ['', ...[...new Set(namesOf)].filter((name) => name !== '').sort()];
  if (names.length === 1) return null;
  const codeOf = new Map(names.map((name, code) => [name, code]));
  const ofItem = namesOf.map((name) => codeOf.get(name)!);
  return { name: 'category', codes: items.map((item) => ofItem[item]!), names };
}

function whatThereIs(sequences: Sequences): string {
  if (sequences.columns === undefined) return 'Read them with `columns: columnsFor(rules)`.';
  const known: string[] = sequences.columns.map(({ name }) => name);
  if (sequences.timesMs !== null) known.push('gap');
  if (!known.includes('category') && categoriesOfItems(sequences)) known.push('category');
  return known.length === 0
    ? 'They have no channels.'
    : `Of the channels asked for they have ${known.join(', ')}.`;
}

/** The field of each user, `''` where it is not known. */
function profileWords({ userIds, userInfo }: Sequences, field: string): string[] {
  const words = userIds.map((id) => userInfo?.get(id)?.profile[field] ?? '');
  if (words.some((word) => word !== '')) return words;
  const fields = new Set(userIds.flatMap((id) => Object.keys(userInfo?.get(id)?.profile ?? {})));
  throw new InputError(
    `no user of the data has a '${field}'.`,
    fields.size > 0
      ? `The profiles have ${[...fields].sort().join(', ')}.`
      : 'The data have no profiles. Give them with --users FILE (usersFile).',
  );
}

function fitField(words: readonly string[], isTrained: (user: number) => boolean, field: string): Codes {
  const known = words.filter((word, user) => word !== '' && isTrained(user));
  const numbers = known.map(parseDecimal);
  const areNumbers = numbers.every((value): value is number => value !== null);
  if (areNumbers && new Set(numbers).size > mostNumbers) return fitBuckets(numbers, profileBuckets);
  const codes = fitNames(known);
  if (codes.kind === 'names' && codes.names.length > 1) return codes;
  throw new InputError(`the field ${field} is the same for every user in training.`, `Leave ${field} out.`);
}

const wordOrNumber = (codes: Codes): ((word: string) => number) => {
  if (codes.kind === 'names') return nameCoder(codes);
  if (codes.kind === 'words') throw new RangeError('codeSide: a profile has no words');
  return (word) => codeOfNumber(codes, word === '' ? NaN : (parseDecimal(word) ?? NaN));
};

function fitItemFeatures(
  { items, vocabulary, itemInfo }: Sequences,
  asked: readonly ItemFeatureName[],
  rows: Int32Array,
): ItemFeatures {
  const wordsOf = vocabulary.itemIds.map((id) => {
    const info = itemInfo?.get(id);
    return asked.flatMap((name) => {
      if (name === 'year') return info?.year ? [`year: ${10 * Math.floor(info.year / 10)}s`] : [];
      return (info?.categories ?? []).map((category) => `categories: ${category}`);
    });
  });
  for (const name of asked) {
    if (wordsOf.some((words) => words.some((word) => word.startsWith(`${name}:`)))) continue;
    const there = itemFeatureNames.filter((other) =>
      vocabulary.itemIds.some((id) =>
        other === 'year' ? itemInfo?.get(id)?.year : itemInfo?.get(id)?.categories.length,
      ),
    );
    throw new InputError(
      `no item of the data has ${name}.`,
      there.length > 0 ? `The items have ${there.join(', ')}.` : 'The data say nothing of items.',
    );
  }
  const events = new Int32Array(vocabulary.itemIds.length);
  for (const row of rows) events[items[row]!]! += 1;
  const counts = new Map<string, number>();
  for (const [item, words] of wordsOf.entries()) {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + events[item]!);
  }
  const names = [
    '',
    ...[...counts]
      .filter(([, count]) => count >= leastEvents)
      .map(([name]) => name)
      .sort(),
  ];
  const codeOf = new Map(names.map((name, code) => [name, code]));
  return {
    names,
    ofItem: wordsOf.map((words) => words.flatMap((word) => codeOf.get(word) ?? [])),
    unseen: Array.from(events.keys()).filter((item) => item > 0 && events[item] === 0),
  };
}
