import type { Feature } from './feature';

/**
 * Put a feature that comes round again on a circle, so that 23 o'clock and 0 o'clock are neighbours.
 *
 * Two features come of it, the sine and the cosine of the angle 2 pi value / period. Values that differ by a period are equal, and
 * the distance of two points depends only on the time between them. NaN stays NaN.
 *
 * @param period after how much it comes round: 24 for hours, 7 for weekdays
 * @throws RangeError when `period` is not above 0
 * @source Mardia & Jupp, "Directional Statistics", Wiley 2000 (a circular observation as an angle and a unit vector).
 */
export function cyclic(feature: Feature, period: number): { readonly sin: Feature; readonly cos: Feature } {
  if (!(period > 0 && Number.isFinite(period))) {
    throw new RangeError(`cyclic: the period must be above 0, got ${period}`);
  }
  const onCircle = (name: 'sin' | 'cos'): Feature => ({
    ...feature,
    name: `${feature.name}-${name}`,
    unit: '1',
    values: feature.values.map((value) => Math[name]((2 * Math.PI * value) / period)),
  });
  return { sin: onCircle('sin'), cos: onCircle('cos') };
}
