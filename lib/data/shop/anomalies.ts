import type { Rng } from '../../base/random';
import type { UserEvent } from '../event';

/** What goes wrong in the made-up shop's log. Shares are 0 to 1; together the row shares are at most 1. */
export interface ShopAnomalies {
  /** Share of the users that are machines. */
  readonly botShare: number;
  /** Share of the rows that are followed by a copy of themselves. */
  readonly duplicateShare: number;
  /** Share of the rows whose clock was wrong: 1970-01-01, or 2099-01-01. */
  readonly impossibleTimeShare: number;
  /** Share of the rows without a time. */
  readonly missingTimeShare: number;
  /** Share of the rows without item and query. */
  readonly missingItemShare: number;
  /** Share of the users' profile values that are not known. */
  readonly missingProfileShare: number;
}

/** Where the anomalies are. Numbers are positions in `log.events`, ascending; no row has two anomalies. */
export interface PlantedAnomalies {
  readonly bots: ReadonlySet<string>;
  /** Positions of the copies. */
  readonly duplicates: readonly number[];
  readonly impossibleTimes: readonly number[];
  readonly missingTimes: readonly number[];
  readonly missingItems: readonly number[];
}

/** The two wrong clocks: one that was never set, one far ahead. */
const wrongClocksMs = [0, Date.UTC(2099, 0, 1)] as const;

/**
 * Spoil a share of the rows, each in one way, and tell where; all other rows stay as and in the order they are.
 *
 * `origins` holds, for every row of the result, the position in `events` that it was made from.
 */
export function plantRowAnomalies(
  events: readonly UserEvent[],
  shares: ShopAnomalies,
  rng: Rng,
): { events: UserEvent[]; origins: readonly number[]; planted: Omit<PlantedAnomalies, 'bots'> } {
  const order = rng.shuffle(Int32Array.from(events.keys()));
  let taken = 0;
  const take = (share: number): ReadonlySet<number> => {
    const count = Math.min(Math.round(share * events.length), events.length - taken);
    taken += count;
    return new Set(order.subarray(taken - count, taken));
  };
  const isCopied = take(shares.duplicateShare);
  const hasWrongClock = take(shares.impossibleTimeShare);
  const lacksTime = take(shares.missingTimeShare);
  const lacksItem = take(shares.missingItemShare);

  const spoilt: UserEvent[] = [];
  const origins: number[] = [];
  const planted = {
    duplicates: [] as number[],
    impossibleTimes: [] as number[],
    missingTimes: [] as number[],
    missingItems: [] as number[],
  };
  for (const [index, event] of events.entries()) {
    const at = spoilt.length;
    origins.push(index);
    if (hasWrongClock.has(index)) {
      planted.impossibleTimes.push(at);
      spoilt.push({ ...event, timeMs: wrongClocksMs[rng.integer(wrongClocksMs.length)]! });
    } else if (lacksTime.has(index)) {
      planted.missingTimes.push(at);
      spoilt.push({ ...event, timeMs: null });
    } else if (lacksItem.has(index)) {
      planted.missingItems.push(at);
      spoilt.push({ ...event, itemId: null, query: null });
    } else {
      spoilt.push(event);
      if (isCopied.has(index)) {
        planted.duplicates.push(at + 1);
        origins.push(index);
        spoilt.push({ ...event });
      }
    }
  }
  return { events: spoilt, origins, planted };
}
