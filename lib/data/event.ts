/**
 * What a user can do. `browse` is seeing an item in a list, `click` is opening it, `listen` is playing music. `purchase` is the
 * order, `pay` its payment. `exposure` is an advertisement that was shown, `ad-click` a click on it.
 */
export const behaviors = [
  'browse',
  'search',
  'click',
  'cart',
  'favorite',
  'purchase',
  'rate',
  'listen',
  'pay',
  'exposure',
  'ad-click',
  'like',
  'comment',
  'share',
] as const;
export type Behavior = (typeof behaviors)[number];

/** Narrow a text to a behaviour of this library. */
export function isBehavior(text: string): text is Behavior {
  return (behaviors as readonly string[]).includes(text);
}

/**
 * One thing one user did, as the data say it.
 *
 * `null` means that the data do not say: a search has a query and no item, a
 * file of pairs has no times. Times are milliseconds since 1970-01-01 UTC.
 */
export interface UserEvent {
  readonly userId: string;
  readonly behavior: Behavior;
  readonly itemId: string | null;
  readonly query: string | null;
  readonly timeMs: number | null;
  readonly rating: number | null;
  /** Absent in a log whose source knows no sessions. */
  readonly sessionId?: string | null;
  /** Category of the item at that time. Absent in a log whose source does not tell it with the events. */
  readonly category?: string | null;
  /** What the item cost at that time. Absent likewise. */
  readonly price?: number | null;
  /** How long the item was looked at, ms. Absent likewise. */
  readonly dwellMs?: number | null;
  /** Row in the source file, counted from 1 as an editor does; 0 for a generated event. */
  readonly row: number;
}

/** Rows that a lenient reader left out, counted by reason. */
export interface RejectedRows {
  readonly reason: string;
  readonly rows: number;
  readonly firstRow: number;
}

/** Where a log came from: enough to recognise the same data again. */
export interface LogSource {
  readonly name: string;
  readonly file: string | null;
  /** Of the bytes of the file of events, compressed if it is; of the written CSV for a generated log. */
  readonly sha256: string;
  /** Rows of data in the file, without header and blank lines. */
  readonly rowsRead: number;
  readonly rejected: readonly RejectedRows[];
}

/** What is known of an item. */
export interface ItemInfo {
  readonly title: string;
  readonly categories: readonly string[];
  /** Year of release; `null` when not known. */
  readonly year: number | null;
  /** Absent when not known. */
  readonly price?: number;
}

/** What is known of a user, for example `{ age: '24', gender: 'M' }`. An unknown value is absent. */
export interface UserInfo {
  readonly profile: Readonly<Record<string, string>>;
}

/** The one table everything starts from: events in the order of their source, and what is known beside them. */
export interface EventLog {
  readonly events: readonly UserEvent[];
  /** False when the source has no times at all: then the order of its rows is the order of time. */
  readonly hasTimes: boolean;
  readonly source: LogSource;
  readonly items: ReadonlyMap<string, ItemInfo>;
  readonly users: ReadonlyMap<string, UserInfo>;
}
