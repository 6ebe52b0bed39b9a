import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { readLines } from '../../lib/data/read-lines';
import { temporaryFolder } from './temporary-folder';

const write = temporaryFolder();
const packed = gzipSync('one line after another\n'.repeat(50));

async function linesOf(file: string): Promise<[string, number][]> {
  const lines: [string, number][] = [];
  await readLines(file, (line, row) => lines.push([line, row]));
  return lines;
}

describe('readLines', () => {
  it('counts rows as an editor does and passes over blank ones', async () => {
    const file = write('rows.txt', '\uFEFFfirst\r\n\n  \nfourth');
    expect(await linesOf(file)).toEqual([
      ['first', 1],
      ['fourth', 4],
    ]);
  });

  it('tells the sha256 of the bytes on disk and the lines that hold something', async () => {
    const bytes = gzipSync('a\nb\n');
    const { sha256, rows } = await readLines(write('two.gz', bytes), () => {});
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(rows).toBe(2);
  });

  it('reads gzip whatever its name', async () => {
    expect(await linesOf(write('no-ending', gzipSync('x\n')))).toEqual([['x', 1]]);
  });

  it('joins lines and characters that are cut between two pieces of the file', async () => {
    // Pieces are 256 KiB; é is two bytes, so that one of the pieces ends in its middle.
    const long = `a${'é'.repeat(300_000)}`;
    expect(await linesOf(write('long.txt', `${long}\n${long}\n`))).toEqual([
      [long, 1],
      [long, 2],
    ]);
  });

  it('reads every text as split does, plain and packed', async () => {
    const text = fc.array(fc.stringMatching(/^[a-z ]{0,4}\r?$/), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(text, fc.boolean(), async (lines, isPacked) => {
        const wanted = lines
          .map((line, index): [string, number] => [line.replace(/\r$/, ''), index + 1])
          .filter(([line]) => line.trim() !== '');
        fc.pre(wanted.length > 0);
        const content = lines.join('\n');
        expect(await linesOf(write('any.txt', isPacked ? gzipSync(content) : content))).toEqual(wanted);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  const bad: [string, () => string, RegExp][] = [
    [
      'a missing file',
      () => join(dirname(write('x', '')), 'absent.txt'),
      /absent\.txt: there is no such file\./,
    ],
    ['a folder', () => dirname(write('x', '')), /this is a folder, not a file\. Name a file inside it\./],
    ['an empty file', () => write('empty.txt', ''), /empty\.txt: the file is empty\./],
    ['a file of blank lines', () => write('blank.txt', '\n \n'), /the file is empty\./],
    ['an empty gzip', () => write('empty.gz', gzipSync('')), /the file is empty\./],
    [
      'a truncated gzip',
      () => write('cut.gz', packed.subarray(0, packed.length >> 1)),
      /it is truncated\. Copy/,
    ],
    ['a gzip without its last byte', () => write('end.gz', packed.subarray(0, -1)), /it is truncated\. Copy/],
    ['a damaged gzip', () => write('hurt.gz', damaged()), /the gzip file is damaged\./],
    ['plain text named .gz', () => write('plain.gz', 'a b\n'), /ends in \.gz but the file is not gzip/],
    [
      'Latin-1 text',
      () => write('latin.txt', Buffer.from('ok\nAm\xe9lie\n', 'latin1')),
      /not UTF-8\. Save it as UTF-8/,
    ],
  ];
  it.each(bad)('refuses %s in one sentence', async (_, file, message) => {
    const reading = linesOf(file());
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(InputError);
  });

  it('lets an error of its caller through and closes the file', async () => {
    const stop = new Error('stop');
    const reading = readLines(write('more.txt', 'a\nb\n'), () => {
      throw stop;
    });
    await expect(reading).rejects.toBe(stop);
  });
});

function damaged(): Uint8Array {
  const bytes = Uint8Array.from(packed);
  bytes[20]! ^= 0xff;
  return bytes;
}
