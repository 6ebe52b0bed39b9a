import type { Interval } from '../../evaluation/proportion-interval';

/** A number with its interval of 95 % over users. */
export interface Estimate extends Interval {
  readonly mean: number;
}
