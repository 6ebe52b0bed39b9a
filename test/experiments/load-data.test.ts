import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tableFormat } from '../../lib/data/tables/table-format';
import { describeData, loadData } from '../../lib/experiments/load-data';
import { restoreVocabulary } from '../../lib/preprocessing/vocabulary';
import { temporaryFolder } from '../data/temporary-folder';

const write = temporaryFolder();
const file = write(
  'log.csv',
  [
    'user_id,item_id,time_ms,behavior',
    'b,10,5,click',
    'a,9,7,cart',
    'b,9,3,click',
    'b,9,3,click',
    ',9,4,click',
  ].join('\n'),
);
const layout = tableFormat({
  kind: 'csv',
  columns: { user: 'user_id', item: 'item_id', time: 'time_ms', behavior: 'behavior' },
});

describe('loadData', () => {
  it('gives the same sequences through a table as through objects, with every row accounted for', async () => {
    const cleaning = { dropDuplicates: true };
    const table = await loadData({ file, format: 'table', layout, onBadRow: 'drop', cleaning });
    const objects = await loadData({ file, format: 'csv', onBadRow: 'drop', cleaning });
    for (const { sequences, source, report } of [table, objects]) {
      expect(sequences.userIds).toEqual(['b', 'a']);
      expect(sequences.vocabulary.itemIds).toEqual(['', '9', '10']);
      expect([...sequences.items]).toEqual([1, 2, 1]);
      expect([...sequences.timesMs!]).toEqual([3, 5, 7]);
      expect(source).toMatchObject({ rowsRead: 5, rejected: [{ reason: 'no user', rows: 1 }] });
      expect(report).toMatchObject({
        rowsIn: 4,
        rowsOut: 3,
        dropped: [{ reason: 'exact duplicate', rows: 1 }],
      });
    }
    expect(table.source.sha256).toBe(objects.source.sha256);
  });

  it('drops nothing unless asked, and takes the vocabulary of a model', async () => {
    const { sequences, report } = await loadData(
      { file, format: 'table', layout, onBadRow: 'drop' },
      { vocabulary: restoreVocabulary(['', '10']) },
    );
    expect(report).toBeNull();
    expect([...sequences.items]).toEqual([1]);
    expect(sequences.skipped).toEqual([{ reason: 'unknown item', rows: 3 }]);
    expect(sequences.usersLeftOut).toEqual(['a']);
  });

  it('says what is wrong with a file', async () => {
    const absent = join('no', 'such.csv');
    await expect(loadData({ file: absent, format: 'table', layout })).rejects.toThrow(/no such file/);
    await expect(loadData({ file, format: 'table', layout })).rejects.toThrow(/log\.csv, row \d: no user/);
  });

  it('tells in sentences what was read and what went, and doubts times that cannot be', async () => {
    const data = await loadData({
      file,
      format: 'table',
      layout,
      onBadRow: 'drop',
      cleaning: { dropDuplicates: true },
    });
    expect(describeData(data)).toEqual([
      '2 users, 2 items, 3 events, 1970-01-01 to 1970-01-01.',
      '1 rows left out: no user (first: row 6).',
      '1 rows dropped by cleaning: exact duplicate (first: row 4 of the data).',
      '1 rows were not in time order: sorted, equal times in file order.',
      'All times lie from 1970-01-01 to 1970-01-01: is the unit of time right (s, ms)?',
    ]);
  });

  it('says why nothing is left', async () => {
    const cleaning = { minEventsPerUser: 50 };
    await expect(loadData({ file, format: 'table', layout, onBadRow: 'drop', cleaning })).rejects.toThrow(
      /the cleaning rules leave none of its 4 events \(4 user with fewer than 50 events\)\. Loosen the rules/,
    );
  });
});
