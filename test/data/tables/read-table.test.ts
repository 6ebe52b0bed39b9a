import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { openDatabase, quoteText, type Database } from '../../../lib/data/tables/database';
import type { EventTable } from '../../../lib/data/tables/event-table';
import { readTable, type ReadTableOptions } from '../../../lib/data/tables/read-table';
import { tableFormat, type TableFormat } from '../../../lib/data/tables/table-format';
import { temporaryFolder } from '../temporary-folder';

const write = temporaryFolder();
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ threads: 2 });
});
afterAll(() => database.close());

type Row = Record<string, string | number | null>;
const rowsOf = ({ name }: EventTable): Promise<Row[]> =>
  database.rows<Row>(`SELECT * REPLACE (behavior::VARCHAR AS behavior) FROM ${name} ORDER BY row`);
const cells = async (table: EventTable): Promise<(string | number | null)[][]> =>
  (await rowsOf(table)).map((row) => Object.values(row));

/** Read a text; every row of it is in the table or counted. */
async function read(
  text: string | Uint8Array,
  options: ReadTableOptions,
  file = 'log.csv',
): Promise<EventTable> {
  const table = await readTable(database, write(file, text), options);
  const rejected = table.source.rejected.reduce((sum, { rows }) => sum + rows, 0);
  expect(table.numRows + rejected).toBe(table.source.rowsRead);
  expect(await rowsOf(table)).toHaveLength(table.numRows);
  return table;
}

const pairs = tableFormat({ kind: 'csv', columns: { user: 'user', item: 'item' } });
const timed = (format: Partial<TableFormat> = {}): TableFormat => ({
  kind: 'csv',
  columns: { user: 'user', time: 'time' },
  ...format,
});

describe('kinds of files', () => {
  const format = tableFormat({
    kind: 'csv',
    columns: {
      user: 'who',
      item: 'what',
      behavior: 'did',
      time: 'at',
      query: 'q',
      session: 'visit',
      category: 'cat',
      price: 'eur',
      dwell: 'stay',
      rating: 'stars',
    },
    behaviorNames: { pv: 'click' },
    timeUnit: 's',
    dwellInSeconds: true,
  });
  const columns = [
    'row',
    'user_id',
    'behavior',
    'item_id',
    'query',
    'time_ms',
    'session_id',
    'category',
    'price',
    'dwell_ms',
    'rating',
  ];
  const expected = [
    [1, 'u1', 'click', 'i1', null, 1500, 's1', 'lamps', 9.5, 2000, 4],
    [2, 'u2', 'search', null, 'red, "big"', null, null, null, null, null, null],
  ];

  it('reads CSV, all columns, in any order, others left alone', async () => {
    const text =
      'x,who,what,did,at,q,visit,cat,eur,stay,stars\n,u1,i1,pv,1.5,,s1,lamps,9.5,2,4\n, u2 ,,search,,"red, ""big""",,,,,\n';
    const table = await read(text, { format });
    expect(await cells(table)).toEqual(expected);
    expect(table).toMatchObject({ columns, hasTimes: true });
    expect(table.source).toEqual({
      name: 'log.csv',
      file: table.source.file,
      sha256: createHash('sha256').update(text).digest('hex'),
      rowsRead: 2,
      rejected: [],
    });
  });

  it('reads NDJSON, with blank lines between', async () => {
    const text =
      '{"who":"u1","what":"i1","did":"pv","at":1.5,"visit":"s1","cat":"lamps","eur":9.5,"stay":2,"stars":4}\n \n{"did":"search","who":"u2","q":"red, \\"big\\"","what":null}\n';
    expect(await cells(await read(text, { format: { ...format, kind: 'ndjson' } }, 'log.ndjson'))).toEqual(
      expected,
    );
    const zipped = await read(gzipSync(text), { format: { ...format, kind: 'ndjson' } }, 'log.ndjson.gz');
    expect(await cells(zipped)).toEqual(expected);
  });

  it('reads Parquet; whole numbers of ids stay numbers', async () => {
    const file = join(dirname(write('x', '')), 'log.parquet');
    await database.run(
      `COPY (SELECT 7::BIGINT AS who, 9::INTEGER AS what, 'pv' AS did, 1.5::DOUBLE AS at, 's' AS visit UNION ALL SELECT 8, NULL, 'cart', NULL, NULL)
       TO ${quoteText(file)} (FORMAT parquet)`,
    );
    const own: TableFormat = {
      ...format,
      kind: 'parquet',
      columns: { user: 'who', item: 'what', behavior: 'did', time: 'at', session: 'visit' },
    };
    const table = await readTable(database, file, { format: own });
    expect(await cells(table)).toEqual([
      [1, 7, 'click', 9, 1500, 's'],
      [2, 8, 'cart', null, null, null],
    ]);
  });

  it('reads fields between blanks, with and without a header', async () => {
    const text = '  u1 \t i1\n\nu2 i2 \n';
    const bare = tableFormat({
      kind: 'blanks',
      fields: ['u', 'i'],
      columns: { user: 'u', item: 'i' },
      behavior: 'listen',
    });
    const rows = [
      [1, 'u1', 'listen', 'i1'],
      [2, 'u2', 'listen', 'i2'],
    ];
    expect(await cells(await read(text, { format: bare }))).toEqual(rows);
    const headed: TableFormat = { ...bare, header: true };
    expect(await cells(await read(` u   i \n${text}`, { format: headed }))).toEqual(rows);
    expect(await cells(await read(gzipSync(text), { format: bare }, 'log.txt.gz'))).toEqual(rows);
  });

  it('reads gzip by its first bytes, also in several members', async () => {
    const members = Buffer.concat([gzipSync('user,item\na,1\n'), gzipSync('b,2\n')]);
    for (const name of ['log.csv', 'log.csv.gz']) {
      expect(await cells(await read(members, { format: pairs }, name))).toEqual([
        [1, 'a', 'click', '1'],
        [2, 'b', 'click', '2'],
      ]);
    }
  });

  it('takes stars and brackets in the name of a file literally', async () => {
    write('a[b]?*.csv', 'user,item\nright,1\n');
    write('ab.csv', 'user,item\nwrong,1\n');
    const table = await read('user,item\nright,1\n', { format: pairs }, 'a[b]?*.csv');
    expect(table.numRows).toBe(1);
  });
});

describe('layout of a CSV', () => {
  const same = [
    [1, 'a', 'click', '1'],
    [2, 'b', 'click', '2'],
  ];
  it.each([
    ['line ends of Windows', 'user,item\r\na,1\r\nb,2\r\n'],
    ['line ends of old Macs', 'user,item\ra,1\rb,2\r'],
    ['mixed line ends', 'user,item\r\na,1\nb,2\r'],
    ['no line end at the end', 'user,item\na,1\nb,2'],
    ['a byte order mark', '\ufeffuser,item\na,1\nb,2\n'],
    ['blank lines before, between, after', '\n\nuser,item\n\na,1\n\r\nb,2\n\n'],
    [
      'a header with quotes and blanks',
      '"user" ,\t"it""em"\na,1\nb,2\n'.replace('"user" ', '"user"').replace('\t"it""em"', '"item"'),
    ],
    ['blanks around cells and names', ' user , item\n a,\u00a01 \n\tb , 2\n'],
    ['quoted cells', 'user,item\n"a","1"\n"b",2\n'],
  ])('reads %s', async (_, text) => {
    expect(await cells(await read(text, { format: pairs }))).toEqual(same);
  });

  it('reads quoted line ends, quotes and delimiters', async () => {
    const text = 'user,item\n"a\nb","x,""y""\r\nz"\nc,2\n';
    expect(await cells(await read(text, { format: pairs }))).toEqual([
      [1, 'a\nb', 'click', 'x,"y"\r\nz'],
      [2, 'c', 'click', '2'],
    ]);
  });

  it('reads a name with quotes in it, and names that differ in case', async () => {
    const format = tableFormat({ kind: 'csv', columns: { user: 'the "user"', item: 'Item' } });
    const table = await read('"the ""user""",item,Item\na,no,1\nb,no,2\n', { format });
    expect(await cells(table)).toEqual(same);
  });

  it('reads other delimiters, and quotes as letters', async () => {
    const format = tableFormat({
      kind: 'csv',
      delimiter: '::',
      quote: '',
      columns: { user: 'user', item: 'item' },
    });
    expect(await cells(await read('user::item\n"a::1:\nb"::"2"\n', { format }))).toEqual([
      [1, '"a', 'click', '1:'],
      [2, 'b"', 'click', '"2"'],
    ]);
  });

  it('reads Latin-1 where it is said', async () => {
    const text = Buffer.from('user,item\nJosé,\u0085x\n', 'latin1');
    const [row] = await cells(await read(text, { format: { ...pairs, encoding: 'latin-1' } }));
    expect(row).toEqual([1, 'José', 'click', '\u0085x']);
    await expect(read(text, { format: pairs })).rejects.toThrow(/the text at or after row 1 is not UTF-8/);
  });
});

describe('times', () => {
  const timesOf = async (times: readonly string[], format: TableFormat): Promise<(number | null)[]> => {
    const text = `user,time\n${times.map((time) => `u,"${time}"\n`).join('')}`;
    const rows = await rowsOf(await read(text, { format }));
    return rows.map(({ time_ms: time }) => time as number | null);
  };

  it('are seconds or milliseconds, fractions rounded to milliseconds', async () => {
    const times = ['1.5', '0', '-2', '1e3', '1396437466.9404', ''];
    expect(await timesOf(times, timed({ timeUnit: 's' }))).toEqual([
      1500,
      0,
      -2000,
      1e6,
      1396437466940,
      null,
    ]);
    expect(await timesOf(['1.4', '1511848894000'], timed())).toEqual([1, 1511848894000]);
  });

  it('are ISO 8601 with zones; UTC without one', async () => {
    const noon = Date.UTC(2024, 1, 29, 12);
    const times = [
      '2024-02-29T12:00:00Z',
      '2024-02-29 12:00',
      '2024-02-29T14:00:00+02:00',
      '2024-02-29 07:30:00-0430',
      '2024-02-29 12:00:00.250',
      '2024-02-29',
    ];
    const midnight = Date.UTC(2024, 1, 29);
    expect(await timesOf(times, timed({ timeUnit: 'iso' }))).toEqual([
      noon,
      noon,
      noon,
      noon,
      noon + 250,
      midnight,
    ]);
  });

  it('follow a pattern', async () => {
    const format = timed({ timeUnit: { pattern: '%d/%m/%Y %H:%M' } });
    expect(await timesOf(['29/02/2024 12:30'], format)).toEqual([Date.UTC(2024, 1, 29, 12, 30)]);
  });

  it.each([
    ['s', ['nan', 'inf', '-infinity', '1_000', '1e400', '9e15', '0x10', '1,5', 'soon']],
    ['ms', ['nan', 'inf', '1_000', '9e15', '2024-01-01']],
    [
      'iso',
      [
        '2023-02-29',
        '2024-02-30',
        '2024-13-01',
        '2024-01-01 25:00:00',
        'epoch',
        'infinity',
        '2024-01-01 (BC)',
        '5',
      ],
    ],
    [{ pattern: '%Y%m%d' }, ['20240230', '2024-02-01', '2024']],
  ] as const)('with the unit %j refuse %j', async (timeUnit, wrong) => {
    const text = `user,time\n${wrong.map((time) => `u,"${time}"\n`).join('')}good,\n`;
    const table = await read(text, { format: timed({ timeUnit }), onBadRow: 'drop' });
    expect(table.source.rejected).toEqual([{ reason: 'unreadable time', rows: wrong.length, firstRow: 2 }]);
    expect(table.hasTimes).toBe(false);
  });
});

describe('bad rows', () => {
  const format = tableFormat({
    kind: 'csv',
    columns: {
      user: 'user',
      item: 'item',
      behavior: 'did',
      time: 'at',
      rating: 'stars',
      price: 'eur',
      dwell: 'stay',
    },
  });
  const header = 'user,item,did,at,stars,eur,stay\n';
  const good = 'u,i,click,1,2,3,4\n';

  it.each([
    [
      ' ,i,click,1,2,3,4',
      'no user',
      /row 4: no user\. Fill it in\. Or leave such rows out, counted, with onBadRow: 'drop'\.$/,
    ],
    [
      'u,i,klick,1,2,3,4',
      'unknown behaviour',
      /row 4: unknown behaviour \('klick'\)\. Known are browse, .*; map others with behaviorNames\. Or leave/,
    ],
    [
      'u,i,click,x,2,3,4',
      'unreadable time',
      /row 4: unreadable time \('x'\)\. Correct the row, or set timeUnit to 's', 'ms', 'iso' or a pattern\. Or leave/,
    ],
    [
      'u,i,click,1,two,3,4',
      'unreadable rating',
      /row 4: unreadable rating \('two'\)\. Correct the row\. Or leave/,
    ],
    [
      'u,i,click,1,2,1_0,4',
      'unreadable price',
      /row 4: unreadable price \('1_0'\)\. Correct the row\. Or leave/,
    ],
    [
      'u,i,click,1,2,3,inf',
      'unreadable dwell',
      /row 4: unreadable dwell \('inf'\)\. Correct the row\. Or leave/,
    ],
    [
      'u,i,click',
      'too few columns',
      /row 4: too few columns\. Correct the row, or check the delimiter\. Or leave/,
    ],
    [
      'u,i,click,1,2,3,4,5',
      'too many columns',
      /row 4: too many columns\. Quote cells that contain the delimiter\. Or leave/,
    ],
    [
      'u,"i,click,1,2,3,4',
      'broken quotes',
      /row 4: broken quotes\. Close the quote, double a quote inside a text \(""\), or check/,
    ],
    ['u,i"j",click,1,2,3,4', 'broken quotes', /row 4: broken quotes\. Close the quote/],
    ['u,"i"j,click,1,2,3,4', 'broken quotes', /row 4: broken quotes\. Close the quote/],
    ['u,i\0,click,1,2,3,4', 'control character', /row 4: control character\. Correct the row\. Or leave/],
    [
      `u,${'i'.repeat(1 << 20)},click,1,2,3,4`,
      'row too long',
      /row 4: row too long\. Correct the row\. Or leave/,
    ],
  ])('%s', async (line, reason, message) => {
    const text = `${header}${good}\n${line}\n${good}${good}`;
    await expect(read(text, { format })).rejects.toThrow(message);
    await expect(read(text, { format })).rejects.toBeInstanceOf(InputError);
    const table = await read(text, { format, onBadRow: 'drop' });
    expect(table.source.rejected).toEqual([{ reason, rows: 1, firstRow: 4 }]);
    // The bad row keeps its number.
    expect((await rowsOf(table)).map(({ row }) => row)).toEqual([1, 3, 4]);
  });

  it('counts every reason once a row, and names the line on which a row begins', async () => {
    const lines = ['"a\nb",i,click,1,2,3,4', 'u', ',i,x,x,x,x,x', 'u,i,x,x,2,3,4', 'u', good.trim()];
    const table = await read(header + lines.join('\n'), { format, onBadRow: 'drop' });
    expect(table.source).toMatchObject({
      rowsRead: 6,
      rejected: [
        { reason: 'too few columns', rows: 2, firstRow: 4 },
        { reason: 'no user', rows: 1, firstRow: 5 },
        { reason: 'unknown behaviour', rows: 1, firstRow: 6 },
      ],
    });
  });

  it('of NDJSON are what is no object', async () => {
    const ndjson = tableFormat({ kind: 'ndjson', columns: { user: 'u~/"', item: 'i' } });
    const text =
      '{"u~/\\"":"a","i":1}\n[1]\n{"u~/\\"":"b"\nnull\n{}\n{"u~/\\"":"\\ud800"}\n{"u~/\\"":"c","i":"\x01"}\n';
    const table = await read(text, { format: ndjson, onBadRow: 'drop' }, 'log.ndjson');
    expect(table.source.rejected).toEqual([
      { reason: 'no JSON object', rows: 5, firstRow: 2 },
      { reason: 'no user', rows: 1, firstRow: 5 },
    ]);
    expect(await cells(table)).toEqual([[1, 'a', 'click', '1']]);
  });

  it('of NDJSON are not commas at the end and names that come twice, of which the first counts', async () => {
    const ndjson = tableFormat({ kind: 'ndjson', columns: { user: 'u' } });
    const table = await read(
      '{"u":"a","u":"b",}\n{"u":12345678901234567890123}\n',
      { format: ndjson },
      'log.ndjson',
    );
    expect((await rowsOf(table)).map(({ user_id: user }) => user)).toEqual(['a', '12345678901234567890123']);
  });

  it('of a file between blanks have another number of fields', async () => {
    const blanks = tableFormat({ kind: 'blanks', fields: ['u', 'i'], columns: { user: 'u', item: 'i' } });
    const table = await read('a 1\nb\nc 2 3\nd  4\n', { format: blanks, onBadRow: 'drop' });
    expect(table.source.rejected).toEqual([
      { reason: 'too few columns', rows: 1, firstRow: 2 },
      { reason: 'too many columns', rows: 1, firstRow: 3 },
    ]);
    expect(await cells(table)).toEqual([
      [1, 'a', 'click', '1'],
      [4, 'd', 'click', '4'],
    ]);
  });

  it('of Parquet are counted as well', async () => {
    const file = join(dirname(write('x', '')), 'bad.parquet');
    await database.run(
      `COPY (SELECT * FROM (VALUES (1, 'click', 1.0), (NULL, 'click', 1.0), (2, 'klick', 1.0), (3, 'cart', 'nan'::DOUBLE))
       AS t(u, did, "at")) TO ${quoteText(file)} (FORMAT parquet)`,
    );
    const parquet: TableFormat = { kind: 'parquet', columns: { user: 'u', behavior: 'did', time: 'at' } };
    await expect(readTable(database, file, { format: parquet })).rejects.toThrow(
      /bad\.parquet, row 2: no user\./,
    );
    const table = await readTable(database, file, { format: parquet, onBadRow: 'drop' });
    expect(table.source).toMatchObject({
      rowsRead: 4,
      rejected: [
        { reason: 'no user', rows: 1, firstRow: 2 },
        { reason: 'unknown behaviour', rows: 1, firstRow: 3 },
        { reason: 'unreadable time', rows: 1, firstRow: 4 },
      ],
    });
  });

  it('leaves no table behind when it stops', async () => {
    const tables = async (): Promise<number> =>
      (await database.rows('SELECT 1 AS one FROM duckdb_tables() UNION ALL SELECT 1 FROM duckdb_views()'))
        .length;
    const before = await tables();
    await expect(read(`${header},i,click,1,2,3,4\n`, { format })).rejects.toThrow(/no user/);
    expect(await tables()).toBe(before);
  });
});

describe('rules of a format', () => {
  it('leave rows out, counted, without an error', async () => {
    const format = tableFormat({
      kind: 'csv',
      columns: { user: 'user', item: 'item' },
      leaveOut: [
        { field: 'invoice', test: { startsWith: 'C' }, reason: 'cancellation' },
        { field: 'user', test: { equals: '' }, reason: 'no customer' },
      ],
    });
    const table = await read('user,item,invoice\na,1,5\n,2,C6\n ,3,7\nb,4, C8\n', { format });
    expect(await cells(table)).toEqual([[1, 'a', 'click', '1']]);
    expect(table.source.rejected).toEqual([
      { reason: 'cancellation', rows: 2, firstRow: 3 },
      { reason: 'no customer', rows: 1, firstRow: 4 },
    ]);
    await expect(read('user,item\na,1\n', { format })).rejects.toThrow(/there is no column 'invoice'/);
  });

  it('take ids for whole numbers', async () => {
    const format: TableFormat = { ...pairs, wholeNumbers: ['user'] };
    const table = await read('user,item\n17850.0,1.0\n7,2\n007,3\n1.5,4\nx,5\n', {
      format,
      onBadRow: 'drop',
    });
    expect(await cells(table)).toEqual([
      [1, '17850', 'click', '1.0'],
      [2, '7', 'click', '2'],
      [3, '7', 'click', '3'],
    ]);
    expect(table.source.rejected).toEqual([{ reason: 'unreadable user', rows: 2, firstRow: 5 }]);
  });

  it('let a column be absent', async () => {
    const format: TableFormat = { ...timed(), optional: ['time'] };
    expect((await read('user\na\n', { format })).columns).toEqual(['row', 'user_id', 'behavior']);
  });

  it('are checked by the compiler', () => {
    const fields = ['who', 'what'] as const;
    tableFormat({ kind: 'csv', fields, columns: { user: 'who', item: 'what' } });
    // @ts-expect-error 'waht' is no field
    tableFormat({ kind: 'csv', fields, columns: { user: 'who', item: 'waht' } });
    const leftOut = { test: { equals: '' }, reason: 'r' } as const;
    // @ts-expect-error 'waht' is no field
    tableFormat({ kind: 'csv', fields, columns: { user: 'who' }, leaveOut: [{ field: 'waht', ...leftOut }] });
    // @ts-expect-error 'klick' is no behaviour
    tableFormat({ kind: 'csv', fields, columns: { user: 'who' }, behaviorNames: { pv: 'klick' } });
    // @ts-expect-error a user is needed
    tableFormat({ kind: 'csv', fields, columns: { item: 'what' } });
  });

  it.each([
    ['an empty delimiter', { delimiter: '' }, /delimiter must have one to four bytes/],
    [
      'a delimiter that holds the quote',
      { delimiter: '",' },
      /quote must be one byte that is not in the delimiter/,
    ],
    ['a long quote', { quote: "''" }, /quote must be one byte/],
    [
      'a delimiter in NDJSON',
      { kind: 'ndjson' as const, delimiter: ',' },
      /delimiter says nothing about a file of kind ndjson/,
    ],
    [
      'a header in Parquet',
      { kind: 'parquet' as const, header: true },
      /header says nothing about a file of kind parquet/,
    ],
    ['no names at all', { header: false }, /fields must name what a file without a header holds/],
  ])('refuse %s', async (_, wrong, message) => {
    await expect(read('user,item\na,1\n', { format: { ...pairs, ...wrong } })).rejects.toThrow(message);
  });
});

describe('several files', () => {
  it('are one table, rows numbered on', async () => {
    const parts = [
      { file: write('views.csv', 'user,item\na,1\nb\nb,2\n'), behavior: 'click' },
      { file: write('buys.csv', 'user,item\n"c\n",3\n,4\nd,5\n'), behavior: 'purchase' },
    ] as const;
    const table = await readTable(database, parts, { format: pairs, onBadRow: 'drop' });
    expect(await cells(table)).toEqual([
      [1, 'a', 'click', '1'],
      [3, 'b', 'click', '2'],
      [4, 'c', 'purchase', '3'],
      [6, 'd', 'purchase', '5'],
    ]);
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(table.source).toEqual({
      name: 'views.csv + buys.csv',
      file: null,
      sha256: hash(`${hash('user,item\na,1\nb\nb,2\n')}\n${hash('user,item\n"c\n",3\n,4\nd,5\n')}\n`),
      rowsRead: 6,
      rejected: [
        { reason: 'too few columns (views.csv)', rows: 1, firstRow: 3 },
        { reason: 'no user (buys.csv)', rows: 1, firstRow: 4 },
      ],
    });
  });

  it('may lack a column that another has', async () => {
    const format: TableFormat = { ...timed(), optional: ['time'] };
    const parts = [{ file: write('1.csv', 'user\na\n') }, { file: write('2.csv', 'user,time\nb,5\n') }];
    expect(await cells(await readTable(database, parts, { format }))).toEqual([
      [1, 'a', 'click', null],
      [2, 'b', 'click', 5],
    ]);
  });

  it('must be some', async () => {
    await expect(readTable(database, [], { format: pairs })).rejects.toThrow(
      /source must name at least one file/,
    );
  });
});

describe('files that are refused whole, also when bad rows are dropped', () => {
  const whole = gzipSync('user,item\n' + 'a,1\n'.repeat(9_999));
  const parquet: TableFormat = { ...pairs, kind: 'parquet' };
  it.each<[string, string | Uint8Array, TableFormat, string, RegExp]>([
    ['an empty file', '', pairs, 'e.csv', /the file is empty/],
    ['blank lines alone', '\n\r\n', pairs, 'e.csv', /the file is empty/],
    ['a header alone', 'user,item\n', pairs, 'h.csv', /there is a header but no row/],
    ['no usable row', 'user,item\n,1\nb\n', pairs, 'n.csv', /none of its 2 rows could be used/],
    [
      'a missing column',
      'user,thing\na,1\n',
      pairs,
      'm.csv',
      /row 1: there is no column 'item'; the columns are: user, thing\. Say which/,
    ],
    [
      'another delimiter',
      'user;item\na;1\n',
      pairs,
      'm.csv',
      /no column 'user' and no 'item'; the columns are: user;item/,
    ],
    [
      'a column twice',
      'user,item,item\na,1,2\n',
      pairs,
      't.csv',
      /row 1: the header names the column 'item' twice\. Rename/,
    ],
    ['a broken header', 'user,"item\na,1\n', pairs, 'q.csv', /row 1: the header has a fault: broken quotes/],
    [
      'a truncated gzip',
      whole.subarray(0, whole.length - 9),
      pairs,
      'g.csv.gz',
      /the gzip file ends too early: it is truncated/,
    ],
    ['a damaged gzip', Buffer.from(whole).fill(0xff, 15, 40), pairs, 'd.csv.gz', /the gzip file is damaged/],
    [
      'a .gz that is none',
      'user,item\na,1\n',
      pairs,
      'g.csv.gz',
      /the name ends in \.gz but the file is not gzip/,
    ],
    [
      'what is not UTF-8',
      Buffer.from('user,item\na,1\nb,\xe9\n', 'latin1'),
      pairs,
      'u.csv',
      /the text at or after row 1 is not UTF-8/,
    ],
    [
      'what ends within a letter',
      Buffer.from('user,item\na,é').subarray(0, -1),
      pairs,
      'u.csv',
      /is not UTF-8/,
    ],
    [
      'a wrong Parquet',
      'user,item\na,1\n',
      parquet,
      'p.parquet',
      /this is not a Parquet file, or it is damaged/,
    ],
    ['an empty Parquet', '', parquet, 'p.parquet', /the file is empty/],
  ])('%s', async (_, text, format, name, message) => {
    for (const onBadRow of ['error', 'drop'] as const) {
      const reading = readTable(database, write(name, text), { format, onBadRow });
      await expect(reading).rejects.toBeInstanceOf(InputError);
      if (message.source !== 'none of its 2 rows could be used' || onBadRow === 'drop') {
        await expect(reading).rejects.toThrow(message);
      }
    }
  });

  it('a Parquet file whose middle is damaged', async () => {
    const file = join(dirname(write('x', '')), 'middle.parquet');
    await database.run(
      `COPY (SELECT 'u' || range AS "user", 'i' || (range * 7) AS item FROM range(20000)) TO ${quoteText(file)} (FORMAT parquet)`,
    );
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(file).fill(0xaa, 200, 20_000);
    await expect(readTable(database, write('broken.parquet', bytes), { format: parquet })).rejects.toThrow(
      /the Parquet file is damaged|no user/,
    );
  });

  it.each([
    ['a file that is not there', 'nowhere.csv', pairs, /there is no such file/],
    ['a Parquet file that is not there', 'nowhere.parquet', parquet, /there is no such file/],
    ['a folder', '.', pairs, /this is a folder/],
  ])('%s', async (_, name, format, message) => {
    const file = join(dirname(write('x', '')), name);
    await expect(readTable(database, file, { format, onBadRow: 'drop' })).rejects.toThrow(message);
  });
});

describe('what a newcomer gets wrong', () => {
  const lines = '{"who":"u1","what":"a","at":5}\n{"who":"u2","what":"b"}\n';

  it('names a field that no object has, and those there are', async () => {
    const format = tableFormat({ kind: 'ndjson', columns: { user: 'who', item: 'what', time: 'zeit' } });
    await expect(read(lines, { format }, 'log.ndjson')).rejects.toThrow(
      /no row has a field 'zeit'; the fields are: who, what, at\. Say which/,
    );
    const user = tableFormat({ kind: 'ndjson', columns: { user: 'wer', item: 'what' } });
    await expect(read(lines, { format: user }, 'log.ndjson')).rejects.toThrow(/no row has a field 'wer'/);
  });

  it('takes a field that is always null, and one that may be absent', async () => {
    const always = tableFormat({ kind: 'ndjson', columns: { user: 'who', item: 'what', query: 'q' } });
    const table = await read('{"who":"u1","what":"a","q":null}\n', { format: always }, 'log.ndjson');
    expect(table.numRows).toBe(1);
    const absent = tableFormat({
      kind: 'ndjson',
      columns: { user: 'who', item: 'what', query: 'q' },
      optional: ['query'],
    });
    expect((await read(lines, { format: absent }, 'log.ndjson')).numRows).toBe(2);
  });

  it('refuses a pattern of times that means nothing', async () => {
    const format = timed({ timeUnit: { pattern: '%Q.%m' } });
    await expect(read('user,time\nu1,1.2\n', { format })).rejects.toThrow(
      /^'%Q\.%m' is no pattern of a time\. Write it with %Y/,
    );
  });
});
