/**
 * One name an event, as a number: `names[codes[event]]`. `names[0]` is `''`, which means that it is not known.
 */
export interface NamedColumn {
  readonly name: string;
  readonly codes: Int32Array;
  readonly names: readonly string[];
}

/**
 * The category of each event's item, as a column of names.
 *
 * @throws RangeError when the log has no categories
 */
export function categoryColumn({
  categories,
  categoryNames,
}: {
  readonly categories?: Int32Array;
  readonly categoryNames?: readonly string[];
}): NamedColumn {
  if (!categories || !categoryNames) {
    throw new RangeError('categoryColumn: the log has no categories; name their column in its format');
  }
  return { name: 'category', codes: categories, names: categoryNames };
}

/** Make a column of texts, null or '' where they are not known; its names are in the order of the alphabet. */
export function columnOfTexts(name: string, texts: readonly (string | null)[]): NamedColumn {
  const names = ['', ...[...new Set(texts)].filter((text): text is string => !!text).sort()];
  const codes = new Map(names.map((text, code) => [text, code]));
  return { name, codes: Int32Array.from(texts, (text) => codes.get(text ?? '')!), names };
}
