import { lbfgs } from '../../evaluation/lbfgs';

/** One choice: what is known of each thing to choose from, and which one was chosen. */
export interface Choice {
  /** One number a candidate and signal: `signals[s][candidate]`. */
  readonly signals: readonly ArrayLike<number>[];
  /** Place of the chosen candidate. */
  readonly chosen: number;
}

/** How much each signal counts. */
export interface ConditionalLogit {
  readonly weights: Float64Array;
  /** Mean surprise of the choices learned from, in nats. */
  readonly loss: number;
  readonly hasConverged: boolean;
}

/**
 * Learn how to add up several signals of a ranking from choices: the weights under which what was chosen is likeliest.
 *
 * The probability of a candidate is exp(sum of weight x signal), divided by the sum of that over all candidates of the same choice. What is
 * the same for all candidates plays no part. A penalty of half the squared weights, divided by the number of choices, keeps a signal that
 * says everything from growing without end.
 *
 * @throws RangeError when there is no choice, or choices have not the same number of signals
 * @source McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior", in Frontiers in Econometrics, 1974; for rankings: Cao, Qin,
 *   Liu, Tsai & Li, "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007 (ListNet with one right item).
 */
export function fitConditionalLogit(choices: readonly Choice[]): ConditionalLogit {
  const numSignals = choices[0]?.signals.length ?? 0;
  if (numSignals === 0 || choices.some(({ signals }) => signals.length !== numSignals)) {
    throw new RangeError('fitConditionalLogit: needs choices, all with the same signals');
  }
  const { x, value, hasConverged } = lbfgs(
    (weights, gradient) => {
      gradient.fill(0);
      let loss = 0;
      for (const { signals, chosen } of choices) {
        const scores = combineSignals(weights, signals);
        const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
        const shares = scores.map((score) => Math.exp(score - largest));
        const sum = shares.reduce((all, share) => all + share, 0);
        loss += Math.log(sum) + largest - scores[chosen]!;
        for (const [at, signal] of signals.entries()) {
          let mean = 0;
          for (let candidate = 0; candidate < shares.length; candidate++) {
            mean += (shares[candidate]! / sum) * signal[candidate]!;
          }
          gradient[at]! += mean - signal[chosen]!;
        }
      }
      for (const [at, weight] of weights.entries()) {
        loss += (weight * weight) / 2;
        gradient[at] = (gradient[at]! + weight) / choices.length;
      }
      return loss / choices.length;
    },
    new Float64Array(numSignals),
    { tolerance: 1e-6 },
  );
  return { weights: x, loss: value, hasConverged };
}

/** The weighted sum of the signals, a number a candidate. */
export function combineSignals(
  weights: ArrayLike<number>,
  signals: readonly ArrayLike<number>[],
): Float64Array {
  const scores = new Float64Array(signals[0]!.length);
  for (const [at, signal] of signals.entries()) {
    for (let candidate = 0; candidate < scores.length; candidate++) {
      scores[candidate]! += weights[at]! * signal[candidate]!;
    }
  }
  return scores;
}

/** The place of the chosen candidate by the weighted sum, from 1; of equal scores the earlier candidate comes first. */
export function rankOfChosen(weights: ArrayLike<number>, { signals, chosen }: Choice): number {
  const scores = combineSignals(weights, signals);
  const own = scores[chosen]!;
  return scores.reduce((rank, score, at) => rank + Number(score > own || (score === own && at < chosen)), 1);
}
