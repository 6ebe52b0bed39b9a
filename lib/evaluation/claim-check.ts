import { printedNumber } from './printed-number';
import type { Interval } from './proportion-interval';

/** A published table of ranking metrics, as printed. */
export interface ClaimedTable {
  /** 'S3-Rec, table 2'. */
  readonly name: string;
  /**
   * 'HR@10' (also Hit, Recall or R), 'NDCG@10' (also N), 'MRR@10', 'MRR'; of other columns only the range is checked. Recall is the hit
   * rate where a user has one right item.
   */
  readonly columns: readonly string[];
  readonly rows: readonly ClaimedRow[];
  /** How many right items a user has. With `one`, and only then, metrics bound one another. */
  readonly targets: 'one' | 'many';
  /** Default `share`, 0 to 1. In a table of `percent` all cells are divided by 100. */
  readonly unit?: 'share' | 'percent';
  /** Data, cut and split in words: tables are compared where these are the same. */
  readonly protocol?: string;
  /** Of all rows that do not say their own: 'full', 'uniform-100'. */
  readonly candidates?: string;
}

/** A model and its figures. */
export interface ClaimedRow {
  readonly model: string;
  /** One a column, as printed, so that rounding is known: '.0387'. Null where the table has none. */
  readonly cells: readonly (string | null)[];
  /** Items that compete with the target, where the row says so: 'full', 'uniform-100'. */
  readonly candidates?: string;
}

/** What is wrong with a claim. */
export type ClaimFault =
  | 'no number'
  | 'out of range'
  | 'percent among shares'
  | 'falls with k'
  | 'above the hit rate'
  | 'below the hit rate'
  | 'grows too much'
  | 'grows too little'
  | 'MRR above NDCG'
  | 'other candidates'
  | 'contradiction';

/** A cell, or cells, that cannot be right as they stand. */
export interface ClaimFlag {
  readonly fault: ClaimFault;
  readonly table: string;
  readonly model: string;
  /** The columns involved. */
  readonly columns: readonly string[];
  /** With the numbers, for a reader. */
  readonly message: string;
}

type Family = 'hits' | 'ndcg' | 'mrr';

interface Cell extends Interval {
  readonly column: string;
  /** The same for other names of the same thing: 'R@10' is 'HR@10' where there is one right item. */
  readonly metric: string;
  readonly text: string;
  readonly family: Family | null;
  /** Infinity for a metric over the whole list. */
  readonly k: number;
}

/** Rounding of this check itself. */
const slack = 1e-9;

/**
 * Find the cells of published tables that are impossible or contradict one another, whatever the data were.
 *
 * With one right item a user, at rank r: HR@k counts r <= k, NDCG@k adds 1 / log2(r + 1) there and MRR@k adds 1 / r. So none of them can
 * fall when k grows; NDCG@k lies between HR@k / log2(k + 1) and HR@k; and from one k to the next NDCG grows by what the new hits can add,
 * no more and no less. Likewise MRR. Every bound is given the benefit of the printed digits, and of ranks that end in a half. Flagged as
 * well are rows with other candidates than the first, and a model that has other figures in another row or table of the same protocol
 * (runs differ: that flag is a question, the others are faults).
 *
 * No flag does not mean true: most errors keep within these bounds.
 *
 * @returns in the order of tables and rows; empty where nothing is wrong
 * @throws RangeError when a row has not as many cells as the table has columns, or a column occurs twice
 * @source Järvelin & Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20(4), 2002 (the gain of a hit); Krichene &
 *   Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020 (why candidates must be the same).
 */
export function checkClaims(tables: readonly ClaimedTable[]): ClaimFlag[] {
  const flags: ClaimFlag[] = [];
  const known: { readonly table: ClaimedTable; readonly row: ClaimedRow; readonly cells: readonly Cell[] }[] =
    [];
  for (const table of tables) {
    if (new Set(table.columns).size < table.columns.length) {
      throw new RangeError(`checkClaims: '${table.name}' has a column twice`);
    }
    for (const row of table.rows) {
      const flag = (fault: ClaimFault, columns: readonly string[], message: string): void => {
        flags.push({
          fault,
          table: table.name,
          model: row.model,
          columns,
          message: `${row.model}: ${message}`,
        });
      };
      const cells = readCells(table, row, flag);
      checkRow(cells, table.targets, flag);
      const [own, first] = [candidatesOf(table, row), candidatesOf(table, table.rows[0]!)];
      if (own !== first) {
        flag('other candidates', [], `ranked among ${own}, ${table.rows[0]!.model} among ${first}`);
      }
      for (const before of known) {
        if (!sameConditions(before, { table, row })) continue;
        for (const cell of cells) {
          const other = before.cells.find(({ metric }) => metric === cell.metric);
          if (other === undefined || meet(cell, other)) continue;
          flag(
            'contradiction',
            [cell.column],
            `${cell.column} is ${cell.text}, and ${other.text} in '${before.table.name}'`,
          );
        }
      }
      known.push({ table, row, cells });
    }
  }
  return flags;
}

type Flag = (fault: ClaimFault, columns: readonly string[], message: string) => void;

/** The cells that can be read and are within 0 and 1; the others are flagged and take no further part. */
function readCells(
  { name, columns, targets, unit = 'share' }: ClaimedTable,
  row: ClaimedRow,
  flag: Flag,
): Cell[] {
  if (row.cells.length !== columns.length) {
    throw new RangeError(
      `checkClaims: '${row.model}' in '${name}' has ${row.cells.length} cells for ${columns.length} columns`,
    );
  }
  return columns.flatMap((column, at): Cell[] => {
    const text = row.cells[at];
    if (text === null || text === undefined) return [];
    const read = printedNumber(text);
    if (read === null) {
      flag('no number', [column], `${column} is '${text}', which is no number`);
      return [];
    }
    const scale = unit === 'percent' && !read.isPercent ? 100 : 1;
    const [value, low, high] = [read.value / scale, read.low / scale, read.high / scale];
    if (unit === 'share' && (read.isPercent || (low > 1 && value <= 100))) {
      flag('percent among shares', [column], `${column} is ${text} in a table of shares: in percent?`);
      return [];
    }
    if (high < 0 || low > 1 || value < 0) {
      flag('out of range', [column], `${column} is ${text}, not from 0 to 1`);
      return [];
    }
    const { family, k } = kindOf(column);
    const metric = family !== null && targets === 'one' ? `${family}@${k}` : column.trim().toLowerCase();
    return [{ column, metric, text, low: Math.max(0, low), high: Math.min(1, high), family, k }];
  });
}

/** 'NDCG@10' is a gain within 10 places. */
function kindOf(column: string): Pick<Cell, 'family' | 'k'> {
  const [, name, k] = /^([a-z ]+?)\s*(?:@\s*(\d+))?$/i.exec(column.trim()) ?? [];
  const families: Readonly<Record<string, Family>> = {
    hr: 'hits',
    h: 'hits',
    hit: 'hits',
    hits: 'hits',
    'hit rate': 'hits',
    'hit ratio': 'hits',
    r: 'hits',
    recall: 'hits',
    ndcg: 'ndcg',
    n: 'ndcg',
    mrr: 'mrr',
  };
  const family = families[(name ?? '').toLowerCase()] ?? null;
  if (family !== 'mrr' && k === undefined) return { family: null, k: Infinity };
  return { family, k: k === undefined ? Infinity : Number(k) };
}

function checkRow(cells: readonly Cell[], targets: ClaimedTable['targets'], flag: Flag): void {
  const of = (family: Family): Cell[] =>
    cells.filter((cell) => cell.family === family).sort((a, b) => a.k - b.k);
  const growing: readonly Family[] = targets === 'one' ? ['hits', 'ndcg', 'mrr'] : ['hits', 'mrr'];
  for (const family of growing) {
    forPairs(of(family), (short, long) => {
      if (long.high >= short.low - slack) return;
      flag('falls with k', [short.column, long.column], `${said(long)} is below ${said(short)}`);
    });
  }
  if (targets === 'many') return;
  checkGrowth(of('hits'), of('ndcg'), (rank) => 1 / Math.log2(rank + 1), flag);
  checkGrowth(of('hits'), of('mrr'), (rank) => 1 / rank, flag);
  checkWholeMrr(of('hits'), of('mrr'), flag);
  for (const ndcg of of('ndcg')) {
    const mrr = of('mrr').find(({ k }) => k === ndcg.k);
    if (mrr === undefined || mrr.low <= ndcg.high + slack) continue;
    flag('MRR above NDCG', [mrr.column, ndcg.column], `${said(mrr)} is above ${said(ndcg)}`);
  }
}

/** Nothing of the list: no hits and no gain. */
const nothing = { low: 0, high: 0, k: 0 };

/**
 * From one k to a longer one the gain grows by so much for each new hit as its rank is worth: at most that of the first new place, at
 * least that of the last.
 */
function checkGrowth(
  hits: readonly Cell[],
  gains: readonly Cell[],
  worth: (rank: number) => number,
  flag: Flag,
): void {
  const both = gains.flatMap((gain) => {
    const hit = hits.find(({ k }) => k === gain.k);
    return hit === undefined ? [] : [{ gain, hit }];
  });
  const starts = [{ gain: nothing, hit: nothing }, ...both];
  for (const [place, from] of starts.entries()) {
    for (const to of both.slice(place)) {
      const grown = { low: to.gain.low - from.gain.high, high: to.gain.high - from.gain.low };
      const newHits = { low: Math.max(0, to.hit.low - from.hit.high), high: to.hit.high - from.hit.low };
      // The first new place is k + 1/2 under averaged ties; the very first is 1.
      const most = newHits.high * worth(Math.max(1, from.gain.k + 0.5));
      const least = newHits.low * worth(to.gain.k);
      const columns = [to.gain.column, to.hit.column];
      const isFirst = from.gain.k === 0;
      const text = isFirst
        ? `${said(to.gain)} beside ${said(to.hit)}`
        : `${said(to.gain)} and ${said(to.hit)} after k = ${from.gain.k}`;
      if (grown.low > Math.max(0, most) + slack) {
        flag(isFirst ? 'above the hit rate' : 'grows too much', columns, `${text} is too high`);
      } else if (grown.high < least - slack) {
        flag(isFirst ? 'below the hit rate' : 'grows too little', columns, `${text} is too low`);
      }
    }
  }
}

/** Of MRR without a limit: whoever has no hit within k adds less than 1 / k. */
function checkWholeMrr(hits: readonly Cell[], mrrs: readonly Cell[], flag: Flag): void {
  const whole = mrrs.find(({ k }) => k === Infinity);
  if (whole === undefined) return;
  for (const hit of hits) {
    const columns = [whole.column, hit.column];
    if (whole.low > hit.high + (1 - hit.high) / (hit.k + 0.5) + slack) {
      flag('above the hit rate', columns, `${said(whole)} beside ${said(hit)} is too high`);
    } else if (whole.high < hit.low / hit.k - slack) {
      flag('below the hit rate', columns, `${said(whole)} beside ${said(hit)} is too low`);
    }
  }
}

function forPairs(cells: readonly Cell[], visit: (short: Cell, long: Cell) => void): void {
  for (const [place, short] of cells.entries()) for (const long of cells.slice(place + 1)) visit(short, long);
}

const said = ({ column, text }: Cell): string => `${column} ${text}`;

const meet = (a: Interval, b: Interval): boolean => a.low <= b.high + slack && b.low <= a.high + slack;

const candidatesOf = (table: ClaimedTable, row: ClaimedRow): string =>
  row.candidates ?? table.candidates ?? 'unsaid candidates';

interface Place {
  readonly table: ClaimedTable;
  readonly row: ClaimedRow;
}

function sameConditions(a: Place, b: Place): boolean {
  const nameOf = ({ row }: Place): string => row.model.trim().toLowerCase();
  return (
    nameOf(a) === nameOf(b) &&
    (a.table === b.table || (a.table.protocol !== undefined && a.table.protocol === b.table.protocol)) &&
    candidatesOf(a.table, a.row) === candidatesOf(b.table, b.row)
  );
}
