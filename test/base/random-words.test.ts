import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { createRandomWords } from '../../lib/base/random-words';

describe('random words', () => {
  it('are the same for the same seed, go on where the last call ended, and differ for another seed', () => {
    const [one, again, other] = [1, 1, 2].map((seed) => createRandomWords(createRng(seed)));
    const whole = new Int32Array(10);
    one!.words(whole);
    const [head, tail] = [new Int32Array(4), new Int32Array(6)];
    again!.words(head);
    again!.words(tail);
    expect([...head, ...tail]).toEqual([...whole]);
    const different = new Int32Array(10);
    other!.words(different);
    expect([...different]).not.toEqual([...whole]);
  });

  it('set each bit half of the time, and are not alike from one to the next', () => {
    const words = new Int32Array(100_000);
    createRandomWords(createRng(3)).words(words);
    for (let bit = 0; bit < 32; bit++) {
      const [set, repeated] = [0, 1].map((lag) =>
        words.reduce((sum, word, at) => sum + (((word ^ (lag ? (words[at - 1] ?? 0) : 0)) >>> bit) & 1), 0),
      );
      // 5 standard deviations of 100,000 tosses: 791
      expect(Math.abs(set! - 50_000)).toBeLessThan(791);
      expect(Math.abs(repeated! - 50_000)).toBeLessThan(791);
    }
  });

  it('draw every index equally often, also below a bound that does not divide 2^32', () => {
    for (const bound of [1, 7, 100]) {
      const drawn = new Int32Array(70_000);
      createRandomWords(createRng(4)).indices(drawn, bound);
      const counts = new Float64Array(bound);
      for (const index of drawn) counts[index]! += 1;
      const expected = drawn.length / bound;
      const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // mean bound - 1, standard deviation sqrt(2 (bound - 1))
      expect(chiSquare).toBeLessThanOrEqual(bound - 1 + 5 * Math.sqrt(2 * (bound - 1)));
    }
  });

  it('have no bias where a bound takes nearly half of all words twice', () => {
    // Without drawing again, even indices would come half as often again: 2^32 words onto 3/4 of 2^31 numbers.
    const bound = 3 * 2 ** 29;
    const drawn = new Int32Array(60_000);
    createRandomWords(createRng(5)).indices(drawn, bound);
    const thirds = [0, 0, 0];
    for (const index of drawn) thirds[index % 3]! += 1;
    for (const count of thirds)
      expect(Math.abs(count - 20_000)).toBeLessThan(5 * Math.sqrt(60_000 * (2 / 9)));
    expect(Math.max(...drawn)).toBeLessThan(bound);
  });

  it('refuse a bound that is none', () => {
    const random = createRandomWords(createRng(1));
    for (const bound of [0, 1.5, 2 ** 31 + 1, NaN]) {
      expect(() => random.indices(new Int32Array(1), bound)).toThrow(/whole number from 1/);
    }
  });
});
