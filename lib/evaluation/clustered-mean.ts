import { z95, type Interval } from './proportion-interval';

/**
 * Say between which values a true mean lies where some cases belong together, such as several events of one user: the mean ± z standard
 * errors, taken between users.
 *
 * With one case a user it is `meanInterval`. Ten events of one user do not say as much as one event of each of ten, and the more alike they
 * are, the wider it gets. With fewer than some 30 users it is too narrow.
 *
 * @param values one number a case
 * @param users  whose case each is, any numbers; default: each case is another user's
 * @param z      1.96 for 95 %
 * @returns null where it is not known: all cases are of one user, or nothing varies between users
 * @throws RangeError when there are no values, one is not finite, there is not one user a value, or z is not above 0
 * @source Cameron & Miller, "A Practitioner's Guide to Cluster-Robust Inference", Journal of Human Resources 50(2), 2015, sections II.B
 *   and VI (a mean is the regression on a constant; the correction G / (G - 1)).
 */
export function clusteredMeanInterval(
  values: ArrayLike<number>,
  users?: ArrayLike<number>,
  z = z95,
): (Interval & { readonly mean: number }) | null {
  const { length } = values;
  if (length === 0) throw new RangeError('clusteredMeanInterval: there are no values');
  if (users && users.length !== length)
    throw new RangeError(`clusteredMeanInterval: ${users.length} users for ${length} values`);
  if (!(z > 0)) throw new RangeError(`clusteredMeanInterval: z must be above 0, got ${z}`);
  let sum = 0;
  for (let place = 0; place < length; place++) {
    const value = values[place]!;
    if (!Number.isFinite(value)) throw new RangeError(`clusteredMeanInterval: value ${place} is ${value}`);
    sum += value;
  }
  const mean = sum / length;
  const deviations = deviationsFrom(mean, values, users);
  let squares = 0;
  for (const deviation of deviations) squares += deviation ** 2;
  // A spread of rounding errors alone is none.
  const isFlat = Math.sqrt(squares) <= 1e-12 * length * Math.max(1, Math.abs(mean));
  if (deviations.length < 2 || isFlat) return null;
  const half = (z * Math.sqrt((deviations.length / (deviations.length - 1)) * squares)) / length;
  return { mean, low: mean - half, high: mean + half };
}

/** Of each user, the sum over the user's cases. */
function deviationsFrom(
  mean: number,
  values: ArrayLike<number>,
  users: ArrayLike<number> | undefined,
): Float64Array {
  if (users === undefined) {
    const deviations = new Float64Array(values.length);
    for (let place = 0; place < values.length; place++) deviations[place] = values[place]! - mean;
    return deviations;
  }
  const sums = new Map<number, number>();
  for (let place = 0; place < values.length; place++) {
    const user = users[place]!;
    sums.set(user, (sums.get(user) ?? 0) + values[place]! - mean);
  }
  return Float64Array.from(sums.values());
}
