import type { Interval } from './proportion-interval';

/** A number as it stands in a table, and between which values the true one lies. */
export interface PrintedNumber extends Interval {
  readonly value: number;
  readonly isPercent: boolean;
}

/**
 * Read a number as printed: '.0387', '0.0387', '3.87', '3.87%'. A minus sign is read, so that it can be found impossible.
 *
 * The interval is what rounds to the printed digits: '.04' is .035 to .045, '.0400' is .03995 to .04005. With a sign for percent, value
 * and interval are divided by 100.
 *
 * @returns null where the text is no number
 * @source Brown & Heathers, "The GRIM Test: A Simple Technique Detects Numerous Anomalies in the Reporting of Results in Psychology", Social
 *   Psychological and Personality Science 8(4), 2017 (checking figures by what can round to them).
 */
export function printedNumber(text: string): PrintedNumber | null {
  const found = /^\s*([+-]?)(\d+(?:\.\d*)?|\.\d+)\s*(%?)\s*$/.exec(text);
  if (found === null) return null;
  const [, sign, digits, percent] = found as unknown as [string, string, string, string];
  const scale = percent === '%' ? 100 : 1;
  const value = ((sign === '-' ? -1 : 1) * Number(digits)) / scale;
  const half = 0.5 / 10 ** (digits.split('.')[1] ?? '').length / scale;
  return { value, low: value - half, high: value + half, isPercent: percent === '%' };
}
