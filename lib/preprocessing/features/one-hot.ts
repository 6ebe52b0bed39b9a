import type { Feature } from './feature';
import type { NamedColumn } from './named-column';

/** Which names get a column of their own: learned from training rows, plain data, kept with the model. */
export interface OneHotNames {
  /** Of the column that it was learned from. */
  readonly name: string;
  /** In the order of the features. */
  readonly kept: readonly string[];
  /** Whether a last feature stands for all other names. */
  readonly hasOther: boolean;
}

/** What one-hot names are learned from. */
export interface OneHotOptions {
  /** Positions of training rows: `rowsOf(split, 'training')`. */
  readonly rows: Int32Array;
  /** At most this many names get a feature of their own; default all. */
  readonly most?: number;
}

/**
 * Learn which names become features, from training rows only: the commonest ones, in the order of the alphabet.
 *
 * Of names that are equally common, the one that is first in `names` goes before. Names that training has, but not among the
 * commonest, share one feature, "other".
 *
 * @throws RangeError when `most` is no whole number from 1, or no training row has a name
 */
export function fitOneHot(
  { name, codes, names }: NamedColumn,
  { rows, most = names.length }: OneHotOptions,
): OneHotNames {
  if (!(Number.isInteger(most) && most >= 1)) {
    throw new RangeError(`fitOneHot: most must be a whole number from 1, got ${most}`);
  }
  const counts = new Float64Array(names.length);
  for (const row of rows) counts[codes[row]!]! += 1;
  const known = Array.from(names.keys()).filter((code) => code > 0 && counts[code]! > 0);
  if (known.length === 0) throw new RangeError(`fitOneHot: no training row has a ${name}`);
  const commonest = known.toSorted((a, b) => counts[b]! - counts[a]! || a - b).slice(0, most);
  return {
    name,
    kept: commonest.map((code) => names[code]!).sort(),
    hasOther: known.length > commonest.length,
  };
}

/**
 * Turn names into features of 0 and 1, one a name: `category=book`.
 *
 * A name that training did not have counts as "other" where there is such a feature. Events without a name, and new names where
 * there is no "other", are 0 in all of them. Names are compared as texts, so the column may number them differently.
 *
 * @source Pedregosa et al., "Scikit-learn: Machine Learning in Python", JMLR 12, 2011: `OneHotEncoder` with
 *   `handle_unknown="infrequent_if_exist"`.
 * @differs from scikit-learn: a missing name is no category of its own, and `most` does not count "other".
 */
export function oneHot({ name, kept, hasOther }: OneHotNames, { codes, names }: NamedColumn): Feature[] {
  const places = new Map(kept.map((text, place) => [text, place]));
  const other = hasOther ? kept.length : -1;
  const placeOf = names.map((text, code) => (code === 0 ? -1 : (places.get(text) ?? other)));
  const columns = Array.from(
    { length: kept.length + Number(hasOther) },
    () => new Float32Array(codes.length),
  );
  for (let event = 0; event < codes.length; event++) {
    const place = placeOf[codes[event]!]!;
    if (place >= 0) columns[place]![event] = 1;
  }
  return columns.map((values, place) => ({
    name: place === other ? `${name}: other` : `${name}=${kept[place]!}`,
    unit: '0 or 1',
    isCausal: true,
    values,
  }));
}
