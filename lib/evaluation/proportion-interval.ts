/** From where to where a quantity may lie. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Cases of one kind among cases: 425 right answers of 500. */
export interface Proportion {
  /** 0 to `cases`; need not be whole where only a rounded share was published. */
  readonly successes: number;
  /** Above 0. */
  readonly cases: number;
}

/** The 97.5 % point of the standard normal distribution, for intervals of 95 %. */
export const z95 = 1.959963984540054;

/**
 * Say between which shares the true one lies, given a share that was counted: the score interval of Wilson.
 *
 * It stays within 0 and 1 and is not empty at 0 or at all cases, where share ± z times its standard error is a point.
 *
 * @param z 1.96 for 95 %, 2.576 for 99 %
 * @throws RangeError when the counts are no proportion, or z is not above 0
 * @source Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158), 1927; in this form: Newcombe,
 *   "Two-Sided Confidence Intervals for the Single Proportion", Statistics in Medicine 17, 1998, method 3.
 */
export function wilsonInterval(proportion: Proportion, z = z95): Interval {
  const { share, cases } = checked('wilsonInterval', proportion, z);
  const centre = share + (z * z) / (2 * cases);
  const half = z * Math.sqrt((share * (1 - share)) / cases + (z * z) / (4 * cases * cases));
  const scale = 1 + (z * z) / cases;
  // It holds the share; at 0 and 1 rounding may say otherwise.
  const low = Math.min(share, Math.max(0, (centre - half) / scale));
  return { low, high: Math.max(share, Math.min(1, (centre + half) / scale)) };
}

/**
 * Say how far two true shares may be apart, second minus first, given counts on two independent samples: the difference ± z
 * standard errors.
 *
 * The interval of text books. With few cases, or shares near 0 or 1, it is too narrow: then `newcombeDifference`.
 *
 * @throws RangeError as `wilsonInterval`
 * @source Newcombe, "Interval Estimation for the Difference Between Independent Proportions: Comparison of Eleven Methods", Statistics
 *   in Medicine 17, 1998, method 1 (Wald).
 */
export function waldDifference(first: Proportion, second: Proportion, z = z95): Interval {
  const [a, b] = [first, second].map((one) => checked('waldDifference', one, z)) as [Counted, Counted];
  const half = z * Math.sqrt((a.share * (1 - a.share)) / a.cases + (b.share * (1 - b.share)) / b.cases);
  return { low: b.share - a.share - half, high: b.share - a.share + half };
}

/**
 * Say how far two true shares may be apart, second minus first, given counts on two independent samples: from the Wilson
 * interval of each.
 *
 * For two models that were tested on the same cases it is not the right one: those samples are not independent.
 *
 * @throws RangeError as `wilsonInterval`
 * @source Newcombe, "Interval Estimation for the Difference Between Independent Proportions: Comparison of Eleven Methods", Statistics
 *   in Medicine 17, 1998, method 10.
 */
export function newcombeDifference(first: Proportion, second: Proportion, z = z95): Interval {
  const [a, b] = [first, second].map((one) => checked('newcombeDifference', one, z)) as [Counted, Counted];
  const [ofA, ofB] = [wilsonInterval(first, z), wilsonInterval(second, z)];
  return {
    low: b.share - a.share - Math.hypot(b.share - ofB.low, ofA.high - a.share),
    high: b.share - a.share + Math.hypot(ofB.high - b.share, a.share - ofA.low),
  };
}

/** What two models got right on the same cases. */
export interface PairedOutcomes {
  /** Cases that the second alone got right. */
  readonly gained: number;
  /** Cases that the first alone got right. */
  readonly lost: number;
  readonly cases: number;
}

/**
 * Say how far the true shares of two models may be apart, second minus first, that were tested on the same cases.
 *
 * Only the cases on which they differ say anything. Their number is needed: two accuracies alone do not give this interval.
 *
 * @throws RangeError when a count is negative, the two exceed the cases, or z is not above 0
 * @source Newcombe, "Improved Confidence Intervals for the Difference Between Binomial Proportions Based on Paired Data", Statistics
 *   in Medicine 17, 1998, method 1 (Wald).
 */
export function pairedDifference({ gained, lost, cases }: PairedOutcomes, z = z95): Interval {
  if (!(gained >= 0 && lost >= 0 && gained + lost <= cases && cases > 0 && z > 0)) {
    throw new RangeError(
      `pairedDifference: ${gained} gained and ${lost} lost of ${cases} cases, z ${z}: this cannot be`,
    );
  }
  const difference = (gained - lost) / cases;
  const half = (z * Math.sqrt(gained + lost - (gained - lost) ** 2 / cases)) / cases;
  return { low: difference - half, high: difference + half };
}

interface Counted {
  readonly share: number;
  readonly cases: number;
}

function checked(name: string, { successes, cases }: Proportion, z: number): Counted {
  if (!(cases > 0 && Number.isFinite(cases) && successes >= 0 && successes <= cases)) {
    throw new RangeError(`${name}: ${successes} of ${cases} cases is no proportion`);
  }
  if (!(z > 0)) throw new RangeError(`${name}: z must be above 0, got ${z}`);
  return { share: successes / cases, cases };
}
