import type { Rng } from '../../base/random';
import { matrix } from '../../base/matrix';
import { fitLogisticRegression } from '../../evaluation/logistic-regression';
import type { FriendScorer } from '../../recommendation/friend-scores';
import type { HiddenLinks } from './hide-links';

/** Several friend scores as one, and what each counts. */
export interface CombinedFriends {
  readonly scorer: FriendScorer;
  /** Of each score, after division by its spread: how much the log odds of a link rise with one standard deviation. */
  readonly weights: Float64Array;
}

/**
 * Learn how much several friend scores count together: a logistic regression that tells hidden links of validation from pairs that are
 * no link.
 *
 * As many pairs are drawn as `pairsALink` says, none of them a link of any kind but those of the test, which nobody knows: they are few
 * among all pairs, and count as what they look like. Each score enters as log(1 + score).
 *
 * @param links hidden links; those of the test are not looked at
 * @throws RangeError when no validation link is hidden, there is no score, or a score is negative
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.2; for links: Lichtenwalter, Lussier & Chawla, "New
 *   Perspectives and Methods in Link Prediction", KDD 2010.
 */
export function combineFriendScores(
  scorers: readonly FriendScorer[],
  { visible, validation }: Pick<HiddenLinks, 'visible' | 'validation'>,
  { rng, pairsALink = 20 }: { readonly rng: Rng; readonly pairsALink?: number },
): CombinedFriends {
  if (scorers.length === 0 || validation.length === 0)
    throw new RangeError(
      `combineFriendScores: ${scorers.length} scores and ${validation.length} links to learn from`,
    );
  const N = visible.length;
  const taken = new Set(validation.map(([one, other]) => one * N + other));
  const isKnown = (one: number, other: number): boolean => visible[one]!.includes(other);
  const pairs: (readonly [number, number, number])[] = validation.map(([one, other]) => [one, other, 1]);
  const draw = rng.child('pairs');
  for (let drawn = 0; drawn < pairsALink * validation.length; drawn++) {
    const [a, b] = [draw.integer(N), draw.integer(N)];
    const [one, other] = [Math.min(a, b), Math.max(a, b)];
    if (one !== other && !isKnown(one, other) && !taken.has(one * N + other)) pairs.push([one, other, 0]);
  }
  const D = scorers.length;
  const own = (user: number): Float64Array[] => scorers.map(({ name, score }) => logOf(name, score(user)));
  const values = new Float32Array(pairs.length * D);
  // By the first user: each is asked once.
  const order = [...pairs.keys()].sort((a, b) => pairs[a]![0] - pairs[b]![0]);
  let [asked, scores]: [number, Float64Array[]] = [-1, []];
  for (const place of order) {
    const [one, other] = pairs[place]!;
    if (one !== asked) [asked, scores] = [one, own(one)];
    for (const [column, of] of scores.entries()) values[place * D + column] = of[other]!;
  }
  const spreads = scorers.map((_, column) => spreadOf(values, D, column));
  const scaled = values.map((value, place) => value / spreads[place % D]!);
  const fit = fitLogisticRegression(
    matrix(pairs.length, D, scaled),
    pairs.map(([, , label]) => label),
    { strength: 1 },
  );
  const weights = Float64Array.from(
    scorers,
    (_, column) => fit.weights[2 * column + 1]! - fit.weights[2 * column]!,
  );
  return {
    weights,
    scorer: {
      name: `${scorers.map(({ name }) => name).join(' + ')}`,
      score: (user) => {
        const sum = new Float64Array(N);
        for (const [column, of] of own(user).entries())
          for (let other = 0; other < N; other++)
            sum[other]! += (weights[column]! * of[other]!) / spreads[column]!;
        return sum;
      },
    },
  };
}

function logOf(name: string, scores: Float64Array): Float64Array {
  return scores.map((score) => {
    if (!(score >= 0)) throw new RangeError(`combineFriendScores: '${name}' gave the score ${score}`);
    return Math.log1p(score);
  });
}

/** Standard deviation of a column; 1 where nothing varies. */
function spreadOf(values: Float32Array, D: number, column: number): number {
  const own = Array.from({ length: values.length / D }, (_, row) => values[row * D + column]!);
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length) || 1;
}
