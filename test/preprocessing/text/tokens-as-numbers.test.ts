import { describe, expect, it } from 'vitest';
import { hashBucket, hashTokens } from '../../../lib/preprocessing/text/feature-hashing';
import { murmur3 } from '../../../lib/preprocessing/text/murmur3';
import { buildTokenVocabulary } from '../../../lib/preprocessing/text/token-vocabulary';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('murmur3', () => {
  it('gives the published values of MurmurHash3_x86_32', () => {
    // The author's verification vectors as collected on Wikipedia, "MurmurHash", and in the tests of SMHasher's ports.
    expect(murmur3(utf8(''))).toBe(0);
    expect(murmur3(utf8(''), 1)).toBe(0x514e28b7);
    expect(murmur3(utf8(''), 0xffffffff)).toBe(0x81f16f39);
    expect(murmur3(utf8('test'))).toBe(0xba6bd213);
    expect(murmur3(utf8('test'), 0x9747b28c)).toBe(0x704b81dc);
    expect(murmur3(utf8('Hello, world!'), 0x9747b28c)).toBe(0x24884cba);
    expect(murmur3(utf8('The quick brown fox jumps over the lazy dog'), 0x9747b28c)).toBe(0x2fa826cd);
    expect(murmur3(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toBe(0x76293b50);
    expect(murmur3(Uint8Array.of(0x21, 0x43, 0x65, 0x87))).toBe(0xf55b516b);
    expect(murmur3(Uint8Array.of(0x21, 0x43, 0x65))).toBe(0x7e4a8634);
  });

  it('gives the values of scikit-learn, seeds 0 and 42', () => {
    // scikit-learn 1.9.1: sklearn.utils.murmurhash3_32(text.encode(), seed, positive=True)
    for (const [text, seed0, seed42] of [
      ['', 0, 142593372],
      ['a', 1009084850, 3001393763],
      ['abc', 3017643002, 1313807976],
      ['测试', 4269123640, 2084747940],
      ['蓝牙耳机', 2022244986, 1513823480],
      ['hello world', 1586663183, 3926694905],
    ] as const) {
      expect([murmur3(utf8(text)), murmur3(utf8(text), 42)]).toEqual([seed0, seed42]);
    }
  });
});

describe('feature hashing', () => {
  it("gives the values of scikit-learn's FeatureHasher", () => {
    // scikit-learn 1.9.1: FeatureHasher(n_features=8, input_type='string').transform([tokens]).toarray()
    expect([...hashTokens(['red', '蓝牙', 'red', 'headphones', 'wireless', '耳机'], { size: 8 })]).toEqual([
      0, -1, 0, -2, 0, 1, 0, 0,
    ]);
    expect([...hashTokens('abcdefgh', { size: 8 })]).toEqual([0, -1, 0, 2, 0, -2, 0, 1]);
  });

  it('keeps inner products right on average over seeds', () => {
    const [a, b] = [
      ['red', 'shoe', 'new', 'shoe'],
      ['blue', 'shoe'],
    ] as const;
    let sum = 0;
    const seeds = 4000;
    for (let seed = 0; seed < seeds; seed++) {
      const [x, y] = [hashTokens(a, { size: 8, seed }), hashTokens(b, { size: 8, seed })];
      sum += x.reduce((inner, value, place) => inner + value * y[place]!, 0);
    }
    // The true product is 2 (shoe twice, and once); 4000 draws have a standard error of some .03.
    expect(Math.abs(sum / seeds - 2)).toBeLessThan(0.12);
  });

  it('gives every word a bucket from 1, another with another seed', () => {
    const words = Array.from({ length: 2000 }, (_, place) => `w${place}`);
    const counts = new Int32Array(11);
    for (const word of words) counts[hashBucket(word, { size: 10 })]! += 1;
    expect(counts[0]).toBe(0);
    // Four standard deviations around 200.
    for (const count of counts.subarray(1)) expect(Math.abs(count - 200)).toBeLessThan(54);
    const moved = words.filter(
      (word) => hashBucket(word, { size: 10 }) !== hashBucket(word, { size: 10, seed: 1 }),
    );
    expect(moved.length).toBeGreaterThan(1700);
  });

  it('refuses a size that is none', () => {
    expect(() => hashTokens([], { size: 0 })).toThrow(RangeError);
    expect(() => hashBucket('a', { size: 1.5 })).toThrow(RangeError);
  });
});

describe('a vocabulary of words', () => {
  const texts = [
    ['red', 'shoe'],
    ['blue', 'shoe'],
    ['red', 'shoe', 'new'],
  ];

  it('numbers the most frequent first, equal ones by code unit', () => {
    const { tokens, counts, tooRare, indexOf } = buildTokenVocabulary(texts);
    expect(tokens).toEqual(['', '<unknown>', 'shoe', 'red', 'blue', 'new']);
    expect(counts).toEqual([0, 0, 3, 2, 1, 1]);
    expect(tooRare).toBe(0);
    expect([indexOf('shoe'), indexOf('green'), indexOf('')]).toEqual([2, 1, 1]);
  });

  it('leaves out rare words and counts them', () => {
    const { tokens, counts, tooRare, indexOf } = buildTokenVocabulary(texts, { minCount: 2 });
    expect(tokens).toEqual(['', '<unknown>', 'shoe', 'red']);
    expect(counts).toEqual([0, 2, 3, 2]);
    expect(tooRare).toBe(2);
    expect(indexOf('new')).toBe(1);
  });

  it('does not depend on the order of the texts', () => {
    expect(buildTokenVocabulary(texts.toReversed()).tokens).toEqual(buildTokenVocabulary(texts).tokens);
  });

  it('refuses words that are none, and a count that is none', () => {
    expect(() => buildTokenVocabulary([['']])).toThrow("'' is no word");
    expect(() => buildTokenVocabulary([['<unknown>']])).toThrow(RangeError);
    expect(() => buildTokenVocabulary(texts, { minCount: 0 })).toThrow(RangeError);
  });
});
