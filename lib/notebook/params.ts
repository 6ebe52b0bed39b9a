/** Anything that can be printed and compared: the values a notebook is run with. */
export type Param = number | string | boolean | null | readonly (number | string)[];

/** The same run with small numbers: every cell works, in seconds, and nothing is learned worth a judgement. */
export function isSmoke(): boolean {
  return process.env['SMOKE'] === '1';
}

/**
 * The numbers of a notebook, in one place, printed as they are used.
 *
 * `smoke` replaces some of them when the notebook runs with SMOKE=1. A name in `smoke` that is not among `full` is a
 * type error in a cell, and throws besides.
 *
 * @example
 * const P = params({ epochs: 20, width: 128, seed: 7 }, { epochs: 1, width: 16 });
 * P.epochs // 20, or 1 with SMOKE=1
 */
export function params<P extends Readonly<Record<string, Param>>>(
  full: P,
  smoke: Partial<P> = {},
): Readonly<P> {
  const unknown = Object.keys(smoke).filter((name) => !(name in full));
  if (unknown.length > 0) {
    throw new Error(
      `params: '${unknown.join("', '")}' is not a parameter. There are: ${Object.keys(full).join(', ')}.`,
    );
  }
  const chosen = Object.freeze(isSmoke() ? { ...full, ...smoke } : { ...full });
  const texts = Object.entries(chosen).map(([name, value]) => {
    const changed = isSmoke() && name in smoke ? ` (instead of ${JSON.stringify(full[name])})` : '';
    return `${name} = ${JSON.stringify(value)}${changed}`;
  });
  console.log(`${isSmoke() ? 'SMOKE: small numbers, results mean nothing.\n' : ''}${texts.join('\n')}`);
  return chosen;
}
