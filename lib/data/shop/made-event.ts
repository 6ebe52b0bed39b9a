import type { Behavior, UserEvent } from '../event';
import type { ShopExposure } from './exposures';

/** An exposure while its session goes on: its position in the log is not known yet. */
export type OpenExposure = { -readonly [key in keyof ShopExposure]: ShopExposure[key] };

/** An event of the made-up shop while it is made, with more than a log would say. */
export interface MadeEvent {
  readonly userId: string;
  readonly behavior: Behavior;
  readonly itemId: string | null;
  readonly query: string | null;
  readonly timeMs: number;
  /** Number of the user's session, from 1. */
  readonly session: number;
  /** What the item costs; `null` for a search. */
  readonly price: number | null;
  /** Time on an opened item; `null` for all but clicks. */
  readonly dwellMs: number | null;
  /** Of the event `browse`. */
  readonly exposure: OpenExposure | null;
  /** Part of a person's burst. */
  readonly isBurst: boolean;
}

/** Which columns beside those of every log the made-up shop writes. */
export interface ShopColumns {
  /** Session, category and price. */
  readonly details: boolean;
  /** Time on an opened item. */
  readonly dwell: boolean;
}

/** What the log says of a made event; missing values are taken out here. */
export function toUserEvent(
  made: MadeEvent,
  categoryOf: (itemId: string) => string,
  columns: ShopColumns,
  lacks: { readonly price: boolean; readonly dwell: boolean },
): UserEvent {
  const { userId, behavior, itemId, query, timeMs } = made;
  return {
    userId,
    behavior,
    itemId,
    query,
    timeMs,
    rating: null,
    row: 0,
    ...(columns.details && {
      sessionId: `${userId}-${made.session}`,
      category: itemId === null ? null : categoryOf(itemId),
      price: lacks.price ? null : made.price,
    }),
    ...(columns.dwell && { dwellMs: lacks.dwell ? null : made.dwellMs }),
  };
}
