import { describe, expect, it } from 'vitest';
import { printCell, tableToHtml, tableToMarkdown, tableToText } from '../../lib/figures/table';

const rows = [
  { model: 'popularity', users: 943, 'HR@10': 0.0859 },
  { model: 'LSTM | tied', users: 100000, 'HR@10': 0.2093123 },
];

it('prints a table for a terminal, numbers to the right', () => {
  expect(tableToText(rows)).toBe(
    [
      'model          users   HR@10',
      '-----------  -------  ------',
      'popularity       943  0.0859',
      'LSTM | tied  100,000  0.2093',
    ].join('\n'),
  );
});

it('prints Markdown and escapes its bars', () => {
  expect(tableToMarkdown(rows, { columns: ['model', 'HR@10'] })).toBe(
    ['| model | HR@10 |', '| --- | ---: |', '| popularity | 0.0859 |', '| LSTM \\| tied | 0.2093 |'].join(
      '\n',
    ),
  );
});

it('escapes HTML: a title is data, not a page', () => {
  expect(tableToHtml([{ title: '<script>&"' }])).toContain(
    '<td style="text-align:left">&lt;script&gt;&amp;&quot;</td>',
  );
});

it('says how many rows it leaves out', () => {
  expect(tableToText(rows, { limit: 1 })).toMatch(/\n\.\.\. 1 more row$/);
});

it('takes columns and rows, and refuses an uneven row', () => {
  expect(tableToText({ columns: ['a'], rows: [[1], [null]] })).toBe('a\n-\n1\n');
  expect(() => tableToText({ columns: ['a'], rows: [[1, 2]] })).toThrow('row 0 has 2 cells for 1 columns');
});

it('shows a field that only some records have', () => {
  expect(tableToMarkdown([{ a: 1 }, { b: 2 }])).toBe('| a | b |\n| ---: | ---: |\n| 1 |  |\n|  | 2 |');
});

describe('a cell', () => {
  it.each([
    [1682, '1,682'],
    [-1234567, '-1,234,567'],
    [0.11, '0.1100'],
    [12.34567, '12.35'],
    [0.00000012346, '1.235e-7'],
    [true, 'yes'],
    [null, ''],
    ['1234', '1234'],
    [[1, 2], '[1,2]'],
  ])('%j is %s', (value, text) => {
    expect(printCell(value)).toBe(text);
  });
});
