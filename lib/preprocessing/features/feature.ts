import type { Sequences } from '../sequences';

/** The columns that features are made of; each function takes those that it names. One entry an event, in the order of `items`. */
export interface EventColumns extends Pick<Sequences, 'offsets' | 'timesMs'> {
  /** What the user did: indices into the list `behaviors` of data/event. */
  readonly behaviors: Uint8Array;
  /** NaN where it is not known; in whatever currency the log has. */
  readonly prices: Float32Array | Float64Array;
  /** Any whole number a category. */
  readonly categories: Int32Array;
}

/**
 * One number an event. NaN is a missing value.
 *
 * A causal feature of an event depends on this event and those of the user before it, never on later ones: what happens next
 * cannot change it. Only causal features may be given to a model that predicts.
 */
export interface Feature {
  readonly name: string;
  /** What a 1 means: `ms`, `hour`, `events`. */
  readonly unit: string;
  readonly isCausal: boolean;
  /** In the order of the events; float32, so that a time span in ms is exact up to 4.6 hours and to 7 digits beyond. */
  readonly values: Float32Array;
}
