import type * as tf from '@tensorflow/tfjs';

/**
 * What a model of clicks is told of a row, by kind.
 *
 * | kind | of each row |
 * |---|---|
 * | `category` | a code from 1 to `size - 1`, 0 for none or not known |
 * | `categories` | `most` such codes, filled up with 0: genres, words, a history |
 * | `number` | a number, scaled to about -1 to 1 |
 * | `vector` | `width` numbers: what an encoder knows of the user |
 */
export type Field =
  | { readonly kind: 'category'; readonly size: number }
  | { readonly kind: 'categories'; readonly size: number; readonly most: number }
  | { readonly kind: 'number' }
  | { readonly kind: 'vector'; readonly width: number };

/** The fields of a row, by name, in the order in which models read them. */
export type Fields = Readonly<Record<string, Field>>;

/** The values of a batch, by name of the field: int32 `[N]` or `[N, most]` for codes, float32 `[N]` or `[N, width]` for numbers. */
export type FieldTensors = Readonly<Record<string, tf.Tensor>>;

/** Values of rows, by name of the field: one a row, or `most` or `width` of them, row after row. */
export type FieldValues = Readonly<Record<string, Int32Array | Float32Array>>;

/** How many values a field has in a row. */
export function valuesOf(field: Field): number {
  if (field.kind === 'categories') return field.most;
  return field.kind === 'vector' ? field.width : 1;
}

/**
 * Refuse fields or values that do not fit each other.
 *
 * @param by who asks, for the message
 * @returns how many rows there are
 * @throws RangeError when there is no field, a size is out of range, a field has no values or there are values of no field, lengths differ,
 *   a code is out of range, or a number is not finite
 */
export function checkFieldValues(by: string, fields: Fields, values: FieldValues): number {
  checkFields(by, fields);
  const extra = Object.keys(values).find((name) => !Object.hasOwn(fields, name));
  if (extra !== undefined) {
    throw new RangeError(`${by}: there is no field '${extra}'; there are ${Object.keys(fields).join(', ')}`);
  }
  let rows: number | undefined;
  for (const [name, field] of Object.entries(fields)) {
    const own = values[name];
    if (own === undefined) throw new RangeError(`${by}: the field '${name}' has no values`);
    const count = own.length / valuesOf(field);
    if (count !== (rows ??= count) || !Number.isInteger(count)) {
      throw new RangeError(
        `${by}: the field '${name}' has ${own.length} values, ${valuesOf(field)} a row, for ${rows} rows`,
      );
    }
    const size = 'size' in field ? field.size : undefined;
    const wrong = own.findIndex((value: number) =>
      size === undefined ? !Number.isFinite(value) : !(Number.isInteger(value) && value >= 0 && value < size),
    );
    if (wrong < 0) continue;
    const row = Math.floor(wrong / valuesOf(field));
    throw new RangeError(
      `${by}: the field '${name}' has ${own[wrong]} in row ${row}, which is no ${size === undefined ? 'finite number' : `code below ${size}`}`,
    );
  }
  return rows!;
}

/** @throws RangeError when there is no field, or a size is out of range */
export function checkFields(by: string, fields: Fields): void {
  if (Object.keys(fields).length === 0) throw new RangeError(`${by}: there are no fields`);
  for (const [name, field] of Object.entries(fields)) {
    const sizes = Object.entries(field).filter(([key]) => key !== 'kind') as [string, number][];
    for (const [key, size] of sizes) {
      const least = key === 'size' ? 2 : 1;
      if (!(Number.isInteger(size) && size >= least)) {
        throw new RangeError(
          `${by}: ${key} of the field '${name}' must be a whole number from ${least}, got ${size}`,
        );
      }
    }
  }
}
