import { describe, expect, it } from 'vitest';
import { readRecbole } from '../../lib/data/read-recbole';
import { temporaryFolder } from './temporary-folder';

const write = temporaryFolder();
const header = 'user_id:token\titem_id:token\trating:float\ttimestamp:float\n';

describe('readRecbole', () => {
  it('reads events, items and users', async () => {
    write(
      'toy.item',
      'item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n1\tToy Story\t1995\tAnimation Comedy\n2\tOdd\tV\t\n',
    );
    write('toy.user', 'user_id:token\tage:token\tgender:token\n5\t24\tM\n6\t\tF\n');
    const log = await readRecbole(
      write('toy.inter', `${header}5\t1\t3\t881250949\n6\t2\t4.5\t881250949.5\n`),
    );
    expect(log.events).toEqual([
      { userId: '5', behavior: 'rate', itemId: '1', query: null, timeMs: 881250949000, rating: 3, row: 2 },
      { userId: '6', behavior: 'rate', itemId: '2', query: null, timeMs: 881250949500, rating: 4.5, row: 3 },
    ]);
    expect(log.source.rowsRead).toBe(2);
    expect(log.items).toEqual(
      new Map([
        ['1', { title: 'Toy Story', categories: ['Animation', 'Comedy'], year: 1995 }],
        ['2', { title: 'Odd', categories: [], year: null }],
      ]),
    );
    expect(log.users).toEqual(
      new Map([
        ['5', { profile: { age: '24', gender: 'M' } }],
        ['6', { profile: { gender: 'F' } }],
      ]),
    );
  });

  it('reads a file of users and items only as clicks without times', async () => {
    const log = await readRecbole(write('bare.inter', 'user_id:token\titem_id:token\n1\t2\n'));
    expect(log.hasTimes).toBe(false);
    expect(log.events[0]).toMatchObject({ behavior: 'click', timeMs: null, rating: null });
  });

  it('takes milliseconds when told so', async () => {
    const log = await readRecbole(write('ms.inter', `${header}1\t2\t3\t1511848894000\n`), { timeUnit: 'ms' });
    expect(log.events[0]!.timeMs).toBe(1511848894000);
  });

  it.each([
    [
      'a missing column',
      'uid:token\titem_id:token\n1\t2\n',
      /row 1: the header has no column 'user_id'; it has: uid, item_id/,
    ],
    ['a header without types', 'user_id\titem_id\n1\t2\n', /row 1: the header names no types/],
    ['a header alone', header, /no row could be used/],
    ['an unreadable rating', `${header}1\t2\tabc\t1\n`, /row 2: the rating 'abc' is not a number/],
    ['an unreadable time', `${header}1\t2\t3\t\n`, /row 2: the timestamp '' is not a number/],
    ['a missing column in a row', `${header}1\t2\t3\n`, /row 2: found 3 columns, the header has 4/],
    ['a missing item', `${header}1\t\t3\t4\n`, /row 2: the user or the item is missing/],
  ])('refuses %s', async (_, text, message) => {
    await expect(readRecbole(write('bad.inter', text))).rejects.toThrow(message);
  });

  it('counts bad rows by reason when they are dropped', async () => {
    const text = `${header}1\t2\tabc\t1\n1\t2\t3\t4\n1\t2\n1\t3\tx\t1\n`;
    const log = await readRecbole(write('drop.inter', text), { onBadRow: 'drop' });
    expect(log.events).toHaveLength(1);
    expect(log.source.rowsRead).toBe(4);
    expect(log.source.rejected).toEqual([
      { reason: 'unreadable rating', rows: 2, firstRow: 2 },
      { reason: 'wrong number of columns', rows: 1, firstRow: 4 },
    ]);
  });
});
