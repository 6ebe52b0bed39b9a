import { normalCdf } from '../distributions';
import { midRanks } from './mid-ranks';

/**
 * What becomes of users for whom both models are alike. `wilcox` leaves them out; `pratt` ranks them and then leaves their ranks out;
 * `zsplit` ranks them and gives half of their ranks to each side.
 */
export const zeroRules = ['wilcox', 'pratt', 'zsplit'] as const;
export type ZeroRule = (typeof zeroRules)[number];

export interface WilcoxonOptions {
  /** Default `wilcox`. */
  readonly zeros?: ZeroRule;
  /** Default `auto`: `exact` for at most 50 differences without zeros and ties, else `normal`. */
  readonly method?: 'auto' | 'exact' | 'normal';
  /** Whether `normal` moves the statistic by a half towards its mean. Default false. */
  readonly continuity?: boolean;
}

export interface WilcoxonResult {
  /** Two-sided. */
  readonly p: number;
  /** The smaller of the two sums of ranks. */
  readonly statistic: number;
  /** Ranks of the differences above 0, and below 0. */
  readonly positiveRanks: number;
  readonly negativeRanks: number;
  /** Matched-pairs rank-biserial correlation: 1 where all differences are above 0, -1 where all are below. */
  readonly rankBiserial: number;
  readonly method: 'exact' | 'normal';
  /** Differences that were ranked and counted: without zeros, but under `zsplit`. */
  readonly counted: number;
}

/**
 * Ask whether the users' differences lie around 0, by the ranks of their sizes: Wilcoxon's signed-rank test.
 *
 * One user with a huge difference counts no more than the largest rank. What it asks is not whether the mean differs: where the
 * differences lean to one side, the two questions have different answers. Metrics of ranking have many zeros and ties; the rules are
 * named, and `exact` refuses both.
 *
 * @param differences one a user, second model minus first
 * @throws RangeError when there are no differences, all are 0 under `wilcox` or `pratt`, one is not a number, or `exact` meets zeros or ties
 * @source Wilcoxon, "Individual Comparisons by Ranking Methods", Biometrics Bulletin 1(6), 1945; Pratt, "Remarks on Zeros and Ties in the
 *   Wilcoxon Signed Rank Procedures", JASA 54(287), 1959; options and variance with ties as scipy.stats.wilcoxon 1.17, 2026; the
 *   correlation: Kerby, "The Simple Difference Formula", Comprehensive Psychology 3, 2014.
 * @differs SciPy takes permutations for up to 13 differences with ties or zeros by itself; here `signFlipTest` on ranks does that.
 */
export function wilcoxon(
  differences: ArrayLike<number>,
  { zeros = 'wilcox', method = 'auto', continuity = false }: WilcoxonOptions = {},
): WilcoxonResult {
  const all = Float64Array.from(differences);
  const used = zeros === 'wilcox' ? all.filter((value) => value !== 0) : all;
  const zeroCount = all.reduce((count, value) => count + Number(value === 0), 0);
  if (used.length === 0 || (zeros === 'pratt' && zeroCount === all.length)) {
    throw new RangeError(`wilcoxon: of ${all.length} differences all are 0; there is nothing to rank`);
  }
  const { ranks, tieTerm } = midRanks(used.map(Math.abs));
  let [positiveRanks, negativeRanks, zeroRanks] = [0, 0, 0];
  for (const [at, rank] of ranks.entries()) {
    if (used[at]! > 0) positiveRanks += rank;
    else if (used[at]! < 0) negativeRanks += rank;
    else zeroRanks += rank;
  }
  if (zeros === 'zsplit') {
    positiveRanks += zeroRanks / 2;
    negativeRanks += zeroRanks / 2;
  }
  const isPlain = tieTerm === 0 && zeroCount === 0;
  const isExact = method === 'exact' || (method === 'auto' && isPlain && used.length <= 50);
  if (isExact && !isPlain) {
    throw new RangeError(
      "wilcoxon: the exact distribution is that of differences without zeros and ties; use method 'normal', or signFlipTest",
    );
  }
  const statistic = Math.min(positiveRanks, negativeRanks);
  const p = isExact
    ? exactP(statistic, used.length)
    : normalP(statistic, used.length, {
        zeroCount: zeros === 'pratt' ? zeroCount : 0,
        // Ties among zeros are no ties of the differences that count.
        tieTerm: zeros === 'pratt' ? tieTerm - (zeroCount ** 3 - zeroCount) : tieTerm,
        continuity,
      });
  return {
    p,
    statistic,
    positiveRanks,
    negativeRanks,
    rankBiserial: (positiveRanks - negativeRanks) / (positiveRanks + negativeRanks),
    method: isExact ? 'exact' : 'normal',
    counted: zeros === 'pratt' ? used.length - zeroCount : used.length,
  };
}

function normalP(
  statistic: number,
  count: number,
  {
    zeroCount,
    tieTerm,
    continuity,
  }: { readonly zeroCount: number; readonly tieTerm: number; readonly continuity: boolean },
): number {
  const mean = (count * (count + 1) - zeroCount * (zeroCount + 1)) / 4;
  const cubes =
    count * (count + 1) * (2 * count + 1) - zeroCount * (zeroCount + 1) * (2 * zeroCount + 1) - tieTerm / 2;
  const away = Math.max(0, mean - statistic - (continuity ? 0.5 : 0));
  return Math.min(1, 2 * normalCdf(-away / Math.sqrt(cubes / 24)));
}

/** Twice the share of all 2^n ways of signing the ranks 1..n whose positive ranks sum to at most `statistic`. */
function exactP(statistic: number, count: number): number {
  const most = (count * (count + 1)) / 2;
  let ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (let rank = 1; rank <= count; rank++) {
    const next = ways.slice();
    for (let sum = rank; sum <= most; sum++) next[sum]! += ways[sum - rank]!;
    ways = next;
  }
  let upTo = 0;
  for (let sum = 0; sum <= statistic; sum++) upTo += ways[sum]!;
  return Math.min(1, (2 * upTo) / 2 ** count);
}
