import { cutWhere, type SlicedColumns, type Slices } from './slices';

/**
 * Cut each user's events into slices of so many events, from the oldest on; the last one may be shorter.
 *
 * @param length events of a slice; article L takes 10
 * @throws RangeError when `length` is no whole number from 1
 */
export function cutByCount(
  columns: Pick<SlicedColumns, 'offsets'>,
  { length = 10 }: { readonly length?: number } = {},
): Slices {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`cutByCount: length must be a whole number from 1, got ${length}`);
  }
  return cutWhere(columns, (event, sliceStart) => event - sliceStart === length);
}
