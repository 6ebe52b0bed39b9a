import type { EventLog, UserEvent } from '../../data/event';
import { sequenceOf, toSequences, type Sequences } from '../../preprocessing/sequences';
import { withPauses } from '../../preprocessing/pauses';
import { restoreVocabulary } from '../../preprocessing/vocabulary';

/** How events become words. */
export interface EventWords {
  /** The word of an event; null to leave it out. */
  readonly wordOf: (event: UserEvent) => string | null;
  /** All words there are, so that two moments have the same numbers for them. */
  readonly words: readonly string[];
  /** Pauses become words too (`withPauses`); the silence until the moment is the last one. */
  readonly edgesDays: readonly number[];
}

/** Histories as words. */
export interface WordHistories {
  /** Of each asked user, in their order: numbers of words, oldest first; empty for one without a word. */
  readonly histories: readonly Int32Array[];
  /** The same for those who have a word, to train an encoder on. */
  readonly sequences: Sequences;
}

/**
 * Tell histories in few words, for an encoder that reads one word an event: "spends 10 to 20, pause of 7 to 14 days, ...".
 *
 * So what an event was (behaviour, category, value) and when reach an encoder that knows items alone, and a log without items has
 * something to be read. The numbers of the words depend on `words` and `edgesDays` alone, not on the moment.
 *
 * @param before  events before the moment
 * @param untilMs the moment: the silence until then is the last word
 * @throws RangeError when a word is none of `words`, or an event is not before the moment
 */
export function wordHistories(
  before: EventLog,
  userIds: readonly string[],
  { wordOf, words, edgesDays }: EventWords,
  untilMs: number,
): WordHistories {
  const known = new Set(words);
  const events = before.events.flatMap((event) => {
    const word = wordOf(event);
    if (word === null) return [];
    if (!known.has(word)) throw new RangeError(`wordHistories: the word '${word}' is none of those given`);
    return [{ ...event, itemId: word }];
  });
  const told = toSequences({ ...before, events }, { vocabulary: restoreVocabulary(['', ...words]) });
  const sequences = withPauses(told, { edgesDays, untilMs });
  const rowOf = new Map(sequences.userIds.map((userId, row) => [userId, row]));
  const histories = userIds.map((userId) => {
    const row = rowOf.get(userId);
    return row === undefined ? new Int32Array(0) : sequenceOf(sequences, row);
  });
  return { histories, sequences };
}

/** The range that a value falls into, as a word: `spends 10 to 20`. Edges ascend; a value on an edge is in the upper range. */
export function valueWord(value: number, edges: readonly number[], what = 'spends'): string {
  return valueWords(edges, what)[edges.filter((edge) => value >= edge).length]!;
}

/** The words of all ranges, the lowest first. */
export function valueWords(edges: readonly number[], what = 'spends'): string[] {
  return [
    `${what} below ${edges[0]!}`,
    ...edges.map((edge, at) =>
      at === edges.length - 1 ? `${what} ${edge} and more` : `${what} ${edge} to ${edges[at + 1]!}`,
    ),
  ];
}
