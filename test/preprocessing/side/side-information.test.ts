import { describe, expect, it } from 'vitest';
import type { EventLog, ItemInfo, UserEvent } from '../../../lib/data/event';
import { openDatabase } from '../../../lib/data/tables/database';
import { tableOfLog } from '../../../lib/data/tables/table-of-log';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { namedColumns, toSequences, type Sequences } from '../../../lib/preprocessing/sequences';
import {
  codeOfNumber,
  fitBuckets,
  fitNames,
  fitWords,
  meaningOfCode,
  nameCoder,
  sizeOfCodes,
  wordCoder,
  type BucketCodes,
  type WordCodes,
} from '../../../lib/preprocessing/side/codes';
import { contextOf, latestOf } from '../../../lib/preprocessing/side/side-columns';
import {
  channelSizes,
  codeSide,
  columnsFor,
  fitSideCodes,
  type SideRules,
} from '../../../lib/preprocessing/side/side-information';
import { sequencesOfTable } from '../../../lib/preprocessing/table-sequences';
import { toyLog } from '../toy-log';

describe('codes', () => {
  it('give names numbers from 2, and 1 to whatever training did not have often enough', () => {
    const codes = fitNames(['b', 'a', '', 'b', 'c'], 1);
    expect(['a', 'b', 'c', 'd', ''].map(nameCoder(codes))).toEqual([2, 3, 4, 1, 1]);
    expect(sizeOfCodes(codes)).toBe(5);
    expect(fitNames(['b', 'a', '', 'b', 'c'], 2)).toEqual({ kind: 'names', names: ['b'] });
    expect([1, 2, 4].map((code) => meaningOfCode(codes, code))).toEqual(['not known', 'a', 'c']);
    expect(() => meaningOfCode(codes, 5)).toThrow('there are codes 1 to 4, got 5');
  });

  it('put numbers into buckets of equal shares, equal ends once', () => {
    // The quartiles of 0 to 8 are 2, 4 and 6.
    const codes = fitBuckets([0, 1, 2, 3, 4, 5, 6, 7, 8, NaN], 4);
    expect(codes.ends).toEqual([2, 4, 6]);
    expect([-1, 2, 2.1, 6, 6.1, NaN].map((value) => codeOfNumber(codes, value))).toEqual([2, 2, 3, 4, 5, 1]);
    expect(sizeOfCodes(codes)).toBe(6);
    expect(fitBuckets([5, 5, 5, 5, 9], 4).ends).toEqual([5]);
  });

  it('read the first words of a text, the more frequent ones first in their list', () => {
    const codes = fitWords(['red shoes', 'Red, hat', 'shoes red', 'hat'], { minCount: 2, most: 2 });
    expect(codes.words).toEqual(['red', 'hat', 'shoes']);
    expect(['RED shoes size 9', 'blue hat', 'hat', ''].map(wordCoder(codes))).toEqual([
      [2, 4],
      [1, 3],
      [3, 0],
      [0, 0],
    ]);
  });
});

const second = 1000;
const item = (category: string, year: number | null): ItemInfo => ({
  title: '',
  categories: category === '' ? [] : category.split(' '),
  year,
});

/** Two users of six events; the last two of each are held out. */
function log(change: Partial<UserEvent> = {}): EventLog {
  const row = (
    user: string,
    itemId: string | null,
    seconds: number,
    more: Partial<UserEvent> = {},
  ): [string, string | null, number, Partial<UserEvent>] => [user, itemId, seconds * second, more];
  const base = toyLog([
    row('u', null, 0, { behavior: 'search', query: 'red shoes' }),
    row('u', 'a', 1, { behavior: 'click' }),
    row('u', 'b', 3, { behavior: 'cart' }),
    row('u', null, 4, { behavior: 'search', query: 'red hat' }),
    row('u', 'c', 4, { behavior: 'click' }),
    row('u', 'a', 8, { behavior: 'purchase', rating: 4 }),
    row('u', 'b', 9, change),
    row('u', 'd', 10, change),
    row('v', 'c', 2, { behavior: 'click', rating: 5 }),
    row('v', 'b', 2, { behavior: 'cart' }),
    row('v', 'a', 18, { behavior: 'click' }),
    row('v', 'c', 50, { behavior: 'click' }),
    row('v', 'a', 51, change),
    row('v', 'e', 52, change),
  ]);
  return {
    ...base,
    items: new Map([
      ['a', item('x y', 1991)],
      ['b', item('y', 1985)],
      ['c', item('', null)],
      ['d', item('x', 1999)],
      ['e', item('z', 1985)],
    ]),
    users: new Map([
      ['u', { profile: { age: '24', gender: 'M' } }],
      ['v', { profile: { gender: 'F', city: 'P' } }],
    ]),
  };
}

const sequencesFor = (rules: SideRules, of: EventLog = log()): Sequences =>
  toSequences(of, { columns: columnsFor(rules) });
const all: SideRules = { channels: ['behavior', 'gap', 'query'], profile: ['gender'] };
/** Words need 5 training events: the toy log has them four times over. */
const many = (of: EventLog): EventLog => ({
  ...of,
  events: [0, 1, 2, 3].flatMap((copy) =>
    of.events.map((event) => ({ ...event, userId: `${event.userId}${copy}` })),
  ),
  users: new Map(
    [0, 1, 2, 3].flatMap((copy) => [...of.users].map(([id, info]) => [`${id}${copy}`, info] as const)),
  ),
});

describe('the columns of sequences', () => {
  it('are in the order of the events; a query stands at the events after it', () => {
    const { columns } = toSequences(log(), { columns: [...namedColumns] });
    const words = Object.fromEntries(
      columns!.map(({ name, codes, names }) => [name, Array.from(codes, (code) => names[code])]),
    );
    expect(words['behavior']!.slice(0, 4)).toEqual(['click', 'cart', 'click', 'purchase']);
    expect(words['rating']!.slice(0, 7)).toEqual(['', '', '', '4', '', '', '5']);
    expect(words['query']!.slice(0, 7)).toEqual([
      ...['red shoes', 'red shoes', 'red hat', 'red hat', 'red hat', 'red hat'],
      '',
    ]);
    expect(words['category']).toBeUndefined(); // no event says it
  });

  it('are the same from a table', async () => {
    const database = await openDatabase();
    try {
      const given = log();
      given.events.forEach((event, at) =>
        Object.assign(event, { category: at % 3 === 0 ? null : `k${at % 3}` }),
      );
      const rules = { columns: [...namedColumns] };
      const table = await sequencesOfTable(await tableOfLog(database, given), rules);
      const { columns, items, itemInfo, userInfo } = toSequences(given, rules);
      expect(columns!.map(({ name }) => name)).toEqual([...namedColumns]);
      expect(table.columns).toEqual(columns);
      expect([table.items, table.itemInfo, table.userInfo]).toEqual([items, itemInfo, userInfo]);
    } finally {
      database.close();
    }
  });

  it('are not there where nobody asked for them', () => {
    expect(Object.keys(toSequences(log()))).not.toContain('columns');
  });
});

describe('side information', () => {
  const code = (rules: SideRules, of = log()) => {
    const sequences = sequencesFor(rules, of);
    const codes = fitSideCodes(leaveOneOut(sequences), rules);
    return { codes, ...codeSide(sequences, codes) };
  };

  it('counts gaps from the event before: the first has none, 0 a bucket of its own', () => {
    const { codes, side } = code({ channels: ['gap'] });
    const { ends } = codes.channels['gap'] as BucketCodes;
    // Training gaps above 0: 2, 1, 4 seconds of u; 16, 32 of v.
    expect([ends[0], ends.length]).toEqual([0, 8]);
    expect(ends.every((end, place) => place === 0 || (end > ends[place - 1]! && end < 32 * second))).toBe(
      true,
    );
    const gaps = side.channels['gap']!;
    expect([gaps[0], gaps[6], gaps[7]]).toEqual([1, 1, 2]);
    expect(gaps[9]).toBe(2 + ends.length); // 32 s, above all ends
  });

  it('learns nothing from held-out events', () => {
    const rules: SideRules = {
      channels: ['behavior', 'gap', 'query'],
      profile: ['gender'],
      itemFeatures: ['categories'],
    };
    const change = { behavior: 'like', query: 'green coat', timeMs: 900 * second } as const;
    const [a, b] = [code(rules, many(log())), code(rules, many(log(change)))];
    expect(b.codes).toEqual(a.codes);
    expect(b.side.channels['behavior']![5]).toBe(1); // training knows no `like`
    expect(b.side.channels['query.1']![5]).toBe(1);
  });

  it('puts the words of a query into columns of their own', () => {
    const { codes, side } = code(all, many(log()));
    expect(Object.keys(side.channels)).toEqual([
      'behavior',
      'gap',
      'query.1',
      'query.2',
      'query.3',
      'query.4',
    ]);
    expect(channelSizes(codes)['query.2']).toBe(channelSizes(codes)['query.1']);
    // red, hat, shoes by their events; the first two events come after "red shoes".
    expect((codes.channels['query'] as WordCodes).words).toEqual(['red', 'hat', 'shoes']);
    expect(['query.1', 'query.2', 'query.3'].map((name) => [...side.channels[name]!.subarray(0, 3)])).toEqual(
      [
        [2, 2, 2],
        [4, 4, 3],
        [0, 0, 0],
      ],
    );
  });

  it('takes the categories of an item together where the events say none', () => {
    const { codes, side } = code({ channels: ['category'] }, many(log()));
    expect(codes.channels['category']).toEqual({ kind: 'names', names: ['x | y', 'y'] });
    expect([...side.channels['category']!.subarray(0, 6)]).toEqual([2, 3, 1, 2, 3, 1]);
  });

  it('knows the features of items, also of those without a training event', () => {
    const { codes } = code({ itemFeatures: ['categories', 'year'] }, many(log()));
    expect(codes.items).toEqual({
      names: ['', 'categories: x', 'categories: y', 'year: 1980s', 'year: 1990s'],
      // a: x y 1991; b: y 1985; c: nothing; d: x 1999; e: z, which training lacks, 1985
      ofItem: [[], [1, 2, 4], [2, 3], [], [1, 4], [3]],
      unseen: [4, 5],
    });
  });

  it('puts a profile into names, or into buckets where there are many numbers', () => {
    const { side } = code({ profile: ['gender'] });
    expect([...side.profile['gender']!]).toEqual([3, 2]);
    const crowd = toyLog(
      Array.from({ length: 20 }, (_, user) =>
        [1, 2, 3].map((at) => [`u${user}`, `i${at}`, at] as const),
      ).flat(),
    );
    const users = new Map(
      Array.from({ length: 20 }, (_, user) => [`u${user}`, { profile: { age: `${20 + user}` } }]),
    );
    const ages = code({ profile: ['age'] }, { ...crowd, users });
    expect(ages.codes.profile['age']!.kind).toBe('buckets');
    expect([...ages.side.profile['age']!]).toEqual(
      [2, 3, 4, 5, 6].flatMap((bucket) => [bucket, bucket, bucket, bucket]),
    );
  });

  it('gives each history what is known of its own events', () => {
    const { side } = code(all, many(log()));
    const context = contextOf(side, 1, 6, 9);
    expect(context.channels['behavior']).toEqual(side.channels['behavior']!.subarray(6, 9));
    expect(context.profile['gender']).toBe(side.profile['gender']![1]);
    expect([...latestOf(context, 2).channels['gap']!]).toEqual([...side.channels['gap']!.subarray(7, 9)]);
  });

  it.each<[SideRules, EventLog, RegExp]>([
    [
      { channels: ['category'] },
      toyLog([
        ['u', 'a', 1],
        ['u', 'b', 2],
        ['u', 'c', 3],
      ]),
      /no category\. Of the channels asked for they have gap/,
    ],
    [
      { channels: ['gap'] },
      toyLog([
        ['u', 'a', null],
        ['u', 'b', null],
        ['u', 'c', null],
      ]),
      /no times, so there are no gaps/,
    ],
    [
      { channels: ['behavior'] },
      toyLog([
        ['u', 'a', 1],
        ['u', 'b', 2],
        ['u', 'c', 3],
        ['u', 'c', 4],
      ]),
      /says 'click' of every event in training/,
    ],
    [
      { profile: ['income'] },
      log(),
      /no user of the data has a 'income'\. The profiles have age, city, gender/,
    ],
    [
      { itemFeatures: ['year'] },
      { ...log(), items: new Map([['a', item('x', null)]]) },
      /no item of the data has year\. The items have categories/,
    ],
  ])('is refused where the data do not have it: %j', (rules, of, message) => {
    expect(() => code(rules, of)).toThrow(message);
  });
});
