import { fpGrowth } from './fp-growth';
import { byCodeUnit, type FrequentItemset } from './itemset';

/** "Who has the antecedent, also has the consequent." */
export interface AssociationRule {
  readonly antecedent: readonly string[];
  readonly consequent: readonly string[];
  /** Share of baskets that hold both sides. */
  readonly support: number;
  /** Share of the antecedent's baskets that hold the consequent. */
  readonly confidence: number;
  /** Confidence divided by the consequent's own support: 1 means no relation. */
  readonly lift: number;
  /** Support minus what independence would give. */
  readonly leverage: number;
  /** How much more often the rule would fail if the sides were independent; Infinity for a rule that never fails. */
  readonly conviction: number;
}

export interface RuleOptions {
  /** Share of baskets, above 0 to 1. */
  readonly minSupport: number;
  /** 0 to 1. */
  readonly minConfidence: number;
  /** 'one' item on the right side, or 'any' number. Default 'one'. */
  readonly consequents?: 'one' | 'any';
  /** What finds the frequent sets: the result is the same, not the time. Default `fpGrowth`. */
  readonly frequentItemsets?: (
    baskets: readonly (readonly string[])[],
    minSupport: number,
  ) => FrequentItemset[];
}

/**
 * Find the rules that are frequent and reliable enough.
 *
 * @returns highest lift first; equal lift by confidence, then by the sides' names
 * @throws RangeError when there are no baskets or a threshold is out of range
 * @source Agrawal & Srikant 1994 (support, confidence); Brin, Motwani, Ullman & Tsur, "Dynamic Itemset Counting
 *   and Implication Rules for Market Basket Data", SIGMOD 1997 (lift, there "interest", and conviction);
 *   Piatetsky-Shapiro, "Discovery, Analysis, and Presentation of Strong Rules", 1991 (leverage)
 */
export function associationRules(
  baskets: readonly (readonly string[])[],
  { minSupport, minConfidence, consequents = 'one', frequentItemsets = fpGrowth }: RuleOptions,
): AssociationRule[] {
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    throw new RangeError(`associationRules: minConfidence must be 0 to 1, got ${minConfidence}`);
  }
  const sets = frequentItemsets(baskets, minSupport);
  const countOf = new Map(sets.map(({ items, count }) => [keyOf(items), count]));
  const rules: AssociationRule[] = [];
  for (const { items, count } of sets) {
    for (const consequent of sidesOf(items, consequents)) {
      const antecedent = items.filter((item) => !consequent.includes(item));
      const confidence = count / countOf.get(keyOf(antecedent))!;
      if (confidence < minConfidence) continue;
      const antecedentSupport = countOf.get(keyOf(antecedent))! / baskets.length;
      const consequentSupport = countOf.get(keyOf(consequent))! / baskets.length;
      const support = count / baskets.length;
      rules.push({
        antecedent,
        consequent,
        support,
        confidence,
        lift: confidence / consequentSupport,
        leverage: support - antecedentSupport * consequentSupport,
        conviction: confidence === 1 ? Infinity : (1 - consequentSupport) / (1 - confidence),
      });
    }
  }
  return rules.sort(
    (a, b) =>
      b.lift - a.lift ||
      b.confidence - a.confidence ||
      byCodeUnit(keyOf(a.antecedent), keyOf(b.antecedent)) ||
      byCodeUnit(keyOf(a.consequent), keyOf(b.consequent)),
  );
}

/** The right sides to try: each item alone, or every part that leaves something on the left. */
function sidesOf(items: readonly string[], consequents: 'one' | 'any'): string[][] {
  if (items.length < 2) return [];
  if (consequents === 'one') return items.map((item) => [item]);
  const sides: string[][] = [];
  for (let mask = 1; mask < 2 ** items.length - 1; mask++) {
    sides.push(items.filter((_, place) => (mask >>> place) & 1));
  }
  return sides;
}

const keyOf = (items: readonly string[]): string => items.join('\u0000');
