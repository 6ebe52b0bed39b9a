import type { Interval } from './proportion-interval';

/** Everything that decides a metric's value beside the model: without it a number means nothing. */
export interface Protocol {
  readonly data: {
    readonly name: string;
    /** Of the source file's bytes. */
    readonly sha256: string;
    readonly users: number;
    readonly items: number;
    readonly events: number;
  };
  /** What was removed before splitting: 'none', '5-core, ratings >= 4'. */
  readonly cut: string;
  /** How the events are parted: 'leave-one-out, equal times in file order'. */
  readonly split: string;
  readonly target: 'validation' | 'test';
  /** Items that compete with the target: 'full', 'uniform-100', 'popularity-100'. */
  readonly candidates: string;
  readonly seenItems: 'excluded' | 'included';
  /** Order of equal scores (`nn/rank`): 'index', 'strictly-larger', 'averaged', 'pessimistic'. */
  readonly ties: string;
  /** What the model was trained on; null where nothing is trained. May differ within a table. */
  readonly loss: string | null;
  /** May differ within a table. */
  readonly seed: number | null;
}

/** A number that carries the conditions under which it was measured. */
export interface MetricValue {
  /** 'HR@10'. */
  readonly metric: string;
  readonly value: number;
  /**
   * Where the value would lie for other users of the same kind, in 95 of 100 cases; nothing of other seeds. null where it is not known: one
   * user, or the same for all. Records of runs that were written before intervals were kept have none.
   */
  readonly interval: Interval | null;
  /** Users it is the mean over, or predicted events where there are several of a user. */
  readonly users: number;
  readonly protocol: Protocol;
}

/** One line of a table of results: a model and its metrics. */
export interface MetricRow {
  readonly name: string;
  readonly metrics: readonly MetricValue[];
}

/** A table of strings, ready for any renderer. The first column holds the names. */
export interface MetricTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /**
   * One line a mark: what differs from the protocol of the first row, or that an interval is not known. Empty when all rows can be compared
   * and nothing lacks.
   */
  readonly notes: readonly string[];
}

/**
 * Name what makes two protocols incomparable: `["seenItems: excluded / included"]`.
 *
 * Loss and seed are left out: comparing them is what tables are for.
 */
export function protocolDifferences(a: Protocol, b: Protocol): string[] {
  const left = comparedParts(a);
  const right = comparedParts(b);
  return Object.keys(left)
    .filter((part) => left[part] !== right[part])
    .map((part) => `${part}: ${left[part]} / ${right[part]}`);
}

/** Whether two numbers may stand in one table. */
export function sameProtocol(a: Protocol, b: Protocol): boolean {
  return protocolDifferences(a, b).length === 0;
}

/** How a table is put together. */
export interface MetricTableOptions {
  /** Digits behind the point; default 4. */
  readonly digits?: number;
  /**
   * - `same`: rows of another protocol than the first one are an error. The default.
   * - `marked`: they are let in, and marked.
   */
  readonly protocols?: 'same' | 'marked';
  /** Print the interval behind each value: '0.1124 [0.0998, 0.1250]'; '[?]' where it is not known. Default false. */
  readonly intervals?: boolean;
}

/** Stands for an interval that is not known. */
const unknown = '[?]';

/**
 * Put rows of metrics side by side, all of one protocol unless asked otherwise.
 *
 * With `protocols: 'marked'` a row measured under another protocol than the first one is let in: a mark (`[1]`, `[2]`, ...) stands
 * behind its name and behind every number of it, and `notes` says what differs. A metric that a row lacks shows as '-'.
 *
 * @throws RangeError when rows differ in their protocol or in the number of users and marks were not asked for; when a row has no metric,
 *   the same metric twice, or metrics of different protocols
 */
export function metricTable(
  rows: readonly MetricRow[],
  { digits = 4, protocols = 'same', intervals = false }: MetricTableOptions = {},
): MetricTable {
  const names = [...new Set(rows.flatMap((row) => row.metrics.map(({ metric }) => metric)))];
  const marks: string[] = [];
  const lines = rows.map((row) => {
    const differences = differencesFrom(rows[0]!, row);
    if (protocols === 'same' && differences !== '') {
      throw new RangeError(
        `metricTable: '${row.name}' was measured otherwise than '${rows[0]!.name}' (${differences}), so that their numbers ` +
          "cannot be compared. Measure both alike, or let the row be marked with { protocols: 'marked' }",
      );
    }
    const mark = markOf(differences, marks);
    const cells = names.map((name) => {
      const found = row.metrics.find(({ metric }) => metric === name);
      return found === undefined ? '-' : `${print(found)}${mark}`;
    });
    return [`${row.name}${mark}`, ...cells];
  });
  const isUnknown = lines.some((cells) => cells.slice(1).some((cell) => cell.includes(unknown)));
  return {
    columns: ['', ...names],
    rows: lines,
    notes: [
      ...marks.map((text, index) => `[${index + 1}] other protocol than ${rows[0]!.name}: ${text}`),
      ...(isUnknown
        ? [
            `${unknown} interval not known: one user, the same for all, or measured before intervals were kept`,
          ]
        : []),
    ],
  };

  function print({ value, interval }: MetricValue): string {
    const printed = value.toFixed(digits);
    if (!intervals) return printed;
    // Older records have no interval at all.
    if (!interval) return `${printed} ${unknown}`;
    return `${printed} [${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]`;
  }
}

function comparedParts({
  data,
  cut,
  split,
  target,
  candidates,
  seenItems,
  ties,
}: Protocol): Record<string, string | number> {
  return {
    'data.name': data.name,
    'data.sha256': data.sha256,
    'data.users': data.users,
    'data.items': data.items,
    'data.events': data.events,
    cut,
    split,
    target,
    candidates,
    seenItems,
    ties,
  };
}

function differencesFrom(first: MetricRow, row: MetricRow): string {
  const protocol = row.metrics[0]?.protocol;
  if (!protocol) throw new RangeError(`metricTable: the row '${row.name}' has no metric`);
  const seen = new Set<string>();
  for (const value of row.metrics) {
    if (seen.has(value.metric)) throw new RangeError(`metricTable: '${row.name}' has ${value.metric} twice`);
    seen.add(value.metric);
    const within = protocolDifferences(protocol, value.protocol);
    if (within.length > 0) {
      throw new RangeError(`metricTable: '${row.name}' mixes protocols in one row (${within.join('; ')})`);
    }
    if (value.users !== row.metrics[0]!.users) {
      throw new RangeError(`metricTable: '${row.name}' mixes metrics over different numbers of users`);
    }
  }
  const differences = protocolDifferences(first.metrics[0]!.protocol, protocol);
  if (first.metrics[0]!.users !== row.metrics[0]!.users) {
    differences.push(`evaluated users: ${first.metrics[0]!.users} / ${row.metrics[0]!.users}`);
  }
  return differences.join('; ');
}

function markOf(differences: string, marks: string[]): string {
  if (differences === '') return '';
  if (!marks.includes(differences)) marks.push(differences);
  return ` [${marks.indexOf(differences) + 1}]`;
}
