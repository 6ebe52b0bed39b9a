/** The words that a model knows, numbered: 0 is padding, 1 any word that is not known. Plain data but for `indexOf`. */
export interface TokenVocabulary {
  /** `tokens[0]` is `''`, padding; `tokens[1]` is `'<unknown>'`; then the words, the most frequent first. */
  readonly tokens: readonly string[];
  /** How often each word occurred in the training texts; 0 for padding, the sum of all words left out for `<unknown>`. */
  readonly counts: readonly number[];
  /** Different words left out because they were too rare. */
  readonly tooRare: number;
  /** The index of a word, 1 when it is not known. */
  readonly indexOf: (token: string) => number;
}

/** What becomes a word of a vocabulary. */
export interface TokenVocabularyRules {
  /** How often a word must occur in the training texts. Default 1. */
  readonly minCount?: number;
}

const unknown = '<unknown>';

/**
 * Number the words of training texts, the most frequent first; of equally frequent ones the smaller by code unit.
 *
 * Give it the texts of training rows only: words, and counts, that come from the test are a leak.
 *
 * @param texts one list of words a text, see `tokenize`
 * @throws RangeError when `minCount` is no whole number from 1, or a word is empty or `'<unknown>'`
 * @source Manning, Raghavan & Schütze, "Introduction to Information Retrieval", Cambridge University Press 2008, section 2.2.
 */
export function buildTokenVocabulary(
  texts: Iterable<readonly string[]>,
  { minCount = 1 }: TokenVocabularyRules = {},
): TokenVocabulary {
  if (!(Number.isInteger(minCount) && minCount >= 1)) {
    throw new RangeError(`buildTokenVocabulary: minCount must be a whole number from 1, got ${minCount}`);
  }
  const counts = new Map<string, number>();
  for (const tokens of texts) {
    for (const token of tokens) {
      if (token === '' || token === unknown) {
        throw new RangeError(`buildTokenVocabulary: '${token}' is no word`);
      }
      counts.set(token, (counts.get(token) ?? 0) + 1);
    }
  }
  const all = [...counts];
  const kept = all.filter(([, count]) => count >= minCount);
  const left = all.reduce((sum, [, count]) => sum + (count < minCount ? count : 0), 0);
  kept.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  const tokens = ['', unknown, ...kept.map(([token]) => token)];
  const indices = new Map(kept.map(([token], place) => [token, place + 2]));
  return {
    tokens,
    counts: [0, left, ...kept.map(([, count]) => count)],
    tooRare: all.length - kept.length,
    indexOf: (token) => indices.get(token) ?? 1,
  };
}
