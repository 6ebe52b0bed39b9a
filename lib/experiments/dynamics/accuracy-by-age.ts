import type { Rng } from '../../base/random';
import { discountedGain } from '../../evaluation/ndcg';
import { bootstrapInterval, type BootstrapInterval } from '../../evaluation/bootstrap-interval';
import { jaccard } from '../../evaluation/jaccard';
import { rankBiasedOverlap } from '../../evaluation/rank-biased-overlap';
import type { Sequences } from '../../preprocessing/sequences';
import { rowsOf } from '../../preprocessing/splits/split';
import { positionsAt, splitByTime } from '../../preprocessing/splits/time-split';
import { withSequences, type SplitSequences } from '../../preprocessing/splits/split-sequences';
import { rankWithScorer } from '../../recommendation/rank-with-scorer';
import type { Scorer } from '../../recommendation/scorer';
import { recommend } from '../../recommendation/top-n';
import { heldOut } from '../held-out';

/** What models of different age are asked. */
export interface AgeQuestion {
  readonly sequences: Sequences;
  /** Fit a model on the training part of a split, and on nothing else of it. */
  readonly fit: (split: SplitSequences) => Scorer | Promise<Scorer>;
  /** The events predicted: from here on, up to `toMs` (not included), ms since 1970-01-01 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Ages to compare, in days before `fromMs`: `[0, 7, 14, 28]`. The first one is what the others are compared with. */
  readonly agesDays: readonly number[];
  /**
   * Fit on the last so many days before the end of training only, so that old and new models have seen about as much. Default: on everything
   * before, so that older ones have seen less.
   */
  readonly trainingDays?: number;
  /** Length of the lists. */
  readonly k: number;
  /** Persistence of rank-biased overlap; default .9. */
  readonly p?: number;
  readonly rng: Rng;
  /** Of the intervals; default 1,000. */
  readonly resamples?: number;
}

/** How a model does that was fitted so many days before it is asked. */
export interface AccuracyAtAge {
  readonly ageDays: number;
  /** Events that it was fitted on. */
  readonly fittedOn: number;
  /** Means over users, each user the mean of their events. */
  readonly hitRate: BootstrapInterval;
  readonly ndcg: BootstrapInterval;
  /** This age less the first one, user by user: negative where the model has grown stale. */
  readonly ndcgLost: BootstrapInterval;
  /** How alike its lists are to those of the first age, mean over users: Jaccard index of the first k, and rank-biased overlap. */
  readonly jaccard: BootstrapInterval;
  readonly rankBiasedOverlap: BootstrapInterval;
}

/** Recency decay of accuracy, and the stability of lists between model updates. */
export interface AccuracyByAge {
  readonly ages: readonly AccuracyAtAge[];
  /** Events asked, and users that have some. */
  readonly events: number;
  readonly users: number;
}

const dayMs = 86_400_000;

/**
 * Measure how models grow stale: ask models that were fitted at different times the same questions.
 *
 * Comparing this week's accuracy with that of last month would mix the age of the model with how hard each week is, and with who came.
 * Here the questions stay and the end of training moves back. An older model has seen less, too: `trainingDays` takes that apart. Histories are always
 * up to date, whatever the model's age: what grows old is what was fitted. Items that appeared later get whatever the model gives to an
 * item it never saw. Full ranking, seen items are no candidates, ties by item index. Lists are those at each user's first asked event.
 *
 * @throws RangeError when an age is negative, there is none, `trainingDays` hold no event, or `toMs` is not after `fromMs`
 * @throws InputError when nothing is left to learn from, or no event is asked
 * @source Webber, Moffat & Zobel, "A Similarity Measure for Indefinite Rankings", ACM TOIS 28(4), 2010 (rank-biased overlap); Jaccard, "The
 *   Distribution of the Flora in the Alpine Zone", New Phytologist 11(2), 1912; Meng et al., "Exploring Data Splitting Strategies for the
 *   Evaluation of Recommendation Models", RecSys 2020 (splits by time).
 */
export async function accuracyByAge({
  sequences,
  fit,
  fromMs,
  toMs,
  agesDays,
  trainingDays = Infinity,
  k,
  p = 0.9,
  rng,
  resamples = 1000,
}: AgeQuestion): Promise<AccuracyByAge> {
  if (agesDays.length === 0 || agesDays.some((age) => !(age >= 0)))
    throw new RangeError(`accuracyByAge: ages are days from 0, got '${agesDays.join(', ')}'`);
  if (!(toMs > fromMs)) throw new RangeError('accuracyByAge: the asked events must end after they begin');
  // Validation is the time asked about; what comes later is of no part that is read.
  const asked = withSequences(
    splitByTime(sequences, { validationFromMs: fromMs, testFromMs: toMs }),
    sequences,
  );
  const question = heldOut(asked, { which: 'validation', events: 'all' });
  const users = [...new Set(question.users)];
  const rowsOfUser = new Map(users.map((user) => [user, [] as number[]]));
  for (const [row, user] of question.users.entries()) rowsOfUser.get(user)!.push(row);
  const firstHistories = users.map((user) => question.histories[rowsOfUser.get(user)![0]!]!);
  const measured = [];
  for (const ageDays of agesDays) {
    const cutMs = fromMs - ageDays * dayMs;
    const parts = splitByTime(sequences, { validationFromMs: cutMs, testFromMs: toMs });
    const trainStarts = positionsAt(sequences.offsets, sequences.timesMs!, cutMs - trainingDays * dayMs);
    const split = withSequences({ ...parts, trainStarts }, sequences);
    if (trainStarts.every((start, user) => start === parts.trainEnds[user]))
      throw new RangeError(`accuracyByAge: ${trainingDays} days before age ${ageDays} have no event`);
    const scorer = await fit(split);
    const { ranks } = rankWithScorer(scorer, question, { seenItems: 'excluded' });
    const meanOfUser = (gain: (rank: number) => number): Float64Array =>
      Float64Array.from(users, (user) => {
        const rows = rowsOfUser.get(user)!;
        return rows.reduce((sum, row) => sum + gain(ranks[row]!), 0) / rows.length;
      });
    measured.push({
      ageDays,
      fittedOn: rowsOf(split, 'training').length,
      hits: meanOfUser((rank) => Number(rank <= k)),
      gains: meanOfUser((rank) => discountedGain(rank, k)),
      lists: recommend(scorer, firstHistories, { n: k, excludeSeen: true }).items,
    });
  }
  const mean = (values: Float64Array): BootstrapInterval =>
    bootstrapInterval(
      values.length,
      (chosen) => chosen.reduce((sum, user) => sum + values[user]!, 0) / chosen.length,
      { rng: rng.child('users'), resamples },
    );
  const fresh = measured[0]!;
  // Whoever has seen every item has no list to compare.
  const likeness = (of: (a: Int32Array, b: Int32Array) => number, lists: readonly Int32Array[]) =>
    mean(
      Float64Array.from(
        [...lists.keys()].filter((user) => lists[user]!.length > 0),
        (user) => of(fresh.lists[user]!, lists[user]!),
      ),
    );
  return {
    ages: measured.map(({ ageDays, fittedOn, hits, gains, lists }) => ({
      ageDays,
      fittedOn,
      hitRate: mean(hits),
      ndcg: mean(gains),
      ndcgLost: mean(gains.map((gain, user) => gain - fresh.gains[user]!)),
      jaccard: likeness(jaccard, lists),
      rankBiasedOverlap: likeness((a, b) => rankBiasedOverlap(a, b, p), lists),
    })),
    events: question.targets.length,
    users: users.length,
  };
}
