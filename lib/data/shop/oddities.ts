import type { Rng } from '../../base/random';
import type { MadeEvent } from './made-event';

/** Unusual users beside the bots of `ShopAnomalies`. Shares are 0 to 1. */
export interface ShopOddities {
  /** Share of the users that are machines which click once every so many seconds, exactly. */
  readonly clockworkShare: number;
  /** Share of the customers who once click through a category in a hurry: people, not machines. */
  readonly burstShare: number;
}

/** What machines and people in a hurry click on. */
export interface ClickTarget {
  readonly itemIds: readonly string[];
  readonly priceAt: (itemId: string, timeMs: number) => number;
}

/** A row of clicks on items drawn alike. */
interface ClickRun {
  readonly userId: string;
  readonly target: ClickTarget;
  readonly session: number;
  readonly startMs: number;
  readonly clicks: number;
  /** Time to the next click, which is also the dwell time. */
  readonly nextGapMs: () => number;
  readonly isBurst: boolean;
}

function clickRun(
  { userId, target, session, startMs, clicks, nextGapMs, isBurst }: ClickRun,
  rng: Rng,
): MadeEvent[] {
  const events: MadeEvent[] = [];
  let timeMs = startMs;
  for (let click = 0; click < clicks; click++) {
    const itemId = target.itemIds[rng.integer(target.itemIds.length)]!;
    const dwellMs = nextGapMs();
    const price = target.priceAt(itemId, timeMs);
    const what = { behavior: 'click', itemId, query: null, exposure: null } as const;
    events.push({ userId, ...what, timeMs, session, price, dwellMs, isBurst });
    timeMs += dwellMs;
  }
  return events;
}

/** Events of a machine: three bursts of 80 to 119 clicks on any items, .3 to 1.3 seconds apart. */
export function botEvents(
  userId: string,
  target: ClickTarget,
  startMs: number,
  endMs: number,
  rng: Rng,
): MadeEvent[] {
  return [1, 2, 3].flatMap((session) => {
    const firstMs = Math.floor(startMs + rng.next() * (endMs - startMs));
    const clicks = 80 + rng.integer(40);
    const nextGapMs = (): number => 300 + rng.integer(1001);
    return clickRun({ userId, target, session, startMs: firstMs, clicks, nextGapMs, isBurst: false }, rng);
  });
}

/**
 * Events of a machine that is never fast, only regular: 200 to 399 clicks on any items, exactly `gapMs` apart.
 *
 * The gap is 60 to 600 whole seconds. No rate gives it away: the spread of its gaps does, which is 0. It may run past the
 * end of a period shorter than three days.
 */
export function clockworkEvents(
  userId: string,
  target: ClickTarget,
  startMs: number,
  endMs: number,
  rng: Rng,
): { gapMs: number; events: MadeEvent[] } {
  const gapMs = 1000 * (60 + rng.integer(541));
  const clicks = 200 + rng.integer(200);
  const firstMs = Math.floor(startMs + rng.next() * Math.max(0, endMs - startMs - clicks * gapMs));
  const run = { userId, target, session: 1, startMs: firstMs, clicks, isBurst: false };
  return { gapMs, events: clickRun({ ...run, nextGapMs: () => gapMs }, rng) };
}

/**
 * A person's burst: 30 to 59 clicks, 1 second and an exponential 1.5 seconds apart.
 *
 * It is fast, but irregular and true to the person's interests: a rule for machines that drops the whole user goes too
 * far.
 */
export function burstEvents(
  userId: string,
  target: ClickTarget,
  session: number,
  startMs: number,
  rng: Rng,
): MadeEvent[] {
  const clicks = 30 + rng.integer(30);
  const nextGapMs = (): number => Math.round(1000 - 1500 * Math.log(1 - rng.next()));
  return clickRun({ userId, target, session, startMs, clicks, nextGapMs, isBurst: true }, rng);
}

/**
 * Refuse shares that are none.
 *
 * @throws RangeError naming the share that is out of range
 */
export function checkOddities(oddities: ShopOddities): void {
  for (const [name, share] of Object.entries(oddities) as [string, number][]) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`oddities: ${name} must be from 0 to 1, got ${share}`);
    }
  }
}
