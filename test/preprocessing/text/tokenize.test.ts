import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutChinese } from '../../../lib/preprocessing/text/chinese-words';
import { tokenize } from '../../../lib/preprocessing/text/tokenize';
import { projectRoot } from '../../lib-files';

describe('Chinese', () => {
  // Python's jieba 0.42.1, another implementation with the same dictionary: '/'.join(jieba.cut(text)). The first is in its README.
  it.each([
    '我/来到/北京/清华大学',
    '他/来到/了/网易/杭研/大厦',
    '小明/硕士/毕业/于/中国科学院/计算所/，/后/在/日本京都大学/深造',
    '蓝牙/耳机/ /无线',
    'T恤/ /男/ /短袖',
    'iPhone/ /15/ /Pro/ /Max/手机/壳',
    '连衣裙/ /2024/新款',
    '运动鞋/男/透气',
    '羽绒服/女中/长款',
    '无线/蓝牙/耳机/降噪',
  ])("is cut as Python's jieba cuts it: %s", (words) => {
    expect(cutChinese(words.replaceAll('/', '')).join('/')).toBe(words);
  });

  it('loads its package from plain node by require', () => {
    const program =
      "const { Jieba } = require('@node-rs/jieba'); const { dict } = require('@node-rs/jieba/dict');" +
      "process.stdout.write(Jieba.withDict(dict).cut('我来到北京清华大学', true).join('/'))";
    const said = execFileSync(process.execPath, ['-e', program], { cwd: projectRoot, encoding: 'utf8' });
    expect(said).toBe('我/来到/北京/清华大学');
  });
});

describe('tokenize', () => {
  it.each([
    ['蓝牙耳机 无线', ['蓝牙', '耳机', '无线']],
    ['我来到北京清华大学。', ['我', '来到', '北京', '清华大学']],
    ['T恤 男 短袖', ['t恤', '男', '短袖']],
    ['iPhone 15 Pro手机壳', ['iphone', '15', 'pro', '手机', '壳']],
    ['Type-C充电线1.5m', ['type', 'c', '充电', '线', '1.5m']],
    ['Wireless Bluetooth® Headphones, 1.5 m', ['wireless', 'bluetooth', 'headphones', '1.5', 'm']],
    ["Don't stop", ["don't", 'stop']],
    ['ÄRMEL Straße', ['ärmel', 'straße']],
    ['ＡＢＣ ﬁne ①', ['abc', 'fine', '1']],
    ['무선 이어폰', ['무선', '이어폰']],
    ['беспроводные Наушники', ['беспроводные', 'наушники']],
    ['', []],
    ['。，！ 😀 --', []],
  ])('%j', (text, tokens) => {
    expect(tokenize(text)).toEqual(tokens);
  });

  it('leaves Japanese to Unicode, by its kana, and does not cut it as Chinese', () => {
    expect(tokenize('ワイヤレス充電器').join('')).toBe('ワイヤレス充電器');
    // As Chinese the last word would be two: 買, う.
    expect(tokenize('東京で買う')).toEqual(['東京', 'で', '買う']);
  });

  it('gives words without spaces, lower case, all of them from the text in its order', () => {
    const pieces = fc.constantFrom('蓝牙', '耳机', ' ', 'USB-C', ' Kabel', '２m', '，', 'é', '!', 'x');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const plain = text.normalize('NFKC').toLowerCase();
        let from = 0;
        for (const token of tokenize(text)) {
          expect(token).toMatch(/^\S+$/);
          const at = plain.indexOf(token, from);
          expect(at).toBeGreaterThanOrEqual(from);
          // Nothing that is a letter, a digit or a character is passed over.
          expect(plain.slice(from, at)).not.toMatch(/[\p{L}\p{N}]/u);
          from = at + token.length;
        }
        expect(plain.slice(from)).not.toMatch(/[\p{L}\p{N}]/u);
      }),
    );
  });

  it('cuts its own words of a European text again in the same way', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aZé9 -_.,'+#@") }), (text) => {
        const tokens = tokenize(text);
        expect(tokenize(tokens.join(' '))).toEqual(tokens);
      }),
    );
  });
});
