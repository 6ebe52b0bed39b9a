import { matrix, type Matrix } from '../../base/matrix';
import type { ItemInfo } from '../../data/event';
import type { Vocabulary } from '../../preprocessing/vocabulary';
import type { SentenceModel } from './sentence-model';
import { textVectors, type TextVectorsOptions } from './text-vectors';

/** A vector for each item of a vocabulary, made of what is written about it. */
export interface ItemTexts {
  /** `[V, E]`, row 0 (padding) zero; for `createModel`, `withItems` and `textScorer`. */
  readonly vectors: Matrix;
  /** Items without a text: their vector is that of the empty text, the same for all of them. */
  readonly withoutText: readonly string[];
}

/** What is known of an item as a text: `Toy Story (1995): Animation, Children's, Comedy`. */
export function describeItem({ title, year, categories }: ItemInfo): string {
  const named = year === null || title.includes(String(year)) ? title : `${title} (${year})`;
  return categories.length > 0 ? `${named}: ${categories.join(', ')}` : named;
}

/**
 * Encode the texts of all items of a vocabulary with a frozen model; what was encoded before comes from disk (`textVectors`).
 *
 * @param textOf the text of an item, by its id; `''` or undefined where there is none
 */
export function itemTextVectors(
  model: SentenceModel,
  { itemIds }: Vocabulary,
  textOf: (itemId: string) => string | undefined,
  options: TextVectorsOptions = {},
): ItemTexts {
  const texts = itemIds.slice(1).map((itemId) => textOf(itemId) ?? '');
  const { columns, values } = textVectors(model, texts, options).vectors;
  const all = new Float32Array(itemIds.length * columns);
  all.set(values, columns);
  return {
    vectors: matrix(itemIds.length, columns, all),
    withoutText: itemIds.slice(1).filter((_, at) => texts[at] === ''),
  };
}
