import { InputError } from '../base/errors';
import type { Protocol } from '../evaluation/protocol';
import type { Sequences } from '../preprocessing/sequences';
import { partRange, type Split } from '../preprocessing/splits/split';
import { rankWithScorer, type RankedTargets, type RankQuestion } from '../recommendation/rank-with-scorer';
import type { Scorer } from '../recommendation/scorer';

/** What of a split is predicted. */
export interface AskedEvents {
  readonly which: 'validation' | 'test';
  /** Of each user with events in that part: the first one, the last one, or all of them. */
  readonly events: 'first' | 'last' | 'all';
}

/** Which events are to be predicted, from what, and whose they are. One entry an event, user after user. */
export interface SplitQuestion extends RankQuestion {
  /** Position of each event in the row of all events. */
  readonly rows: Int32Array;
  readonly users: Int32Array;
}

/**
 * Ask for the held-out events of any split, each from everything that the user did before it.
 *
 * Known are the events from `trainStarts` on, so also fold-in, and held-out events that came earlier; `unused` ones are not.
 *
 * @returns histories are views, not copies
 * @throws InputError when the part has no event
 */
export function splitQuestion(
  { items }: Pick<Sequences, 'items'>,
  split: Split,
  { which, events }: AskedEvents,
): SplitQuestion {
  const [users, rows]: [number[], number[]] = [[], []];
  for (let user = 0; user < split.trainEnds.length; user++) {
    const [start, end] = partRange(split, user, which);
    const from = events === 'last' ? Math.max(start, end - 1) : start;
    const to = events === 'first' ? Math.min(end, start + 1) : end;
    for (let row = from; row < to; row++) {
      users.push(user);
      rows.push(row);
    }
  }
  if (rows.length === 0) {
    throw new InputError(
      `the split has no ${which} events, so there is nothing to predict.`,
      'Hold out more.',
    );
  }
  return {
    histories: rows.map((row, at) => items.subarray(split.trainStarts[users[at]!], row)),
    targets: Int32Array.from(rows, (row) => items[row]!),
    rows: Int32Array.from(rows),
    users: Int32Array.from(users),
  };
}

/**
 * Rank the held-out events of any split among all items that their user had not used before.
 *
 * The same rules as `evaluateRanking`, which knows leave-one-out only: full ranking; seen items are no candidates, but a target
 * is, also when it is a repeat; equal scores go by item index. What the scorer has learned from is not checked here:
 * `expectNoLeak` takes the rows that it was fitted on.
 *
 * @throws InputError when the part has no event
 * @source Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020: why the ranking is full.
 */
export function evaluateSplit(
  scorer: Scorer,
  sequences: Pick<Sequences, 'items'>,
  split: Split,
  asked: AskedEvents,
): SplitQuestion & Pick<RankedTargets, 'ranks' | 'tiedShare' | 'repeatShare'> {
  const question = splitQuestion(sequences, split, asked);
  const { ranks, tiedShare, repeatShare } = rankWithScorer(scorer, question, {
    seenItems: 'excluded',
    ties: 'index',
  });
  return { ...question, ranks, tiedShare, repeatShare };
}

/**
 * Name everything that an evaluation by `evaluateSplit` fixes. `cut` says what was removed before the split.
 *
 * Leave-one-out is named as `rankingProtocol` names it. Other splits are named by their method, their moments where they have
 * some, and the number of events in training: draws of users that differ in nothing else cannot be told apart.
 */
export function splitProtocol(
  { userIds, vocabulary, items }: Pick<Sequences, 'userIds' | 'vocabulary' | 'items'>,
  split: Split,
  { name, sha256 }: Pick<Protocol['data'], 'name' | 'sha256'>,
  { which, events, cut, loss, seed }: AskedEvents & Pick<Protocol, 'cut' | 'loss' | 'seed'>,
): Protocol {
  return {
    data: { name, sha256, users: userIds.length, items: vocabulary.itemIds.length - 1, events: items.length },
    cut,
    split:
      split.method === 'leave-one-out'
        ? 'leave-one-out, equal times in file order'
        : `${nameOf(split)}, ${events === 'all' ? 'all events' : `${events} event`} of each user`,
    target: which,
    candidates: 'full',
    seenItems: 'excluded',
    ties: 'index',
    loss,
    seed,
  };
}

function nameOf({ method, cuts, trainStarts, trainEnds }: Split): string {
  const training = trainEnds.reduce((sum, end, user) => sum + end - trainStarts[user]!, 0);
  const moment = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 19);
  const moments =
    cuts === null
      ? ''
      : ` (validation from ${moment(cuts.validationFromMs)}, test from ${moment(cuts.testFromMs)})`;
  return `${method}${moments}, ${training} events in training`;
}
