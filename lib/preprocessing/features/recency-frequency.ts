import { behaviors as allBehaviors, type Behavior } from '../../data/event';
import { timesOf } from '../slicing/slices';
import type { EventColumns, Feature } from './feature';

/** What counts for recency and frequency. */
export interface RecencyOptions {
  /** For example `['purchase']`, as in the classical RFM. Default: every event counts. */
  readonly of?: readonly Behavior[];
}

/**
 * Recency and frequency so far: how long ago the user last did something, how often before, and since when we know the user.
 *
 * For every event, from the events strictly before it: this event itself is not counted, so the features never hold what it is.
 * `recency` is the time since the last counted event, in ms; NaN before there was one. `frequency` is how many were counted.
 * `age` is the time since the user's first event of any kind, in ms.
 *
 * @throws RangeError when the sequences have no times
 * @source Hughes, "Strategic Database Marketing", Probus 1994 (recency, frequency, monetary value).
 * @source Fader, Hardie & Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", Journal of Marketing Research
 *   42(4), 2005.
 * @differs Fader et al. count repeat purchases and measure recency from the first purchase on, once a customer; here every event has
 *   its values as of that moment, and recency is the time since the last one.
 */
export function recencyFrequency(
  columns: Pick<EventColumns, 'offsets' | 'timesMs' | 'behaviors'>,
  { of = allBehaviors }: RecencyOptions = {},
): { readonly recency: Feature; readonly frequency: Feature; readonly age: Feature } {
  const timesMs = timesOf('recencyFrequency', columns);
  const { offsets, behaviors } = columns;
  const isCounted = allBehaviors.map((behavior) => of.includes(behavior));
  const [recency, age] = [new Float32Array(timesMs.length), new Float32Array(timesMs.length)];
  for (let user = 0; user + 1 < offsets.length; user++) {
    let lastMs = NaN;
    const firstMs = timesMs[offsets[user]!] ?? NaN;
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      const timeMs = timesMs[event]!;
      recency[event] = timeMs - lastMs;
      age[event] = timeMs - firstMs;
      if (isCounted[behaviors[event]!]) lastMs = timeMs;
    }
  }
  return {
    recency: { name: `recency${suffixOf(of)}`, unit: 'ms', isCausal: true, values: recency },
    frequency: frequencySoFar(columns, { of }),
    age: { name: 'age', unit: 'ms', isCausal: true, values: age },
  };
}

/** Frequency alone, for which no times are needed: how many counted events the user had strictly before this one. */
export function frequencySoFar(
  { offsets, behaviors }: Pick<EventColumns, 'offsets' | 'behaviors'>,
  { of = allBehaviors }: RecencyOptions = {},
): Feature {
  const isCounted = allBehaviors.map((behavior) => of.includes(behavior));
  const values = new Float32Array(behaviors.length);
  for (let user = 0; user + 1 < offsets.length; user++) {
    let count = 0;
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      values[event] = count;
      if (isCounted[behaviors[event]!]) count += 1;
    }
  }
  return { name: `frequency${suffixOf(of)}`, unit: 'events', isCausal: true, values };
}

const suffixOf = (of: readonly Behavior[]): string => (of === allBehaviors ? '' : `-${of.join('-')}`);

/**
 * Monetary value so far: what the user spent in purchases strictly before an event, in the currency of the prices.
 *
 * A purchase without a known price adds nothing.
 *
 * @source Hughes, "Strategic Database Marketing", Probus 1994 (recency, frequency, monetary value).
 */
export function spentSoFar({
  offsets,
  behaviors,
  prices,
}: Pick<EventColumns, 'offsets' | 'behaviors' | 'prices'>): Feature {
  const purchase = allBehaviors.indexOf('purchase');
  const values = new Float32Array(behaviors.length);
  for (let user = 0; user + 1 < offsets.length; user++) {
    let spent = 0;
    for (let event = offsets[user]!; event < offsets[user + 1]!; event++) {
      values[event] = spent;
      const price = prices[event]!;
      if (behaviors[event] === purchase && !Number.isNaN(price)) spent += price;
    }
  }
  return { name: 'spent', unit: 'currency', isCausal: true, values };
}
