import { meanInterval } from './mean-interval';
import type { Interval } from './proportion-interval';

/** How content users are, on average, and with how much reason one may say so. */
export interface Satisfaction extends Interval {
  /** `explicit`: they were asked. `implicit`: it is guessed from what they did, and comparable to nothing but itself. */
  readonly kind: 'explicit' | 'implicit';
  /** 0 (not at all) to 1; the interval of 95 % of the mean over users. */
  readonly mean: number;
  /** One a user, in the order given; NaN for a user of whom nothing is known. */
  readonly ofUsers: Float64Array;
  /** Users the mean is over, and those of whom nothing is known. */
  readonly users: number;
  readonly leftOut: number;
}

/** The lowest and the highest rating that can be given: 1 and 5 stars. */
export interface RatingScale {
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Satisfaction where users were asked: each user's mean rating, moved to 0 to 1, and the mean over users.
 *
 * Each user counts once, however many ratings there are. People rate what they chose, and rather what they liked: the mean is too high for
 * what they would say of everything, and says nothing of those who rated nothing.
 *
 * @param ratings of each user; empty for a user who gave none
 * @throws RangeError when fewer than 2 users rated, a rating is outside of the scale, or the scale is empty
 * @source Herlocker, Konstan, Terveen & Riedl, "Evaluating Collaborative Filtering Recommender Systems", ACM TOIS 22(1), 2004
 *   (asking users); Marlin & Zemel, "Collaborative Prediction and Ranking with Non-Random Missing Data", RecSys 2009 (who
 *   rates what).
 */
export function explicitSatisfaction(
  ratings: readonly ArrayLike<number>[],
  { lowest, highest }: RatingScale,
): Satisfaction {
  if (!(lowest < highest)) throw new RangeError(`explicitSatisfaction: a scale from ${lowest} to ${highest}`);
  const ofUsers = Float64Array.from(ratings, (own, user) => {
    let sum = 0;
    for (let at = 0; at < own.length; at++) {
      if (!(own[at]! >= lowest && own[at]! <= highest)) {
        throw new RangeError(
          `explicitSatisfaction: user ${user} rated ${own[at]}, the scale is ${lowest} to ${highest}`,
        );
      }
      sum += own[at]!;
    }
    return own.length === 0 ? Number.NaN : (sum / own.length - lowest) / (highest - lowest);
  });
  return summed('explicit', ofUsers);
}

/** The four signs of one user, each as so many cases of so many. Nothing of nothing (0 of 0) says nothing. */
export interface SatisfactionSigns {
  /** Views that lasted long enough (30 s is usual), of views whose length is known. */
  readonly dwell: SignCount;
  /** Items used again, of items used. */
  readonly repeat: SignCount;
  /** Sessions that were followed by another soon enough (a week, say), of sessions that the log goes on long enough after. */
  readonly return: SignCount;
  /** Sessions with a purchase, of sessions. */
  readonly conversion: SignCount;
}

/** Cases with the sign, of all cases. */
export interface SignCount {
  readonly of: number;
  readonly with: number;
}

/** How much each sign counts; from 0, not all 0. */
export type SatisfactionWeights = Readonly<Record<keyof SatisfactionSigns, number>>;

/** Each sign as much as every other: nothing is known that would justify another choice. */
export const equalSatisfactionWeights: SatisfactionWeights = {
  dwell: 1,
  repeat: 1,
  return: 1,
  conversion: 1,
};

/**
 * Satisfaction where nobody was asked: a guess from what users did.
 *
 *     score of a user = sum of weight x share of cases with the sign / sum of weights, over the signs that have cases
 *
 * A convention, not a measurement. The weights are free; no sign was checked against what people say here; all four depend on the shop: a
 * long view may be a search in vain, a return a complaint, a purchase of a wardrobe is not repeated. Signs that a log cannot have drop out,
 * so logs with other signs cannot be compared, nor users of whom other signs are known. Use it to compare two systems on the same log by
 * the same weights, and look at the shares themselves first.
 *
 * @throws RangeError when a sign has more cases with it than cases, a weight is negative, all are 0, or fewer than 2 users show any sign
 * @source Fox, Karnawat, Mydland, Dumais & White, "Evaluating Implicit Measures to Improve Web Search", ACM TOIS 23(2), 2005 (dwell of 30
 *   s); Dupret & Lalmas, "Absence Time and User Engagement: Evaluating Ranking Functions", WSDM 2013 (return).
 * @differs The sum of the four is this project's.
 */
export function implicitSatisfaction(
  signs: readonly SatisfactionSigns[],
  weights: SatisfactionWeights = equalSatisfactionWeights,
): Satisfaction {
  const names = ['dwell', 'repeat', 'return', 'conversion'] as const;
  for (const name of names) {
    if (!(weights[name] >= 0 && weights[name] < Infinity)) {
      throw new RangeError(`implicitSatisfaction: the weight of ${name} is ${weights[name]}`);
    }
  }
  const ofUsers = Float64Array.from(signs, (own, user) => {
    let [sum, known] = [0, 0];
    for (const name of names) {
      const { of: cases, with: having } = own[name];
      if (!(having >= 0 && having <= cases && cases < Infinity)) {
        throw new RangeError(`implicitSatisfaction: ${name} of user ${user} is ${having} of ${cases}`);
      }
      if (cases === 0) continue;
      sum += weights[name] * (having / cases);
      known += weights[name];
    }
    return known === 0 ? Number.NaN : sum / known;
  });
  return summed('implicit', ofUsers);
}

function summed(kind: Satisfaction['kind'], ofUsers: Float64Array): Satisfaction {
  const known = Array.from(ofUsers).filter((value) => !Number.isNaN(value));
  if (known.length < 2) {
    throw new RangeError(`${kind}Satisfaction: something is known of ${known.length} users, needs 2 or more`);
  }
  const { mean, low, high } = meanInterval(known);
  return {
    kind,
    mean,
    low: Math.max(0, low),
    high: Math.min(1, high),
    ofUsers,
    users: known.length,
    leftOut: ofUsers.length - known.length,
  };
}

/** One thing a user did, in time order. */
export interface SatisfactionEvent {
  readonly item: number;
  readonly timeMs: number;
  /** How long it was looked at; null where that is not known. */
  readonly dwellMs: number | null;
  readonly isPurchase: boolean;
  /** Number of the session, ascending. */
  readonly session: number;
}

/** Where the boundaries of the signs lie. */
export interface SignBoundaries {
  /** A view is long from here on; 30,000 is usual. */
  readonly longViewMs: number;
  /** A session is followed by another where that starts at most so long after its end. */
  readonly returnWithinMs: number;
  /** Last moment of the whole log: sessions too near to it say nothing of a return. */
  readonly logEndMs: number;
}

/**
 * Count the four signs in what one user did.
 *
 * Items are counted as used again where they occur in another session: a second look within a session is hesitation rather than return.
 *
 * @param events in time order
 * @throws RangeError when times or sessions do not ascend, or an event is after the end of the log
 * @source Fox, Karnawat, Mydland, Dumais & White, "Evaluating Implicit Measures to Improve Web Search", ACM TOIS 23(2), 2005; Dupret &
 *   Lalmas, "Absence Time and User Engagement: Evaluating Ranking Functions", WSDM 2013.
 */
export function satisfactionSigns(
  events: readonly SatisfactionEvent[],
  { longViewMs, returnWithinMs, logEndMs }: SignBoundaries,
): SatisfactionSigns {
  const sessions: { start: number; end: number; hasPurchase: boolean }[] = [];
  const sessionsOf = new Map<number, Set<number>>();
  let [timed, long] = [0, 0];
  for (const [at, { item, timeMs, dwellMs, isPurchase, session }] of events.entries()) {
    const before = events[at - 1];
    if (before && (before.timeMs > timeMs || before.session > session)) {
      throw new RangeError(`satisfactionSigns: event ${at} is before the one that it follows`);
    }
    if (!(timeMs <= logEndMs))
      throw new RangeError(`satisfactionSigns: event ${at} is after the end of the log`);
    if (before?.session !== session) sessions.push({ start: timeMs, end: timeMs, hasPurchase: false });
    const own = sessions.at(-1)!;
    own.end = timeMs;
    own.hasPurchase ||= isPurchase;
    sessionsOf.set(item, (sessionsOf.get(item) ?? new Set()).add(session));
    if (dwellMs === null) continue;
    timed += 1;
    if (dwellMs >= longViewMs) long += 1;
  }
  const watched = sessions.flatMap(({ end }, at) =>
    logEndMs - end >= returnWithinMs ? [(sessions[at + 1]?.start ?? Infinity) - end <= returnWithinMs] : [],
  );
  const repeated = [...sessionsOf.values()].filter((own) => own.size > 1).length;
  return {
    dwell: { with: long, of: timed },
    repeat: { with: repeated, of: sessionsOf.size },
    return: { with: watched.filter(Boolean).length, of: watched.length },
    conversion: { with: sessions.filter(({ hasPurchase }) => hasPurchase).length, of: sessions.length },
  };
}
