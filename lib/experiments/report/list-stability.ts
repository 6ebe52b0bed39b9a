import { InputError } from '../../base/errors';
import { jaccard } from '../../evaluation/jaccard';
import { meanInterval } from '../../evaluation/mean-interval';
import { rankBiasedOverlap } from '../../evaluation/rank-biased-overlap';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import { heldOut, type HeldOutQuestion } from '../held-out';
import type { Estimate } from './estimate';

/** How a model's lists for the test differ from those for the validation, when a user has done one thing more. */
export interface ListStability {
  /** Share of items in both of all in one, of the first k. */
  readonly jaccard: Estimate;
  /** Rank-biased overlap with p = .9: what stands on top counts more. */
  readonly overlap: Estimate;
}

/** What users with a test event were asked for validation. */
export interface EarlierQuestion {
  readonly question: HeldOutQuestion;
  /** Of each of them, the place among those asked for the test. */
  readonly places: readonly number[];
}

/** The last validation event of each user who also has a test event; null where these are fewer than 2. */
export function earlierQuestion(split: SplitSequences, { users }: HeldOutQuestion): EarlierQuestion | null {
  const places = new Map(Array.from(users, (user, place) => [user, place]));
  let all: HeldOutQuestion;
  try {
    all = heldOut(split, { which: 'validation', events: 'last' });
  } catch (error) {
    if (error instanceof InputError) return null; // no validation event at all
    throw error;
  }
  const kept = Array.from(all.users, (_, row) => row).filter((row) => places.has(all.users[row]!));
  if (kept.length < 2) return null;
  const { contexts } = all;
  return {
    question: {
      histories: kept.map((row) => all.histories[row]!),
      targets: Int32Array.from(kept, (row) => all.targets[row]!),
      rows: Int32Array.from(kept, (row) => all.rows[row]!),
      users: Int32Array.from(kept, (row) => all.users[row]!),
      ...(contexts && { contexts: kept.map((row) => contexts[row]!) }),
    },
    places: kept.map((row) => places.get(all.users[row]!)!),
  };
}

/** Of rank-biased overlap: the first ten places hold 86 % of the weight. */
const persistence = 0.9;

/**
 * Compare the lists that users got at two questions, one event apart.
 *
 * @param earlier lists for the validation, best first
 * @param later   lists for the test
 * @param places  of each earlier list, the place of the same user's later one
 * @source Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist 11(2), 1912; Webber, Moffat & Zobel, "A Similarity
 *   Measure for Indefinite Rankings", ACM TOIS 28(4), 2010.
 */
export function listStability(
  earlier: readonly Int32Array[],
  later: readonly Int32Array[],
  places: readonly number[],
): ListStability {
  const each = (compare: (a: Int32Array, b: Int32Array) => number): Estimate =>
    meanInterval(earlier.map((list, row) => compare(list, later[places[row]!]!)));
  return { jaccard: each(jaccard), overlap: each((a, b) => rankBiasedOverlap(a, b, persistence)) };
}
