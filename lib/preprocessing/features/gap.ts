import { timesOf } from '../slicing/slices';
import type { EventColumns, Feature } from './feature';

/**
 * How long ago the user's last event was, in ms. Missing (NaN) for the first one.
 *
 * @throws RangeError when the sequences have no times
 */
export function gapSinceLast(columns: Pick<EventColumns, 'offsets' | 'timesMs'>): Feature {
  const timesMs = timesOf('gapSinceLast', columns);
  const { offsets } = columns;
  const values = new Float32Array(timesMs.length).fill(NaN);
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let event = offsets[user]! + 1; event < offsets[user + 1]!; event++) {
      values[event] = timesMs[event]! - timesMs[event - 1]!;
    }
  }
  return { name: 'gap', unit: 'ms', isCausal: true, values };
}

/**
 * Bring a time span to a scale on which a minute, an hour and a month can be compared: ln(1 + seconds).
 *
 * @param span a feature in ms, at least 0; NaN stays NaN
 * @throws RangeError when the unit is not ms
 */
export function logSeconds(span: Feature): Feature {
  if (span.unit !== 'ms') throw new RangeError(`logSeconds: ${span.name} is in ${span.unit}, not in ms`);
  const values = new Float32Array(span.values.length);
  for (let event = 0; event < values.length; event++) values[event] = Math.log1p(span.values[event]! / 1000);
  return { ...span, name: `${span.name}-log`, unit: 'ln(1 + s)', values };
}
