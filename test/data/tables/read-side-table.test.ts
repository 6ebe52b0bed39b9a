import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../../lib/data/tables/database';
import { readItems, readUsers } from '../../../lib/data/tables/read-side-table';
import { itemFormat, userFormat } from '../../../lib/data/tables/side-format';
import { temporaryFolder } from '../temporary-folder';

const write = temporaryFolder();
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ threads: 2 });
});
afterAll(() => database.close());

const items = itemFormat({
  kind: 'csv',
  columns: { item: 'id', title: 'name', categories: ['group', 'kinds'], year: 'year', price: 'eur' },
  categoriesBetween: '|',
  noCategory: '(none)',
});
const header = 'id,name,group,kinds,year,eur\n';

describe('readItems', () => {
  it('joins the categories of several fields, each once, and leaves unknown values out', async () => {
    const text = `${header}b,Lamp,home,light|home| red ,2001,9.5\na,,,(none),V,\n`;
    expect([...(await readItems(database, write('items.csv', text), items))]).toEqual([
      ['b', { title: 'Lamp', categories: ['home', 'light', 'red'], year: 2001, price: 9.5 }],
      ['a', { title: '', categories: [], year: null }],
    ]);
  });

  it('takes a year off a title where it is said', async () => {
    const films = itemFormat({ kind: 'csv', columns: { item: 'id', title: 'name' }, yearInTitle: true });
    const read = await readItems(
      database,
      write('films.csv', 'id,name\n1,Heat (1995) \n2,(500) Days\n'),
      films,
    );
    expect([...read.values()]).toEqual([
      { title: 'Heat', categories: [], year: 1995 },
      { title: '(500) Days', categories: [], year: null },
    ]);
  });

  it('may take the first value that is known of ids that come oftener', async () => {
    const text = `${header}a,,x,,,\na,Lamp,,y,,\na,Chair,,,,7\n,no id,,,,\n`;
    const read = await readItems(database, write('items.csv', text), { ...items, onRepeat: 'first-known' });
    expect([...read]).toEqual([['a', { title: 'Lamp', categories: ['x', 'y'], year: null, price: 7 }]]);
  });

  it.each([
    ['a,,,,,\na,,,,,\n', /items\.csv: the id 'a' comes twice\. Correct row 2 of its data\./],
    ['a,,,,,\n ,,,,,\n', /the id is empty\. Correct row 2/],
    ['a,,,,,cheap\n', /row 1: the price 'cheap' is not a number/],
    ['a,b\n', /row 2: too few columns\./],
  ])('refuses %j', async (rows, message) => {
    await expect(readItems(database, write('items.csv', header + rows), items)).rejects.toThrow(message);
  });

  it('names a column that is missing', async () => {
    await expect(readItems(database, write('items.csv', 'id,name\na,b\n'), items)).rejects.toThrow(
      /there is no column '.*'; the columns are: id, name/,
    );
  });
});

describe('readUsers', () => {
  const users = userFormat({ kind: 'ndjson', columns: { user: 'u', profile: { age: 'a', city: 'c' } } });

  it('makes profiles, an unknown value absent', async () => {
    const text = '{"u":1,"a":24}\n{"u":"x","c":"Köln","a":null}\n';
    expect([...(await readUsers(database, write('users.ndjson', text), users))]).toEqual([
      ['1', { profile: { age: '24' } }],
      ['x', { profile: { city: 'Köln' } }],
    ]);
  });

  it('may take ids for whole numbers', async () => {
    const whole = { ...users, wholeNumbers: true };
    const read = await readUsers(database, write('users.ndjson', '{"u":"12.0","a":1}\n'), whole);
    expect([...read.keys()]).toEqual(['12']);
    await expect(readUsers(database, write('users.ndjson', '{"u":"x"}\n'), whole)).rejects.toThrow(
      /the u 'x' is no whole number/,
    );
  });

  it('refuses what is no object', async () => {
    await expect(readUsers(database, write('users.ndjson', '{"u":1}\n[]\n'), users)).rejects.toThrow(
      /the u is empty/,
    );
  });
});
