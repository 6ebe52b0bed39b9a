import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { amazon2014, amazon2023 } from '../../../lib/data/formats/amazon';
import { formatNamed, tableFormats } from '../../../lib/data/formats/catalogue';
import { cdnow, cdnowOriginal } from '../../../lib/data/formats/cdnow';
import {
  completeJourney,
  completeJourneyItems,
  completeJourneyUsers,
} from '../../../lib/data/formats/complete-journey';
import { lastFm, lastFmHeadless } from '../../../lib/data/formats/lastfm';
import {
  movieLens100k,
  movieLens1m,
  movieLens1mItems,
  movieLens1mPairs,
  movieLens1mUsers,
  movieLensCsv,
  movieLensCsvItems,
} from '../../../lib/data/formats/movielens';
import {
  onlineRetail,
  onlineRetailItems,
  onlineRetailUsers,
  onlineRetailWithCancellations,
} from '../../../lib/data/formats/online-retail';
import { recbole, recboleMovies, recbolePeople, recboleRatings } from '../../../lib/data/formats/recbole';
import { retailRocket, retailRocketCut, retailRocketCutParts } from '../../../lib/data/formats/retailrocket';
import { taobao } from '../../../lib/data/formats/taobao';
import { yoochooseBuys, yoochooseClicks, yoochooseCut } from '../../../lib/data/formats/yoochoose';
import { movieLens100kFolder } from '../../../lib/data/movielens';
import { readRecbole } from '../../../lib/data/read-recbole';
import { openDatabase, type Database } from '../../../lib/data/tables/database';
import type { EventTable } from '../../../lib/data/tables/event-table';
import { readItems, readUsers } from '../../../lib/data/tables/read-side-table';
import { readTable } from '../../../lib/data/tables/read-table';
import { sharedData } from '../shared-data';
import { temporaryFolder } from '../temporary-folder';
import { publishedData } from './published-data';

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ threads: 2 });
});
afterAll(() => database.close());
const write = temporaryFolder();

/** Events, users and items of a table. */
async function counts({ name, columns }: EventTable): Promise<number[]> {
  const item = columns.includes('item_id') ? 'item_id' : 'NULL';
  const [row] = await database.rows<{ n: number; u: number; i: number }>(
    `SELECT count(*) AS n, count(DISTINCT user_id) AS u, count(DISTINCT ${item}) AS i FROM ${name}`,
  );
  return [row!.n, row!.u, row!.i];
}

async function perBehavior({ name }: EventTable): Promise<Record<string, number>> {
  const rows = await database.rows<{ behavior: string; n: number }>(
    `SELECT behavior::VARCHAR AS behavior, count(*) AS n FROM ${name} GROUP BY behavior`,
  );
  return Object.fromEntries(rows.map(({ behavior, n }) => [behavior, n]));
}

const one = async <Row>(sql: string): Promise<Row> =>
  (await database.rows<Record<string, string | number | null>>(sql))[0] as Row;
const days = ({ name }: EventTable): Promise<{ first: string; last: string }> =>
  one(`SELECT strftime(make_timestamp(min(time_ms) * 1000), '%Y-%m-%d') AS first,
    strftime(make_timestamp(max(time_ms) * 1000), '%Y-%m-%d') AS last FROM ${name}`);

const mlSmall = sharedData('ml-latest-small/ratings.csv.gz');
describe.skipIf(mlSmall === null)('MovieLens, the small edition of 2016', () => {
  it('has 100,004 ratings of 9,066 films by 671 users', async () => {
    const table = await readTable(database, mlSmall!, { format: movieLensCsv });
    expect(await counts(table)).toEqual([100_004, 671, 9_066]);
    expect(await perBehavior(table)).toEqual({ rate: 100_004 });
    expect(table.source).toMatchObject({ rowsRead: 100_004, rejected: [] });
  });

  it('has titles, years and genres beside it', async () => {
    const items = await readItems(database, sharedData('ml-latest-small/movies.csv.gz')!, movieLensCsvItems);
    expect(items.size).toBe(9_125);
    expect(items.get('1')).toEqual({
      title: 'Toy Story',
      categories: ['Adventure', 'Animation', 'Children', 'Comedy', 'Fantasy'],
      year: 1995,
    });
    expect([...items.values()].filter(({ categories }) => categories.length === 0)).toHaveLength(18);
  });
});

const ml1m = sharedData('ml-1m/ml-1m.txt.gz');
it.skipIf(ml1m === null)(
  'MovieLens-1M, SASRec’s cut, has 999,611 events, 6,040 users, 3,416 films',
  async () => {
    const table = await readTable(database, ml1m!, { format: movieLens1mPairs });
    expect(await counts(table)).toEqual([999_611, 6_040, 3_416]);
    expect(table.hasTimes).toBe(false);
  },
);

const recboleFile = publishedData('ml-100k', 'ml-100k.inter');
describe.skipIf(recboleFile === null)('MovieLens-100K in RecBole’s form', () => {
  it('has 100,000 ratings, 943 users, 1,682 films, and is what readRecbole reads', async () => {
    const table = await readTable(database, recboleFile!, { format: recboleRatings });
    expect(await counts(table)).toEqual([100_000, 943, 1_682]);
    const { events, source } = await readRecbole(recboleFile!);
    expect(table.source.sha256).toBe(source.sha256);
    const rows = await database.rows<{ user_id: string; item_id: string; time_ms: number; rating: number }>(
      `SELECT user_id, item_id, time_ms, rating FROM ${table.name} ORDER BY row`,
    );
    expect(rows).toEqual(
      events.map(({ userId, itemId, timeMs, rating }) => ({
        user_id: userId,
        item_id: itemId,
        time_ms: timeMs,
        rating,
      })),
    );
  });

  it('has the films and people that readRecbole finds', async () => {
    const { items, users } = await readRecbole(recboleFile!);
    const folder = movieLens100kFolder();
    expect(await readItems(database, `${folder}/ml-100k.item`, recboleMovies)).toEqual(items);
    expect(await readUsers(database, `${folder}/ml-100k.user`, recbolePeople)).toEqual(users);
  });
});

const taobaoFile = sharedData('taobao-userbehavior-10k/UserBehavior.csv.gz');
it.skipIf(taobaoFile === null)('Taobao, the cut, has 10,000 events of four behaviours', async () => {
  const table = await readTable(database, taobaoFile!, { format: taobao });
  expect(await counts(table)).toEqual([10_000, 114, 7_623]);
  expect(await perBehavior(table)).toEqual({ click: 9_046, cart: 536, favorite: 212, purchase: 206 });
  expect(await one(`SELECT count(DISTINCT category) AS n FROM ${table.name}`)).toEqual({ n: 1_096 });
  expect(await days(table)).toEqual({ first: '2017-11-24', last: '2017-12-03' });
});

const views = sharedData('retailrocket/view_ecommerce.dat.gz');
it.skipIf(views === null)('RetailRocket, the cut, has a file a behaviour', async () => {
  const parts = retailRocketCutParts(dirname(views!));
  const table = await readTable(database, parts, { format: retailRocketCut });
  expect(await perBehavior(table)).toEqual({ click: 78_371, cart: 9_028, purchase: 5_088 });
  expect(table).toMatchObject({ numRows: 92_487, hasTimes: false });
  expect(
    await one(`SELECT min(row) AS first, max(row) AS last FROM ${table.name} WHERE behavior = 'cart'`),
  ).toEqual({ first: 78_372, last: 78_371 + 9_028 });
});

const retail = sharedData('online-retail-uci/online_retail.csv.gz');
describe.skipIf(retail === null)('UCI Online Retail', () => {
  it('has 541,909 lines, of which 397,924 are purchases of a known customer', async () => {
    const table = await readTable(database, retail!, { format: onlineRetail });
    expect(table.source).toMatchObject({
      rowsRead: 541_909,
      rejected: [
        { reason: 'cancellation', rows: 8_905, firstRow: 143 },
        { reason: 'no customer', rows: 135_080, firstRow: 624 },
      ],
    });
    expect((await counts(table)).slice(0, 2)).toEqual([397_924, 4_339]);
    expect(await days(table)).toEqual({ first: '2010-12-01', last: '2011-12-09' });
    expect(await one(`SELECT user_id FROM ${table.name} WHERE row = 1`)).toEqual({ user_id: '17850' });
  });

  it('has 4,372 customers when cancellations count', async () => {
    const table = await readTable(database, retail!, { format: onlineRetailWithCancellations });
    expect((await counts(table)).slice(0, 2)).toEqual([406_829, 4_372]);
  });

  it('has descriptions and countries in the same file', async () => {
    const items = await readItems(database, retail!, onlineRetailItems);
    expect(items.size).toBe(4_070);
    expect(items.get('85123A')!.title).toBe('WHITE HANGING HEART T-LIGHT HOLDER');
    const users = await readUsers(database, retail!, onlineRetailUsers);
    expect(users.size).toBe(4_372);
    expect(users.get('17850')).toEqual({ profile: { country: 'United Kingdom' } });
  });
});

const clicks = sharedData('yoochoose-100k/yoochoose-clicks-100k_train_full.txt.gz');
it.skipIf(clicks === null)('Yoochoose, the cut, has sessions', async () => {
  const train = await readTable(database, clicks!, { format: yoochooseCut });
  expect(await counts(train)).toEqual([70_278, 17_794, 2_933]);
  const test = await readTable(database, clicks!.replace('train_full', 'test'), { format: yoochooseCut });
  expect(await counts(test)).toEqual([13_568, 3_416, 1_771]);
  expect(await one(`SELECT time_ms FROM ${train.name} WHERE row = 2`)).toEqual({ time_ms: 1396438212318 });
});

const artists = sharedData('lastfm-social/user_artist.dat.gz');
it.skipIf(artists === null)('Last.fm has 92,834 counts of 1,892 users and 17,632 artists', async () => {
  const table = await readTable(database, artists!, { format: lastFmHeadless });
  expect(await counts(table)).toEqual([92_834, 1_892, 17_632]);
  expect(await perBehavior(table)).toEqual({ listen: 92_834 });
});

const purchases = publishedData('cdnow', 'CDNOW_master.txt');
it.skipIf(purchases === null)('CDNOW has 69,659 purchases of 23,570 customers', async () => {
  const table = await readTable(database, purchases!, { format: cdnow });
  expect(await counts(table)).toEqual([69_659, 23_570, 0]);
  expect(await days(table)).toEqual({ first: '1997-01-01', last: '1998-06-30' });
});

const lines = publishedData('complete-journey', 'transactions.parquet');
describe.skipIf(lines === null)('The Complete Journey', () => {
  it('has 1,469,307 lines, 2,469 households, 68,509 products, 155,848 baskets', async () => {
    const table = await readTable(database, lines!, { format: completeJourney });
    expect(await counts(table)).toEqual([1_469_307, 2_469, 68_509]);
    expect(await one(`SELECT count(DISTINCT session_id) AS n FROM ${table.name}`)).toEqual({ n: 155_848 });
    expect(await one(`SELECT typeof(user_id) AS type FROM ${table.name} LIMIT 1`)).toEqual({
      type: 'BIGINT',
    });
  });

  it('has products and 801 profiles', async () => {
    const items = await readItems(database, lines!.replace('transactions', 'products'), completeJourneyItems);
    expect(items.get('25671')).toEqual({
      title: 'ICE - CRUSHED/CUBED',
      categories: ['GROCERY', 'FRZN ICE', 'ICE - CRUSHED/CUBED'],
      year: null,
    });
    const users = await readUsers(
      database,
      lines!.replace('transactions', 'demographics'),
      completeJourneyUsers,
    );
    expect(users.size).toBe(801);
    expect(users.get('1')!.profile).toMatchObject({ age: '65+', income: '35-49K', household_size: '2' });
  });
});

describe('formats whose files are not here, on rows as their publishers describe them', () => {
  it.each([
    ['u.data', movieLens100k, '196\t242\t3\t881250949\n', ['196', 'rate', '242', 881250949000, 3]],
    ['ratings.dat', movieLens1m, '1::1193::5::978300760\n', ['1', 'rate', '1193', 978300760000, 5]],
    [
      'events.csv',
      retailRocket,
      'timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n',
      ['257597', 'click', '355908', 1433221332117, null],
    ],
    [
      'yoochoose-clicks.dat',
      yoochooseClicks,
      '1,2014-04-07T10:51:09.277Z,214536502,0\n',
      ['1', 'click', '214536502', Date.UTC(2014, 3, 7, 10, 51, 9, 277), null],
    ],
    [
      'yoochoose-buys.dat',
      yoochooseBuys,
      '420374,2014-04-06T18:44:58.314Z,214537888,12462,1\n',
      ['420374', 'purchase', '214537888', Date.UTC(2014, 3, 6, 18, 44, 58, 314), null],
    ],
    [
      'ratings_Beauty.csv',
      amazon2014,
      'A39HTATAQ9V7YF,0205616461,5.0,1369699200\n',
      ['A39HTATAQ9V7YF', 'rate', '0205616461', 1369699200000, 5],
    ],
    [
      'Video_Games.csv.gz',
      amazon2023,
      'user_id,parent_asin,rating,timestamp\nAGCI,B07DK1H3H5,4.0,1608186804795\n',
      ['AGCI', 'rate', 'B07DK1H3H5', 1608186804795, 4],
    ],
    [
      'user_artists.dat',
      lastFm,
      'userID\tartistID\tweight\r\n2\t51\t13883\r\n',
      ['2', 'listen', '51', null, 13883],
    ],
    [
      'CDNOW.txt',
      cdnowOriginal,
      ' 00004    1 19970101  2   29.33\r\n',
      ['00004', 'purchase', null, Date.UTC(1997, 0, 1), null],
    ],
    ['tiny.inter', recbole, 'user_id:token\titem_id:token\na"b\tc\n', ['a"b', 'click', 'c', null, null]],
  ])('%s', async (file, format, text, [user, behavior, item, timeMs, rating]) => {
    const table = await readTable(database, write(file, file.endsWith('.gz') ? gzipSync(text) : text), {
      format,
    });
    const column = (name: 'item_id' | 'time_ms' | 'rating'): string =>
      table.columns.includes(name) ? name : `NULL AS ${name}`;
    expect(
      await database.rows(
        `SELECT user_id, behavior::VARCHAR AS behavior, ${column('item_id')}, ${column('time_ms')}, ${column('rating')} FROM ${table.name}`,
      ),
    ).toEqual([{ user_id: user, behavior, item_id: item, time_ms: timeMs, rating }]);
  });

  it('movies.dat and users.dat of MovieLens-1M, the first of which is not UTF-8', async () => {
    const movies = write('movies.dat', Buffer.from('73::Misérables, Les (1995)::Drama|Musical\n', 'latin1'));
    expect(await readItems(database, movies, movieLens1mItems)).toEqual(
      new Map([['73', { title: 'Misérables, Les', categories: ['Drama', 'Musical'], year: 1995 }]]),
    );
    const users = await readUsers(database, write('users.dat', '1::F::1::10::48067\n'), movieLens1mUsers);
    expect(users.get('1')).toEqual({
      profile: { gender: 'F', age: '1', occupation: '10', zip_code: '48067' },
    });
  });
});

describe('formatNamed', () => {
  it('knows every format by name', () => {
    for (const [name, format] of Object.entries(tableFormats)) expect(formatNamed(name)).toBe(format);
  });

  it('names those there are', () => {
    expect(() => formatNamed('toString')).toThrow(InputError);
    expect(() => formatNamed('toabao')).toThrow(/there is no format 'toabao'\. Choose one of .*taobao/);
  });
});
