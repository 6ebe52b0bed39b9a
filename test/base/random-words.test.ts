import { describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import { createRandomWords } from '../../lib/base/random-words';
import { randomWordsWasm } from '../../lib/base/random-words-wasm';
import { startWasm } from '../../lib/base/wasm-module';

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
    for (const sum of random.resampledSums(values, sums)) {
      let left = sum;
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
      const sums = random.resampledSums(values, 600);
      const mean = sums.reduce((a, b) => a + b) / sums.length;
      const spread = sums.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (sums.length - 1);
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt((count * variance) / sums.length));
      // The spread of 600 sums has a standard deviation of 5.8 %.
      expect(Math.abs(spread / (count * variance) - 1)).toBeLessThan(0.29);
    },
  );

  it('have not moved: published intervals hang on them', () => {
    // What this project's first implementation, in JavaScript, drew.
    const random = createRandomWords(createRng(11));
    const words = (): number[] => {
      const into = new Int32Array(3);
      random.words(into);
      return [...into];
    };
    const twoSums = (count: number): number[] => [
      ...random.resampledSums(
        Float64Array.from({ length: count }, (_, place) => ((place * 7919) % 1013) / 1013 - 0.3),
        2,
      ),
    ];
    expect(words()).toEqual([-1009260178, -1000975873, 562585638]);
    expect(twoSums(7)).toEqual([1.8822309970384998, 0.06485686080947695]);
    expect(twoSums(1500)).toEqual([289.99605133267534, 298.18460019743327]);
    expect(twoSums(32_768)).toEqual([6454.024481737411, 6477.166633761108]);
    expect(twoSums(40_000)).toEqual([8028.500493583417, 8040.546890424482]);
    expect(words()).toEqual([499457852, -943848452, 2072023638]);
  });

  it('have not moved where every eighth word is refused', () => {
    const random = createRandomWords(createRng(12));
    const values = Float64Array.from({ length: 25_000 }, (_, place) => ((place * 7919) % 1013) / 1013 - 0.3);
    expect([...random.resampledSums(values, 2)]).toEqual([4980.667324777887, 4920.790720631787]);
    const words = new Int32Array(2);
    random.words(words);
    expect([...words]).toEqual([696065595, 637230129]);
  });

  it('leave out exactly the words whose product is too low', () => {
    const { exports, place, int32 } = startWasm<{ fillWords(...given: number[]): void }>(
      'test',
      randomWordsWasm,
    );
    const [state, into] = [place(16), place(4000)];
    const start = [5, 6, 7, 1];
    int32(state, 4).set(start);
    exports.fillWords(state, into, 1000, 0, 0);
    const all = [...int32(into, 1000)];
    const [factor, tooLow] = [3 * 2 ** 20 + 7, 2 ** 30];
    const kept = all.filter((word) => (BigInt(word >>> 0) * BigInt(factor)) % 4294967296n >= BigInt(tooLow));
    expect(kept.length).toBeGreaterThan(650);
    expect(kept.length).toBeLessThan(850);
    int32(state, 4).set(start);
    exports.fillWords(state, into, kept.length, factor, tooLow);
    expect([...int32(into, kept.length)]).toEqual(kept);
    // The state is that behind the last word that was kept.
    exports.fillWords(state, into, 1, 0, 0);
    const next = all[all.lastIndexOf(kept.at(-1)!) + 1];
    if (next !== undefined) expect(int32(into, 1)[0]).toBe(next);
  });

  it('give the same in one call as in several, also of many words', () => {
    const values = Float64Array.from({ length: 50 }, (_, place) => place / 7);
    const [one, other] = [4, 4].map((seed) => createRandomWords(createRng(seed)));
    const parts = [1, 120, 129].flatMap((times) => [...one!.resampledSums(values, times)]);
    expect([...other!.resampledSums(values, 250)]).toEqual(parts);
    const [many, few] = [new Int32Array(1300), new Int32Array(1300)];
    one!.words(many);
    for (let from = 0; from < 1300; from += 100) other!.words(few.subarray(from, from + 100));
    expect(many).toEqual(few);
  });

  it('refuse to draw from nothing', () => {
    expect(() => createRandomWords(createRng(1)).resampledSums(new Float64Array(0), 1)).toThrow(/0 values/);
    for (const times of [NaN, -1, 2.5, Infinity])
      expect(() => createRandomWords(createRng(1)).resampledSums(new Float64Array(3), times)).toThrow(
        `times must be a whole number from 0, got ${times}`,
      );
    expect(createRandomWords(createRng(1)).resampledSums(new Float64Array(3), 0)).toEqual(
      new Float64Array(0),
    );
  });
});
