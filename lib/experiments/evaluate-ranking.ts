import { ndcg } from '../evaluation/ndcg';
import { rankingMetrics } from '../evaluation/ranking-metrics';
import type { MetricValue, Protocol } from '../evaluation/protocol';
import type { Split } from '../preprocessing/splits/split';
import type { SplitSequences } from '../preprocessing/splits/split-sequences';
import { rankWithScorer } from '../recommendation/rank-with-scorer';
import type { Scorer } from '../recommendation/scorer';
import { heldOut, type AskedEvents, type HeldOutEvents } from './held-out';

/** Where each held-out event's item stands among all items. One entry an event; under leave-one-out that is one a user. */
export interface RankingEvaluation {
  readonly which: 'validation' | 'test';
  /** Row of each event's user in the split's sequences. */
  readonly users: Int32Array;
  /** Item index held out. */
  readonly targets: Int32Array;
  /** From 1, under (score descending, item index ascending). */
  readonly ranks: Int32Array;
  /** The best items for each event in that order, when asked for. */
  readonly top: readonly Int32Array[];
  readonly ndcg10: number;
  /** Share of events whose target ties with another candidate: how much the tie rule decides. */
  readonly tiedShare: number;
  /** Share of events whose target is an item that the user had used before. */
  readonly repeatShare: number;
}

/** What an evaluation asks for. */
export interface RankingOptions {
  /** So many of the best items are kept for each event; default 0, none. */
  readonly topN?: number;
  /** Which of a user's held-out events are predicted; default `last`. */
  readonly events?: HeldOutEvents;
  /** Whether items that the user had used before are candidates; default `excluded`. */
  readonly seenItems?: Protocol['seenItems'];
}

/**
 * Rank the held-out items of any split among all items that their user had not used before.
 *
 * Full ranking, no sampling. Seen items are no candidates, but the target is, also when it is a repeat: then it is the only one of its kind,
 * and easy to find. Where repeats are many (`repeatShare`) leave them out, or include seen items. The history of an event is everything
 * before it, so that of a test event includes validation. What the scorer has learned from is not checked here: `expectNoLeak` takes
 * the rows that it was fitted on.
 *
 * @throws InputError when the part has no event
 * @source Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020: why the ranking is full.
 */
export function evaluateRanking(
  scorer: Scorer,
  split: SplitSequences,
  which: 'validation' | 'test',
  { topN = 0, events = 'last', seenItems = 'excluded' }: RankingOptions = {},
): RankingEvaluation {
  const question = heldOut(split, { which, events });
  const ranked = rankWithScorer(scorer, question, {
    seenItems,
    ties: 'index',
    listLength: topN,
  });
  return {
    which,
    users: question.users,
    targets: question.targets,
    ranks: Int32Array.from(ranked.ranks),
    top: ranked.lists,
    ndcg10: ndcg(ranked.ranks, 10),
    tiedShare: ranked.tiedShare,
    repeatShare: ranked.repeatShare,
  };
}

/** What a protocol says beside the split and the data. */
export type ProtocolSettings = Pick<Protocol, 'cut' | 'loss' | 'seed'> &
  Pick<AskedEvents, 'which'> & {
    /** As given to `evaluateRanking`; default `last`. */
    readonly events?: HeldOutEvents;
    /** Likewise; default `excluded`. */
    readonly seenItems?: Protocol['seenItems'];
  };

/**
 * Name everything that an evaluation by `evaluateRanking` fixes. `cut` says what was removed before the split.
 *
 * Leave-one-out needs no more than its name. Other splits are named by their method, their moments where they have some, and the
 * number of events in training, and given before what is predicted: draws of users that differ in nothing else cannot be told apart.
 */
export function rankingProtocol(
  split: SplitSequences,
  { name, sha256 }: Pick<Protocol['data'], 'name' | 'sha256'>,
  { which, events = 'last', seenItems = 'excluded', cut, loss, seed }: ProtocolSettings,
): Protocol {
  const { userIds, vocabulary, items } = split.sequences;
  return {
    data: { name, sha256, users: userIds.length, items: vocabulary.itemIds.length - 1, events: items.length },
    cut,
    split:
      split.method === 'leave-one-out'
        ? 'leave-one-out, equal times in file order'
        : `${nameOf(split)}, ${events === 'all' ? 'all events' : `${events} event`} of each user`,
    target: which,
    candidates: 'full',
    seenItems,
    ties: 'index',
    loss,
    seed,
  };
}

function nameOf({ method, cuts, trainStarts, trainEnds, foldInEnds }: Split): string {
  const between = (starts: Int32Array, ends: Int32Array): number =>
    ends.reduce((sum, end, user) => sum + end - starts[user]!, 0);
  const given = between(trainEnds, foldInEnds);
  const moment = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 19);
  const moments =
    cuts === null
      ? ''
      : ` (validation from ${moment(cuts.validationFromMs)}, test from ${moment(cuts.testFromMs)})`;
  const foldIn = given > 0 ? `, ${given} given` : '';
  return `${method}${moments}, ${between(trainStarts, trainEnds)} events in training${foldIn}`;
}

/** HR, NDCG at 5, 10 and 20 and MRR of an evaluation, each with its interval over users and its protocol. */
export function metricsOf(evaluation: RankingEvaluation, protocol: Protocol): MetricValue[] {
  return rankingMetrics(evaluation.ranks, [5, 10, 20], protocol, evaluation.users);
}
