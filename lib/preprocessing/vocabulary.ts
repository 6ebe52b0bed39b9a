/** The items a model knows, numbered from 1; index 0 is padding. */
export interface Vocabulary {
  /** `itemIds[index]` is the data's name of an item; `itemIds[0]` is `''`, the padding. */
  readonly itemIds: readonly string[];
  /** The index of an item, 0 when it is not known. */
  readonly indexOf: (itemId: string) => number;
}

/**
 * Number items in ascending order of their ids, so that the smaller index is the smaller id.
 *
 * Ids compare as numbers when all of them are whole numbers (`9` before `10`),
 * otherwise by code unit. The same ids give the same numbers in whatever order
 * they come.
 *
 * @throws RangeError when an id is empty
 */
export function buildVocabulary(ids: Iterable<string>): Vocabulary {
  const distinct = [...new Set(ids)];
  if (distinct.every((id) => /^\d+$/.test(id))) distinct.sort(byWholeNumber);
  else distinct.sort(byCodeUnit);
  return restoreVocabulary(['', ...distinct]);
}

/**
 * Rebuild a vocabulary from its list of ids, as saved with a model; the order is kept.
 *
 * @throws RangeError when the list does not start with `''`, or an id is empty or comes twice
 */
export function restoreVocabulary(itemIds: readonly string[]): Vocabulary {
  if (itemIds[0] !== '') throw new RangeError("a vocabulary starts with '', its padding");
  const indexById = new Map<string, number>();
  for (let index = 1; index < itemIds.length; index++) {
    const id = itemIds[index]!;
    if (id === '') throw new RangeError(`vocabulary: the id of item ${index} is empty`);
    if (indexById.has(id)) throw new RangeError(`vocabulary: the id '${id}' comes twice`);
    indexById.set(id, index);
  }
  return { itemIds, indexOf: (itemId) => indexById.get(itemId) ?? 0 };
}

/** Whole numbers of any length, exactly; `007` and `7` stay two ids. */
function byWholeNumber(a: string, b: string): number {
  const [x, y] = [withoutZeros(a), withoutZeros(b)];
  return x.length - y.length || byCodeUnit(x, y) || byCodeUnit(a, b);
}

const withoutZeros = (id: string): string => (id.startsWith('0') ? id.replace(/^0+(?=\d)/, '') : id);

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
