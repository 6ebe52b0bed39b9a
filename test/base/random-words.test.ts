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

  /** How often each place of `count` was drawn, over many sums: in base count + 1 a sum tells how often each came. */
  const placesDrawn = (count: number, sums: number, seed: number): Float64Array => {
    const random = createRandomWords(createRng(seed));
    const values = Float64Array.from({ length: count }, (_, place) => (count + 1) ** place);
    const counts = new Float64Array(count);
    for (let one = 0; one < sums; one++) {
      let left = random.resampledSum(values);
      let drawn = 0;
      for (let place = 0; place < count; place++) {
        counts[place]! += left % (count + 1);
        drawn += left % (count + 1);
        left = Math.floor(left / (count + 1));
      }
      expect(drawn).toBe(count);
    }
    return counts;
  };

  it('draw as many values as there are, each equally often, by pairs and alone', () => {
    for (const count of [1, 2, 3, 7, 10, 12]) {
      const sums = 6000;
      const counts = placesDrawn(count, sums, count);
      const chiSquare = counts.reduce((sum, one) => sum + (one - sums) ** 2 / sums, 0);
      // mean count - 1, standard deviation sqrt(2 (count - 1))
      expect(chiSquare).toBeLessThanOrEqual(count - 1 + 5 * Math.sqrt(2 * (count - 1)));
    }
  });

  it.each([32_767, 32_768, 32_769, 50_000])(
    'have sums of the right mean and spread for %i values',
    (count) => {
      const random = createRandomWords(createRng(count));
      // Values that grow: a bias towards one end, or two places of a pair that hang together, would show.
      const values = Float64Array.from(
        { length: count },
        (_, place) => place / count - (count - 1) / (2 * count),
      );
      const variance = values.reduce((sum, value) => sum + value ** 2, 0) / count;
      const sums = Float64Array.from({ length: 600 }, () => random.resampledSum(values));
      const mean = sums.reduce((a, b) => a + b) / sums.length;
      const spread = sums.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (sums.length - 1);
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt((count * variance) / sums.length));
      // The spread of 600 sums has a standard deviation of 5.8 %.
      expect(Math.abs(spread / (count * variance) - 1)).toBeLessThan(0.29);
    },
  );

  it('refuse to draw from nothing', () => {
    expect(() => createRandomWords(createRng(1)).resampledSum(new Float64Array(0))).toThrow(/0 values/);
  });
});
