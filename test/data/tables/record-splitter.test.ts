import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRecordSplitter, longestRow } from '../../../lib/data/tables/record-splitter';
import type { FieldRules } from '../../../lib/data/tables/row-bytes';

type Found = readonly [text: string, numFields: number, line: number, fault: string | null];

/** The rows of a text that comes in pieces of the given lengths; the last repeats. */
function split(text: string | Buffer, rules: FieldRules, pieces: readonly number[] = [1 << 20]): Found[] {
  const found: Found[] = [];
  const splitter = createRecordSplitter(rules, (bytes, start, end, numFields, line, fault) => {
    found.push([bytes.toString('utf8', start, end), numFields, line, fault]);
  });
  const bytes = Buffer.from(text);
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const length = pieces[Math.min(index, pieces.length - 1)]!;
    splitter.push(bytes.subarray(at, at + length));
    at += length;
  }
  splitter.end();
  return found;
}

const csv: FieldRules = { kind: 'csv', delimiter: ',', quote: '"' };

describe('createRecordSplitter', () => {
  it('counts fields, and lines as an editor does', () => {
    expect(split('a,b\r\n\r\n"c\nd",e,\rf', csv)).toEqual([
      ['a,b', 2, 1, null],
      ['"c\nd",e,', 3, 3, null],
      ['f', 1, 5, null],
    ]);
  });

  it('takes a row with broken quotes for the line on which it begins, and goes on at the next', () => {
    expect(split('a,"b\nc,d\ne,"f"g\nh,i"\n"j",k\nl,"m', csv)).toEqual([
      ['a,"b', 0, 1, 'broken quotes'],
      ['c,d', 2, 2, null],
      ['e,"f"g', 0, 3, 'broken quotes'],
      ['h,i"', 0, 4, 'broken quotes'],
      ['"j",k', 2, 5, null],
      ['l,"m', 0, 6, 'broken quotes'],
    ]);
  });

  it('tells a row that is too long once', () => {
    const long = 'x'.repeat(longestRow + 1);
    expect(split(`a\n${long}\nb`, csv).map(([, fields, line, fault]) => [fields, line, fault])).toEqual([
      [1, 1, null],
      [0, 2, 'row too long'],
      [1, 3, null],
    ]);
    expect(split(long.slice(1), csv)[0]!.slice(1)).toEqual([1, 1, null]);
  });

  it('reads delimiters of several bytes', () => {
    expect(split('a::b:c:\nd:::e', { kind: 'csv', delimiter: '::', quote: '' }, [1])).toEqual([
      ['a::b:c:', 2, 1, null],
      ['d:::e', 2, 2, null],
    ]);
  });

  it('counts words between blanks', () => {
    expect(split(' a \tb\n \t\nc', { kind: 'blanks' })).toEqual([
      [' a \tb', 2, 1, null],
      ['c', 1, 3, null],
    ]);
  });

  it('gives the same rows wherever the pieces are cut', () => {
    const part = fc.constantFrom(
      'a',
      'é',
      ',',
      ':',
      '::',
      '"',
      '""',
      '\n',
      '\r',
      '\r\n',
      '\0',
      ' ',
      '\x1f',
      '红',
    );
    const rules = fc.constantFrom<FieldRules>(
      csv,
      { kind: 'csv', delimiter: '::', quote: '"' },
      { kind: 'csv', delimiter: ',', quote: '' },
      { kind: 'blanks' },
      { kind: 'lines' },
    );
    fc.assert(
      fc.property(
        fc.array(part),
        rules,
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (parts, rule, pieces) => {
          const text = parts.join('');
          const whole = split(text, rule);
          expect(split(text, rule, pieces)).toEqual(whole);
          // Every byte that is no line end or blank line is in one row.
          const inRows = whole.map(([row]) => row.replace(/[\r\n]/g, '')).join('');
          const isBlank = (line: string): boolean =>
            line === '' || (rule.kind !== 'csv' && /^[ \t]*$/.test(line));
          const lines = text.split(/\r\n|\r|\n/).filter((line) => !isBlank(line));
          expect(inRows).toBe(lines.join(''));
        },
      ),
      { numRuns: 2_000, seed: 5 },
    );
  });

  it('cuts rows of about the longest length alike, too', () => {
    for (const length of [longestRow, longestRow + 1, longestRow + 2]) {
      for (const start of ['x', '"', '"\n', 'x\n"']) {
        for (const end of ['', '\r\n', '"\r\ny']) {
          const text = start.padEnd(length, 'z') + end;
          const whole = split(text, csv, [4 << 20]).map(([row, ...rest]) => [row.length, ...rest]);
          for (const pieces of [
            [length, 1],
            [length + 1, 1],
          ]) {
            const found = split(text, csv, pieces).map(([row, ...rest]) => [row.length, ...rest]);
            const told = (rows: typeof found): unknown =>
              rows.map((row) => (row[3] === 'row too long' ? row.slice(1) : row));
            expect(told(found), JSON.stringify([length, start, end, pieces])).toEqual(told(whole));
          }
        }
      }
    }
  });
});
