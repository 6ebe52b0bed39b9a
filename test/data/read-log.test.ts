import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { readLog, type ReadLogOptions } from '../../lib/data/read-log';
import { sharedData } from './shared-data';
import { temporaryFolder } from './temporary-folder';

const write = temporaryFolder();
const brief = async (file: string, options: ReadLogOptions): Promise<string[]> =>
  (await readLog(file, options)).events.map(
    ({ row, userId, behavior, itemId }) => `${row}:${userId} ${behavior} ${itemId}`,
  );

describe('pairs', () => {
  it('reads one event a line, in file order, plain and packed', async () => {
    const text = '7 30\n\n7\t20\r\n 8  30 \n';
    const wanted = ['1:7 click 30', '3:7 click 20', '4:8 click 30'];
    expect(await brief(write('p.txt', text), { format: 'pairs' })).toEqual(wanted);
    expect(await brief(write('p.txt.gz', gzipSync(text)), { format: 'pairs' })).toEqual(wanted);
  });

  it('has no times, and the behaviour that is asked for', async () => {
    const log = await readLog(write('q.txt', '1 2\n'), { format: 'pairs', behavior: 'listen' });
    expect(log.hasTimes).toBe(false);
    expect(log.events[0]).toEqual({
      userId: '1',
      behavior: 'listen',
      itemId: '2',
      query: null,
      timeMs: null,
      rating: null,
      row: 1,
    });
    expect(log.source).toMatchObject({ name: 'q.txt', rowsRead: 1, rejected: [] });
  });

  it('names file and row of a row that is no pair, or counts it', async () => {
    const file = write('bad-pairs.txt', '1 2\n3\n1 2 3\n1 4\n');
    await expect(readLog(file, { format: 'pairs' })).rejects.toThrow(
      /bad-pairs\.txt, row 2: expected 'user item', found 1 value\. /,
    );
    const log = await readLog(file, { format: 'pairs', onBadRow: 'drop' });
    expect(log.events).toHaveLength(2);
    expect(log.source.rowsRead).toBe(4);
    expect(log.source.rejected).toEqual([{ reason: 'not two values', rows: 2, firstRow: 2 }]);
  });

  it('refuses a file of which no row is left', async () => {
    const file = write('none.txt', 'x\ny\n');
    await expect(readLog(file, { format: 'pairs', onBadRow: 'drop' })).rejects.toThrow(
      /none of its 2 rows could be used/,
    );
  });
});

describe('sequences', () => {
  it('reads one user a line', async () => {
    const file = write('s.txt', '9 1 2 1\n8 5\n');
    expect(await brief(file, { format: 'sequences' })).toEqual([
      '1:9 click 1',
      '1:9 click 2',
      '1:9 click 1',
      '2:8 click 5',
    ]);
  });

  it('refuses a user without items or with two lines, or counts the line', async () => {
    const file = write('s2.txt', '9 1 2\n8\n9 3\n');
    await expect(readLog(file, { format: 'sequences' })).rejects.toThrow(/row 2: user '8' has no items/);
    await expect(readLog(write('s3.txt', '9 1\n9 3\n'), { format: 'sequences' })).rejects.toThrow(
      /row 2: user '9' already has a sequence in row 1/,
    );
    const log = await readLog(file, { format: 'sequences', onBadRow: 'drop' });
    expect(log.events).toHaveLength(2);
    expect(log.source.rejected).toEqual([
      { reason: 'no items', rows: 1, firstRow: 2 },
      { reason: 'a second line of the same user', rows: 1, firstRow: 3 },
    ]);
  });

  it('refuses a file of which no row is left', async () => {
    const file = write('s4.txt', '8\n');
    await expect(readLog(file, { format: 'sequences', onBadRow: 'drop' })).rejects.toThrow(
      /none of its 1 rows/,
    );
  });
});

it('refuses a format that does not exist', () => {
  expect(() => readLog('x', { format: 'xml' } as unknown as ReadLogOptions)).toThrow(
    /there is no format 'xml'\. Choose one of pairs, sequences, recbole, csv/,
  );
  expect(() => readLog('x', { format: 'xml' } as unknown as ReadLogOptions)).toThrow(InputError);
});

const beauty = sharedData('beauty/Beauty.txt.gz');
it.skipIf(!beauty)('Beauty has its published counts (needs beauty/Beauty.txt.gz)', async () => {
  const { events } = await readLog(beauty!, { format: 'sequences' });
  expect(events).toHaveLength(198_502);
  expect(new Set(events.map((event) => event.userId)).size).toBe(22_363);
  expect(new Set(events.map((event) => event.itemId)).size).toBe(12_101);
});

const taobao = sharedData('taobao-userbehavior-10k/UserBehavior.csv.gz');
it.skipIf(!taobao)('Taobao has its counts by behaviour (needs taobao-userbehavior-10k)', async () => {
  const { events, hasTimes } = await readLog(taobao!, {
    format: 'csv',
    header: ['user', 'item', 'category', 'behavior', 'seconds'],
    columns: { user: 'user', item: 'item', behavior: 'behavior', time: 'seconds' },
    timeUnit: 's',
    behaviorNames: { pv: 'click', fav: 'favorite', buy: 'purchase' },
  });
  const count = (behavior: string): number => events.filter((event) => event.behavior === behavior).length;
  expect([count('click'), count('cart'), count('favorite'), count('purchase')]).toEqual([
    9046, 536, 212, 206,
  ]);
  expect(new Set(events.map((event) => event.userId)).size).toBe(114);
  expect(hasTimes).toBe(true);
  const days = events.map((event) => new Date(event.timeMs!).toISOString().slice(0, 10)).sort();
  expect([days[0], days.at(-1)]).toEqual(['2017-11-24', '2017-12-03']);
});
