/** Texts that can be searched. */
export interface TextIndex {
  readonly texts: number;
  /** How well each text fits a query: 0 where no word is shared. */
  readonly score: (query: readonly string[]) => Float64Array;
}

/** The two settings, at their usual values by default. */
export interface Bm25Options {
  /** How soon a word that comes again stops counting; 0: whether it is there at all. Default 1.2. */
  readonly k1?: number;
  /** How much long texts are held back: 0 not, 1 wholly. Default .75. */
  readonly b?: number;
}

/**
 * Index texts for BM25: a text fits a query by the words they share, rare words more, many times over a little more, short texts more.
 *
 * A word of a text that stands in n of N texts, f times in this one of length l (mean m), adds
 * ln(1 + (N - n + .5) / (n + .5)) f (k1 + 1) / (f + k1 (1 - b + b l / m)). A word that the query says twice counts twice.
 *
 * @param texts words of each, see `tokenize`
 * @throws RangeError when there is no text, k1 is below 0 or b not from 0 to 1
 * @source Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and Trends in Information Retrieval
 *   3(4), 2009.
 * @differs 1 is added within the logarithm, as Lucene does, so that a word of more than half of the texts does not count against them.
 */
export function indexTexts(
  texts: readonly (readonly string[])[],
  { k1 = 1.2, b = 0.75 }: Bm25Options = {},
): TextIndex {
  if (texts.length === 0) throw new RangeError('indexTexts: there is no text');
  if (!(k1 >= 0 && k1 < Infinity && b >= 0 && b <= 1)) {
    throw new RangeError(`indexTexts: k1 must be 0 or more and b from 0 to 1, got ${k1} and ${b}`);
  }
  const meanLength = texts.reduce((sum, { length }) => sum + length, 0) / texts.length;
  /** Of each word, the texts that have it and how often. */
  const postings = new Map<string, Map<number, number>>();
  for (const [text, words] of texts.entries()) {
    for (const word of words) {
      const own = postings.get(word) ?? new Map<number, number>();
      postings.set(word, own);
      own.set(text, (own.get(text) ?? 0) + 1);
    }
  }
  const score = (query: readonly string[]): Float64Array => {
    const scores = new Float64Array(texts.length);
    for (const word of query) {
      const own = postings.get(word);
      if (!own) continue;
      const rarity = Math.log(1 + (texts.length - own.size + 0.5) / (own.size + 0.5));
      for (const [text, times] of own) {
        const held = k1 * (1 - b + (b * texts[text]!.length) / meanLength);
        scores[text]! += (rarity * times * (k1 + 1)) / (times + held);
      }
    }
    return scores;
  };
  return { texts: texts.length, score };
}
