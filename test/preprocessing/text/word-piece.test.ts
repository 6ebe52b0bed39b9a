import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWordPiece } from '../../../lib/preprocessing/text/word-piece';
import { projectRoot, readProjectFile } from '../../lib-files';

const tiny = join(projectRoot, 'data', 'tiny-bert');

/** Of transformers' BertTokenizer; see data/tiny-bert/make.py. */
const { ids } = JSON.parse(readProjectFile('test/experiments/text/tiny-bert-golden.json')) as {
  ids: Record<'lower' | 'as it is', [string, number[]][]>;
};

function copied(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'word-piece-'));
  cpSync(tiny, folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('WordPiece', () => {
  it('cuts texts into the pieces that transformers cuts them into, in lower case and in their own', () => {
    const lower = readWordPiece(tiny);
    for (const [text, own] of ids.lower) {
      expect(Array.from(lower.encode(text, 512)).slice(1, -1), text).toEqual(own);
    }
    const asItIs = readWordPiece(copied({ 'tokenizer_config.json': '{"do_lower_case":false}' }));
    for (const [text, own] of ids['as it is']) {
      expect(Array.from(asItIs.encode(text, 512)).slice(1, -1), text).toEqual(own);
    }
  });

  it('names the pieces, with ## before one that goes on a word', () => {
    const wordPiece = readWordPiece(tiny);
    expect(wordPiece.pieces('Toys and stories 耳机')).toEqual([
      'toy',
      '##s',
      'and',
      's',
      '##t',
      '##o',
      '##r',
      '##ies',
      '耳',
      '机',
    ]);
    expect(wordPiece.size).toBe(157);
  });

  it('begins with [CLS], ends with [SEP], and keeps the first pieces of a long text', () => {
    const wordPiece = readWordPiece(tiny);
    expect(Array.from(wordPiece.encode('', 5))).toEqual([2, 3]);
    const whole = wordPiece.encode('the film of the red star', 512);
    const cut = wordPiece.encode('the film of the red star', 5);
    expect(Array.from(cut)).toEqual([...whole.slice(0, 4), 3]);
    expect(() => wordPiece.encode('the', 2)).toThrow('maxLength must be a whole number from 3, got 2');
  });

  it('gives numbers of its vocabulary for any text, never more than asked for', () => {
    const wordPiece = readWordPiece(tiny);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 12 }), (text, most) => {
        const read = wordPiece.encode(text, most);
        expect(read.length).toBeLessThanOrEqual(most);
        expect([read[0], read.at(-1)]).toEqual([2, 3]);
        expect(read.every((id) => id >= 0 && id < wordPiece.size)).toBe(true);
      }),
    );
  });

  it('is refused without a vocabulary, for another kind of tokenizer, and without the special pieces', () => {
    const none = copied({});
    rmSync(join(none, 'vocab.txt'));
    expect(() => readWordPiece(none)).toThrow(/neither tokenizer\.json nor vocab\.txt/);
    const other = '{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}';
    expect(() => readWordPiece(copied({ 'tokenizer.json': other }))).toThrow(
      /of the kind BPE, not WordPiece/,
    );
    expect(() => readWordPiece(copied({ 'tokenizer.json': '{' }))).toThrow(/this cannot be read/);
    expect(() => readWordPiece(copied({ 'vocab.txt': '[UNK]\na\n' }))).toThrow(
      /the vocabulary has no \[CLS\]/,
    );
  });
});
