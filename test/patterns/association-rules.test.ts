import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { apriori } from '../../lib/patterns/apriori';
import { associationRules } from '../../lib/patterns/association-rules';
import { fpGrowth } from '../../lib/patterns/fp-growth';

const dataFolder = process.env['BEHAVIOR_LAB_DATA'] ?? join('..', 'shared', 'data');
const groceriesFile = join(dataFolder, 'groceries', 'groceries.csv.gz');
const goldenFile = join(dataFolder, 'golden', 'golden.json');

interface GoldenRules {
  frequent_itemsets: number;
  rules_single_consequent: number;
  rules_any_consequent: number;
  top_lift: [string[], string[], number, number, number][];
}

describe('association rules', () => {
  const baskets = [['bread', 'milk'], ['bread', 'butter', 'milk'], ['bread'], ['milk', 'milk']]; // prettier-ignore

  it('have their closed forms on four baskets', () => {
    for (const frequentItemsets of [apriori, fpGrowth]) {
      expect(frequentItemsets(baskets, 0.5)).toEqual([
        { items: ['bread'], count: 3, support: 0.75 },
        { items: ['milk'], count: 3, support: 0.75 },
        { items: ['bread', 'milk'], count: 2, support: 0.5 },
      ]);
    }
    // All four reliable rules have the lift 4/3: the sides' names decide.
    const rules = associationRules(baskets, { minSupport: 0.25, minConfidence: 1 });
    expect(
      rules.map(({ antecedent, consequent }) => `${antecedent.join('+')} -> ${consequent.join('+')}`),
    ).toEqual(['bread+butter -> milk', 'butter -> bread', 'butter -> milk', 'butter+milk -> bread']);
    expect(rules[1]).toEqual({
      antecedent: ['butter'],
      consequent: ['bread'],
      support: 0.25,
      confidence: 1,
      lift: 4 / 3,
      leverage: 0.25 - 0.25 * 0.75,
      conviction: Infinity,
    });
    const breadToMilk = associationRules(baskets, { minSupport: 0.5, minConfidence: 0.5 })[0]!;
    expect(breadToMilk.conviction).toBeCloseTo((1 - 0.75) / (1 - 2 / 3), 12);
  });

  it('equal counting every subset by hand', () => {
    const letters = ['a', 'b', 'c', 'd', 'e'];
    const random = fc.array(fc.subarray(letters), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(random, fc.integer({ min: 1, max: 10 }), (some, tenths) => {
        const expected: string[] = [];
        for (let mask = 1; mask < 32; mask++) {
          const set = letters.filter((_, place) => (mask >> place) & 1);
          const count = some.filter((basket) => set.every((item) => basket.includes(item))).length;
          if (count / some.length >= tenths / 10) expected.push(`${set.join('')}${count}`);
        }
        const found = apriori(some, tenths / 10);
        expect(found.map(({ items, count }) => `${items.join('')}${count}`).sort()).toEqual(expected.sort());
        expect(fpGrowth(some, tenths / 10)).toEqual(found);
      }),
    );
  });

  it('refuse no baskets and thresholds out of range', () => {
    for (const frequentItemsets of [apriori, fpGrowth]) {
      expect(() => frequentItemsets([], 0.5)).toThrow('there are no baskets');
      expect(() => frequentItemsets(baskets, 0)).toThrow('got 0');
      expect(frequentItemsets([[], []], 0.5)).toEqual([]);
    }
    expect(() => associationRules(baskets, { minSupport: 0.5, minConfidence: 1.1 })).toThrow('got 1.1');
  });

  it.skipIf(!existsSync(groceriesFile))('are the golden ones of the Groceries data (mlxtend)', () => {
    const groceries = gunzipSync(readFileSync(groceriesFile))
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) =>
        line
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
      );
    expect(groceries.length).toBe(9835);
    const golden = (
      JSON.parse(readFileSync(goldenFile, 'utf8')) as { groceries_apriori: Record<string, GoldenRules> }
    ).groceries_apriori;
    for (const [minSupport, minConfidence] of [
      [0.006, 0.25],
      [0.001, 0.5],
      [0.01, 0.2],
    ] as const) {
      const expected = golden[`supp${minSupport}_conf${minConfidence}`]!;
      const rules = associationRules(groceries, { minSupport, minConfidence });
      const found = fpGrowth(groceries, minSupport);
      expect(found.length).toBe(expected.frequent_itemsets);
      expect(apriori(groceries, minSupport)).toEqual(found);
      expect(rules.length).toBe(expected.rules_single_consequent);
      expect(associationRules(groceries, { minSupport, minConfidence, consequents: 'any' }).length).toBe(
        expected.rules_any_consequent,
      );
      for (const [
        place,
        [antecedent, consequent, support, confidence, lift],
      ] of expected.top_lift.entries()) {
        const rule = rules[place]!;
        expect([rule.antecedent, rule.consequent]).toEqual([antecedent, consequent]);
        expect(rule.support).toBeCloseTo(support, 7);
        expect(rule.confidence).toBeCloseTo(confidence, 7);
        expect(rule.lift).toBeCloseTo(lift, 7);
      }
    }
  });
});
