import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { readCsv } from '../../lib/data/read-csv';
import { temporaryFolder } from './temporary-folder';

const write = temporaryFolder();

describe('readCsv', () => {
  it('reads its own columns in any order and leaves others alone', async () => {
    const text =
      'extra,time_ms,item_id,user_id,behavior,query,rating\nx,5,i1,u1,cart,,4.5\nx,6,,u1,search,"red, ""big"" lamp",\n';
    const log = await readCsv(write('own.csv', text));
    expect(log.events).toEqual([
      { userId: 'u1', behavior: 'cart', itemId: 'i1', query: null, timeMs: 5, rating: 4.5, row: 2 },
      {
        userId: 'u1',
        behavior: 'search',
        itemId: null,
        query: 'red, "big" lamp',
        timeMs: 6,
        rating: null,
        row: 3,
      },
    ]);
    expect(log.hasTimes).toBe(true);
    expect(log.source).toMatchObject({ name: 'own.csv', rowsRead: 2, rejected: [] });
  });

  it('reads named columns, other words, tabs, ISO times, line ends of Windows, and gzip', async () => {
    const text = 'Kunde\tArtikel\tWann\tWas\r\n7\tB00X\t2024-05-01 10:00\tkauf\r\n';
    const log = await readCsv(write('named.tsv.gz', gzipSync(text)), {
      columns: { user: 'Kunde', item: 'Artikel', time: 'Wann', behavior: 'Was' },
      behaviorNames: { kauf: 'purchase' },
      timeUnit: 'iso',
      delimiter: '\t',
    });
    expect(log.events).toEqual([
      {
        userId: '7',
        behavior: 'purchase',
        itemId: 'B00X',
        query: null,
        timeMs: Date.UTC(2024, 4, 1, 10),
        rating: null,
        row: 2,
      },
    ]);
  });

  it('reads a file without a header from row 1', async () => {
    const log = await readCsv(write('bare.csv', '1,2\n1,3\n'), {
      header: ['who', 'what'],
      columns: { user: 'who', item: 'what' },
      behavior: 'listen',
    });
    expect(log.events.map(({ row, itemId, behavior }) => [row, itemId, behavior])).toEqual([
      [1, '2', 'listen'],
      [2, '3', 'listen'],
    ]);
    expect(log.hasTimes).toBe(false);
  });

  it('keeps missing values for the cleaning to count', async () => {
    const { events } = await readCsv(write('gaps.csv', 'user_id,item_id,time_ms\nu,,\nu,i,3\n'));
    expect(events.map(({ itemId, timeMs }) => [itemId, timeMs])).toEqual([
      [null, null],
      ['i', 3],
    ]);
  });

  it('reads what is known of items and users beside it', async () => {
    write('shop.items.csv', 'item_id,title,categories,year,price\ni,Lamp,home|light,,9.5\nj,,,2020,\n');
    write('shop.users.csv', 'user_id,age,city\nu,24,\n');
    const log = await readCsv(write('shop.csv', 'user_id,item_id\nu,i\n'));
    expect(log.items).toEqual(
      new Map([
        ['i', { title: 'Lamp', categories: ['home', 'light'], year: null, price: 9.5 }],
        ['j', { title: '', categories: [], year: 2020 }],
      ]),
    );
    expect(log.users).toEqual(new Map([['u', { profile: { age: '24' } }]]));
  });

  it.each([
    ['item_id,title\ni,A\ni,B\n', /faulty\.items\.csv, row 3: the item_id 'i' comes twice/],
    ['item_id,price\ni,cheap\n', /faulty\.items\.csv, row 2: the price 'cheap' is not a number/],
    ['id,price\ni,1\n', /there is no column 'item_id'; it has: id, price/],
    ['item_id,price\ni\n', /row 2: found 1 columns, the header has 2/],
  ])('refuses a faulty table beside it: %j', async (table, message) => {
    write('faulty.items.csv', table);
    await expect(readCsv(write('faulty.csv', 'user_id,item_id\nu,i\n'))).rejects.toThrow(message);
  });

  it('names the columns that are missing and those that exist', async () => {
    const file = write('cols.csv', 'uid,iid,ts\n1,2,3\n');
    await expect(readCsv(file)).rejects.toThrow(
      /cols\.csv, row 1: there is no column 'user_id' and no 'item_id'; the columns are: uid, iid, ts\. /,
    );
    await expect(readCsv(file, { columns: { user: 'uid', item: 'iid', time: 'when' } })).rejects.toThrow(
      /there is no column 'when'/,
    );
  });

  const own = 'user_id,item_id,time_ms,behavior,rating\n';
  const badRows: [string, string, string, RegExp][] = [
    ['no user', ',i,1,click,', 'no user', /row 2: the column 'user_id' is empty/],
    [
      'an unknown behaviour',
      'u,i,1,gaze,',
      'unknown behaviour',
      /row 2: the behaviour 'gaze' is not known.*map others/,
    ],
    [
      'an inherited name',
      'u,i,1,constructor,',
      'unknown behaviour',
      /the behaviour 'constructor' is not known/,
    ],
    [
      'a time that is no number',
      'u,i,soon,click,',
      'unreadable time',
      /row 2: the time 'soon' is not a number/,
    ],
    [
      'a rating that is no number',
      'u,i,1,click,abc',
      'unreadable rating',
      /row 2: the rating 'abc' is not a number/,
    ],
    [
      'too many cells',
      'u,i,1,click,,,',
      'wrong number of columns',
      /row 2: found 7 columns, the header has 5/,
    ],
  ];
  it.each(badRows)('refuses a row with %s, or counts it', async (_, row, reason, message) => {
    const file = write('row.csv', `${own}${row}\nu,i,1,click,\n`);
    await expect(readCsv(file)).rejects.toThrow(message);
    const { events, source } = await readCsv(file, { onBadRow: 'drop' });
    expect(events).toHaveLength(1);
    expect(source.rowsRead).toBe(2);
    expect(source.rejected).toEqual([{ reason, rows: 1, firstRow: 2 }]);
  });

  it.each([
    ['an empty file', '', /the file is empty/],
    ['a header alone', own, /there is a header but no row/],
    [
      'a column twice',
      'user_id,item_id,item_id\n1,2,3\n',
      /row 1: the header names the column 'item_id' twice/,
    ],
    [
      'a quote that never closes',
      `${own}u,i,1,click,"\nu,i,1,click,\n`,
      /a quoted text does not begin or end/,
    ],
    ['a quote inside a word', `${own}u,i"x",1,click,\n`, /row 2: a quoted text does not begin or end/],
  ])('refuses %s, also when bad rows are dropped', async (_, text, message) => {
    const file = write('whole.csv', text);
    await expect(readCsv(file)).rejects.toThrow(message);
    await expect(readCsv(file, { onBadRow: 'drop' })).rejects.toThrow(message);
    await expect(readCsv(file)).rejects.toBeInstanceOf(InputError);
  });

  it('refuses a truncated gzip', async () => {
    const whole = gzipSync(own + 'u,i,1,click,\n'.repeat(999));
    await expect(readCsv(write('cut.csv.gz', whole.subarray(0, whole.length - 9)))).rejects.toThrow(
      /truncated/,
    );
  });

  it('answers any text with a log that accounts for every row, or one InputError', async () => {
    const cell = fc.constantFrom(
      'u',
      'i',
      '1',
      '',
      'click',
      '"',
      '"a""b"',
      'x,y',
      '\n',
      '\r\n',
      'é',
      ' ',
      '\u0000',
    );
    const anyRow = fc.array(cell, { maxLength: 7 }).map((cells) => cells.join(','));
    const rows = fc.array(fc.oneof(fc.constant('u,i,1,click,'), anyRow), { maxLength: 6 });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('error', 'drop'), async (lines, onBadRow) => {
        const file = write('any.csv', own + lines.join('\n'));
        try {
          const { events, source } = await readCsv(file, { onBadRow });
          const rejected = source.rejected.reduce((sum, { rows }) => sum + rows, 0);
          expect(events.length + rejected).toBe(source.rowsRead);
          read += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 200, seed: 7 },
    );
    expect(read).toBeGreaterThan(50);
  });
});
