import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexTexts } from '../../lib/recommendation/bm25';

const texts = [
  ['small', 'red', 'lamp'],
  ['red', 'kite'],
  ['large', 'lamp', 'lamp', 'shade', 'of', 'glass'],
  ['tea'],
];

describe('BM25', () => {
  it('counts a word of a text as long as the mean by its rarity alone', () => {
    // Three words of three on average: the part of the length is 1, and 1 (k1 + 1) / (1 + k1) is 1.
    expect(indexTexts(texts).score(['lamp'])[0]).toBeCloseTo(Math.log(1 + 2.5 / 2.5), 12);
  });

  it('has the scores of bm25s 0.3.16', () => {
    // BM25(method='lucene', k1=1.2, b=.75), which leaves out the factor k1 + 1 = 2.2; 32-bit numbers.
    const expected: [string[], number[]][] = [
      [['lamp'], [0.3150669038295746, 0, 0.33812057971954346, 0]],
      [
        ['red', 'lamp'],
        [0.6301338076591492, 0.36481431126594543, 0.33812057971954346, 0],
      ],
      [
        ['tea', 'cup'],
        [0, 0, 0, 0.7524830102920532],
      ],
    ];
    for (const [query, scores] of expected) {
      const own = indexTexts(texts).score(query);
      for (const [text, score] of scores.entries()) expect(own[text]).toBeCloseTo(2.2 * score, 6);
    }
  });

  it('knows only whether a word is there with k1 0, and not how long a text is with b 0', () => {
    const [plain, alike] = [indexTexts(texts, { k1: 0 }), indexTexts(texts, { b: 0 })];
    expect(plain.score(['lamp'])[0]).toBe(plain.score(['lamp'])[2]);
    expect(alike.score(['red'])[0]).toBe(alike.score(['red'])[1]);
  });

  it('adds up over the words of a query, and is 0 where none is shared', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(fc.array(word), { minLength: 1, maxLength: 5 }), fc.array(word), (some, query) => {
        const index = indexTexts(some);
        const whole = index.score(query);
        for (const text of some.keys()) {
          const parts = query.reduce((sum, one) => sum + index.score([one])[text]!, 0);
          expect(whole[text]).toBeCloseTo(parts, 9);
          expect(whole[text]! > 0).toBe(query.some((one) => some[text]!.includes(one)));
        }
      }),
    );
  });

  it('refuses no texts and settings out of range', () => {
    expect(() => indexTexts([])).toThrow('there is no text');
    expect(() => indexTexts(texts, { k1: -1 })).toThrow('got -1 and 0.75');
    expect(() => indexTexts(texts, { b: 2 })).toThrow('got 1.2 and 2');
  });
});
