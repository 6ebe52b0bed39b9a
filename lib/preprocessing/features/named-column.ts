import type { Channels } from '../table-sequences';

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
}: Pick<Channels, 'categories' | 'categoryNames'>): NamedColumn {
  if (!categories || !categoryNames) {
    throw new RangeError('categoryColumn: the log has no categories; name their column in its format');
  }
  return { name: 'category', codes: categories, names: categoryNames };
}
