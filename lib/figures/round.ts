/**
 * A number with at most `digits` significant digits. Charts and tables go into files under version control: digits
 * that nobody can see would make every run of another machine a change.
 */
export function roundTo(value: number, digits = 6): number {
  return value === 0 ? 0 : Number(value.toPrecision(digits));
}

/** The same for all of an array, as a plain one. */
export function roundAll(values: ArrayLike<number>, digits = 6): number[] {
  return Array.from(values, (value) => roundTo(value, digits));
}
