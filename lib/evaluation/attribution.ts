/** Something a user did: a click on an advertisement or a recommendation, or a purchase. */
export interface AttributedEvent {
  readonly user: number;
  readonly item: number;
  readonly timeMs: number;
}

/** Which click a conversion is put down to. */
export interface AttributionRule {
  /** So long after the click a conversion still counts, its last millisecond included. */
  readonly windowMs: number;
  /** `same-item`: only a conversion of the item that was clicked. `any-item`: whatever the user bought. */
  readonly items: 'same-item' | 'any-item';
}

/**
 * Put each conversion down to the last click before it: last-touch attribution.
 *
 * A click counts from its own moment on. A conversion without a click in the window is nobody's (-1). A click may get several. The rule
 * says who is paid, not what was caused: many would have bought without the click, and only an experiment tells. A longer window, or
 * `any-item`, raises every rate; figures under two rules cannot be compared.
 *
 * @param clicks      in any order; of clicks at the same moment the later in the list counts as last
 * @param conversions in any order
 * @returns for each conversion the position of its click, or -1
 * @throws RangeError when the window is negative or not finite, or a time is not finite
 * @source Berman, "Beyond the Last Touch: Attribution in Online Advertising", Marketing Science 37(5), 2018 (the rule, and what is wrong
 *   with it).
 */
export function lastClickAttribution(
  clicks: readonly AttributedEvent[],
  conversions: readonly AttributedEvent[],
  { windowMs, items }: AttributionRule,
): Int32Array {
  if (!(windowMs >= 0 && windowMs < Infinity)) {
    throw new RangeError(`lastClickAttribution: the window must be from 0 ms, got ${windowMs}`);
  }
  for (const { user, timeMs } of [...clicks, ...conversions]) {
    if (!Number.isFinite(timeMs))
      throw new RangeError(`lastClickAttribution: user ${user} has the time ${timeMs}`);
  }
  const keyOf = ({ user, item }: AttributedEvent): string =>
    items === 'same-item' ? `${user} ${item}` : `${user}`;
  const clicksOf = new Map<string, number[]>();
  for (const [at, click] of clicks.entries()) {
    const own = clicksOf.get(keyOf(click));
    if (own) own.push(at);
    else clicksOf.set(keyOf(click), [at]);
  }
  for (const own of clicksOf.values()) own.sort((a, b) => clicks[a]!.timeMs - clicks[b]!.timeMs || a - b);
  return Int32Array.from(conversions, (conversion) => {
    const before = (clicksOf.get(keyOf(conversion)) ?? []).findLast(
      (at) => clicks[at]!.timeMs <= conversion.timeMs,
    );
    if (before === undefined || conversion.timeMs - clicks[before]!.timeMs > windowMs) return -1;
    return before;
  });
}

/** The rule in words, to stand beside every rate that depends on it. */
export function attributionName({ windowMs, items }: AttributionRule): string {
  const [day, hour] = [86_400_000, 3_600_000];
  const length =
    windowMs % day === 0
      ? `${windowMs / day} d`
      : windowMs % hour === 0
        ? `${windowMs / hour} h`
        : `${windowMs} ms`;
  return `last click within ${length}, ${items === 'same-item' ? 'the same item' : 'any item'}`;
}
