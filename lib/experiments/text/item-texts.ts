import { InputError } from '../../base/errors';
import { matrix, type Matrix } from '../../base/matrix';
import { disposeTree } from '../../base/tree';
import type { ItemInfo } from '../../data/event';
import type { Sequences } from '../../preprocessing/sequences';
import type { Vocabulary } from '../../preprocessing/vocabulary';
import { findSentenceModel } from './find-sentence-model';
import { loadSentenceModel, type SentenceModel } from './sentence-model';
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
  return [named, categories.join(', ')].filter((part) => part !== '').join(': ');
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

/**
 * The vectors of what a log says of its items (`describeItem`), by a text encoder that is named.
 *
 * @param name      a folder, or a name for `findSentenceModel`
 * @param sequences with what is known of items: `SequencesRules.columns`
 * @returns the fingerprint of the text encoder with them
 * @throws InputError when the text encoder is not there or damaged, or nothing is written about any item
 */
export function readItemTexts(
  name: string,
  { vocabulary, itemInfo }: Sequences,
  say: (sentence: string) => void = () => {},
): ItemTexts & { readonly fingerprint: string } {
  const textOf = (id: string): string => {
    const info = itemInfo?.get(id);
    return info ? describeItem(info) : '';
  };
  if (vocabulary.itemIds.every((id) => textOf(id) === '')) {
    throw new InputError(
      'nothing is written about any item.',
      'Give their titles or categories with --items FILE.',
    );
  }
  const sentences = loadSentenceModel(findSentenceModel(name));
  try {
    const texts = itemTextVectors(sentences, vocabulary, textOf, { say });
    const without = texts.withoutText.length;
    const numItems = vocabulary.itemIds.length - 1;
    say(`Texts of ${numItems - without} items by ${name}${without > 0 ? `; ${without} have none` : ''}.`);
    return { ...texts, fingerprint: sentences.fingerprint };
  } finally {
    disposeTree(sentences.params);
  }
}
