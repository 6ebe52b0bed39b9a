import type { MetricValue, Protocol } from '../../evaluation/protocol';
import { rankingMetrics } from '../../evaluation/ranking-metrics';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import type { Scorer } from '../../recommendation/scorer';
import { evaluateRanking, rankingProtocol, type ProtocolSettings } from '../evaluate-ranking';
import { heldOut } from '../held-out';

/** A model to be asked, and what its figures must say of it. */
export interface AskedModel extends Pick<ProtocolSettings, 'loss' | 'seed'> {
  readonly scorer: Scorer;
}

/** Places of the test items of some users by one model, and what they come to. */
export interface AskedAnswer {
  readonly name: string;
  /** 1-based, one a user of the question. */
  readonly ranks: readonly number[];
  readonly metrics: readonly MetricValue[];
}

/** A question, whom it was put to, and what each model answered. */
export interface NextItemQuestion {
  /** Rows of the users in the sequences. */
  readonly users: readonly number[];
  readonly answers: readonly AskedAnswer[];
}

/** Two questions that one log can be asked. */
export interface NextItemQuestions {
  /** Users whose test item is new to them; items that they had used are no candidates. Null where that is nobody, or one user. */
  readonly newItem: NextItemQuestion | null;
  /** All users; all items are candidates, also those used before. */
  readonly anyItem: NextItemQuestion;
  /** Share of the users whose test item they had used before. */
  readonly repeatShare: number;
}

/**
 * Ask models for the next item of every user twice: which new one, and which at all.
 *
 * Where users come back to items, one question is not enough. If seen items are excluded and a seen target stays, it is the only seen
 * candidate, and whoever prefers seen items has it first for nothing. So a repeat is asked for only where all that could be
 * repeated stands beside it. Where nobody comes back, the first question is the usual one, and the second asks in vain about seen items.
 *
 * @param models each with a name of its own
 * @throws RangeError when two models have one name, or there is one user only
 * @throws InputError when there is no test event
 * @source Li, Jullien, Ariannezhad & de Rijke, "A Next Basket Recommendation Reality Check", ACM TOIS 41(4), 2023 (items to repeat and items
 *   to explore are two tasks, and means over both hide it).
 */
export function askNextItem(
  models: readonly AskedModel[],
  split: SplitSequences,
  source: Pick<Protocol['data'], 'name' | 'sha256'>,
  { cut }: Pick<ProtocolSettings, 'cut'>,
  k = 10,
): NextItemQuestions {
  if (new Set(models.map(({ scorer }) => scorer.name)).size < models.length)
    throw new RangeError('askNextItem: two models have one name');
  const { histories, targets, users } = heldOut(split, { which: 'test', events: 'last' });
  const rows = [...users.keys()];
  const newRows = rows.filter((row) => !histories[row]!.includes(targets[row]!));
  const ask = (
    asked: readonly number[],
    seenItems: Protocol['seenItems'],
    restriction = '',
  ): NextItemQuestion => ({
    users: asked.map((row) => users[row]!),
    answers: models.map(({ scorer, loss, seed }) => {
      const all = evaluateRanking(scorer, split, 'test', { seenItems }).ranks;
      const ranks = asked.map((row) => all[row]!);
      const protocol = rankingProtocol(split, source, { which: 'test', seenItems, cut, loss, seed });
      const named = { ...protocol, split: `${protocol.split}${restriction}` };
      return { name: scorer.name, ranks, metrics: rankingMetrics(ranks, [k], named) };
    }),
  });
  return {
    newItem: newRows.length < 2 ? null : ask(newRows, 'excluded', ', users whose target is new'),
    anyItem: ask(rows, 'included'),
    repeatShare: 1 - newRows.length / rows.length,
  };
}
