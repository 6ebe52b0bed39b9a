import { z95, type Interval } from './proportion-interval';
import { summarise } from './summary';

/**
 * Say between which values a true mean lies, given one number for each of many independent cases: the mean ± z standard errors.
 *
 * For two models that were asked the same questions take the difference of each case: whoever is hard to predict for one is hard for the
 * other, and that falls out. Cases are people, not events or seeds; numbers of several seeds are averaged for each person first, and the
 * interval then says nothing of other seeds. With fewer than some 30 cases it is too narrow.
 *
 * @param values one number a case, at least 2
 * @param z      1.96 for 95 %, 2.576 for 99 %
 * @throws RangeError when there are fewer than 2 values, one is not finite, or z is not above 0
 * @source Sakai, "Statistical Reform in Information Retrieval?", SIGIR Forum 48(1), 2014 (the interval of a paired difference).
 * @differs The normal distribution in place of Student's, which is the same for many cases.
 */
export function meanInterval(values: readonly number[], z = z95): Interval & { readonly mean: number } {
  if (values.length < 2) throw new RangeError(`meanInterval: needs 2 values or more, got ${values.length}`);
  if (!(z > 0)) throw new RangeError(`meanInterval: z must be above 0, got ${z}`);
  const { mean, standardDeviation } = summarise(values);
  const half = (z * standardDeviation!) / Math.sqrt(values.length);
  return { mean, low: mean - half, high: mean + half };
}
