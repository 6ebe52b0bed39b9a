import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkClaims, type ClaimedTable } from '../../lib/evaluation/claim-check';
import { hitRate } from '../../lib/evaluation/hit-rate';
import { mrr } from '../../lib/evaluation/mrr';
import { ndcg } from '../../lib/evaluation/ndcg';
import { printedNumber } from '../../lib/evaluation/printed-number';
import { publishedTables, severalTargets, threeProtocols } from './published-tables';

const tableOf = (
  columns: string[],
  cells: (string | null)[],
  more: Partial<ClaimedTable> = {},
): ClaimedTable => ({
  name: 'a table',
  columns,
  targets: 'one',
  rows: [{ model: 'a model', cells }],
  ...more,
});
const faultsOf = (...tables: ClaimedTable[]): string[] => checkClaims(tables).map(({ fault }) => fault);

describe('published tables', () => {
  it.each(publishedTables.map((table) => [table.name, table] as const))('%s passes', (_, table) => {
    expect(checkClaims([table])).toEqual([]);
  });

  it('of one model in two papers: BERT4Rec on MovieLens-1M has .2843 and .2821, a question for the reader', () => {
    const flags = checkClaims([...publishedTables, threeProtocols]);
    expect(flags.filter(({ fault }) => fault === 'contradiction').map(({ message }) => message)).toEqual([
      "BERT4Rec: R@10 is .2821, and .2843 in 'Klenitskiy & Vasilev, MovieLens-1M'",
      "BERT4Rec: NDCG@10 is .1516, and .1537 in 'Klenitskiy & Vasilev, MovieLens-1M'",
    ]);
    expect(flags).toHaveLength(4);
  });

  it('that put samples beside full ranking are flagged, row by row', () => {
    const flags = checkClaims([threeProtocols]);
    expect(flags.map(({ fault, message }) => [fault, message])).toEqual([
      ['other candidates', 'BERT4Rec: ranked among uniform-100, BERT4Rec among full'],
      ['other candidates', 'BERT4Rec: ranked among popularity-100, BERT4Rec among full'],
    ]);
  });

  it('with several right items a user pass as such, and not as if there were one', () => {
    expect(checkClaims([severalTargets])).toEqual([]);
    // NDCG may exceed recall there; growing with k still holds for recall.
    const many = tableOf(['R@10', 'NDCG@10'], ['.10', '.15'], { targets: 'many' });
    expect(faultsOf(many)).toEqual([]);
    expect(faultsOf({ ...many, targets: 'one' })).toEqual(['above the hit rate']);
    expect(faultsOf(tableOf(['R@10', 'R@20'], ['.20', '.10'], { targets: 'many' }))).toEqual([
      'falls with k',
    ]);
    expect(faultsOf(tableOf(['NDCG@10', 'NDCG@20'], ['.20', '.10'], { targets: 'many' }))).toEqual([]);
  });

  it('are flagged in whatever cell one digit is spoiled, if that makes the table impossible', () => {
    // Each cell of S3-Rec's table in turn, ten times as large and a tenth as large.
    const table = publishedTables[0]!;
    for (const [row, { cells }] of table.rows.entries()) {
      for (const place of cells.keys()) {
        for (const factor of [10, 0.1]) {
          const spoiled = table.rows.map((own, at) => ({
            ...own,
            cells: own.cells.map((cell, column) =>
              at === row && column === place ? (Number(cell) * factor).toFixed(4) : cell,
            ),
          }));
          const flags = checkClaims([{ ...table, rows: spoiled }]);
          expect(flags.length).toBeGreaterThan(0);
          expect(flags.every(({ model }) => model === table.rows[row]!.model)).toBe(true);
          expect(flags.some(({ columns }) => columns.includes(table.columns[place]!))).toBe(true);
        }
      }
    }
  });

  it('in which two columns are swapped are flagged', () => {
    const table = publishedTables[0]!;
    const columns = ['NDCG@5', 'HR@5', ...table.columns.slice(2)];
    expect(new Set(faultsOf({ ...table, columns }))).toContain('above the hit rate');
  });
});

describe('a claim', () => {
  it('of a gain above or below what the hits allow is flagged', () => {
    expect(faultsOf(tableOf(['HR@10', 'NDCG@10'], ['.0347', '.0400']))).toEqual(['above the hit rate']);
    // .0347 / log2(11) = .01003
    expect(faultsOf(tableOf(['HR@10', 'NDCG@10'], ['.0347', '.0099']))).toEqual(['below the hit rate']);
    expect(faultsOf(tableOf(['HR@10', 'NDCG@10'], ['.0347', '.0101']))).toEqual([]);
    // .0347 / 10 = .00347
    expect(faultsOf(tableOf(['HR@10', 'MRR@10'], ['.0347', '.0034']))).toEqual(['below the hit rate']);
    expect(faultsOf(tableOf(['HR@10', 'MRR@10'], ['.0347', '.0350']))).toEqual(['above the hit rate']);
    expect(faultsOf(tableOf(['MRR@10', 'NDCG@10'], ['.0347', '.0340']))).toEqual(['MRR above NDCG']);
    // MRR over the whole list: at most .1 + .9 / 10.5 = .1857, at least .1 / 10
    expect(faultsOf(tableOf(['HR@10', 'MRR'], ['.1000', '.1870']))).toEqual(['above the hit rate']);
    expect(faultsOf(tableOf(['HR@10', 'MRR'], ['.1000', '.0099']))).toEqual(['below the hit rate']);
    expect(faultsOf(tableOf(['HR@10', 'MRR'], ['.1000', '.1850']))).toEqual([]);
  });

  it('of a gain that grows otherwise than the hits is flagged, where each k alone is possible', () => {
    const columns = ['HR@5', 'NDCG@5', 'HR@10', 'NDCG@10'];
    // .02 more hits, at ranks 6 to 10: .0058 to .0074 more gain.
    expect(faultsOf(tableOf(columns, ['.0400', '.0250', '.0600', '.0400']))).toEqual(['grows too much']);
    expect(faultsOf(tableOf(columns, ['.0400', '.0250', '.0600', '.0300']))).toEqual(['grows too little']);
    expect(faultsOf(tableOf(columns, ['.0400', '.0250', '.0600', '.0315']))).toEqual([]);
  });

  it('that falls with k is flagged', () => {
    const [flag, ...others] = checkClaims([tableOf(['HR@20', 'HR@10'], ['.0500', '.0600'])]);
    expect(others).toEqual([]);
    expect(flag).toEqual({
      fault: 'falls with k',
      table: 'a table',
      model: 'a model',
      columns: ['HR@10', 'HR@20'],
      message: 'a model: HR@20 .0500 is below HR@10 .0600',
    });
  });

  it('outside of 0 to 1, in percent, or no number is flagged, and takes no further part', () => {
    const columns = ['HR@10', 'NDCG@10'];
    expect(faultsOf(tableOf(columns, ['3.47', '.0170']))).toEqual(['percent among shares']);
    expect(faultsOf(tableOf(columns, ['3.47%', '.0170']))).toEqual(['percent among shares']);
    expect(faultsOf(tableOf(columns, ['347', '.0170']))).toEqual(['out of range']);
    expect(faultsOf(tableOf(columns, ['-.0347', '.0170']))).toEqual(['out of range']);
    expect(faultsOf(tableOf(columns, ['n/a', '.0170']))).toEqual(['no number']);
    expect(faultsOf(tableOf(columns, [null, '.0170']))).toEqual([]);
    const percent = { unit: 'percent' } as const;
    expect(faultsOf(tableOf(columns, ['3.47', '1.70%'], percent))).toEqual([]);
    expect(faultsOf(tableOf(columns, ['3.47', '3.70'], percent))).toEqual(['above the hit rate']);
    expect(faultsOf(tableOf(columns, ['347', '1.70'], percent))).toEqual(['out of range']);
    expect(faultsOf(tableOf(['Gini'], ['1.2']))).toEqual(['percent among shares']);
  });

  it('has the benefit of the printed digits', () => {
    const columns = ['HR@10', 'NDCG@10'];
    expect(faultsOf(tableOf(columns, ['.03', '.0349']))).toEqual([]);
    expect(faultsOf(tableOf(columns, ['.03', '.0352']))).toEqual(['above the hit rate']);
    expect(faultsOf(tableOf(['HR@10', 'HR@20'], ['.0312', '.031']))).toEqual([]);
    expect(faultsOf(tableOf(['HR@10', 'HR@20'], ['.0316', '.031']))).toEqual(['falls with k']);
  });

  it('that differs between two tables is a question, if the protocol is said to be the same', () => {
    const log = tableOf(['HR@10'], ['.2875'], { name: 'the log', protocol: 'p', candidates: 'full' });
    const readme = tableOf(['HR@10'], ['.3875'], { name: 'the README', protocol: 'p', candidates: 'full' });
    expect(checkClaims([log, readme]).map(({ fault, table, message }) => [fault, table, message])).toEqual([
      ['contradiction', 'the README', "a model: HR@10 is .3875, and .2875 in 'the log'"],
    ]);
    expect(faultsOf(log, { ...readme, protocol: 'q' })).toEqual([]);
    expect(faultsOf(log, { ...readme, candidates: 'uniform-100' })).toEqual([]);
    expect(faultsOf(log, tableOf(['HR@10'], ['.29'], { protocol: 'p', candidates: 'full' }))).toEqual([]);
    const twice = { ...log, rows: [...log.rows, ...readme.rows] };
    expect(faultsOf(twice)).toEqual(['contradiction']);
  });

  it('is refused where the table is none', () => {
    expect(() => checkClaims([tableOf(['HR@10', 'HR@10'], ['.1', '.1'])])).toThrow('has a column twice');
    expect(() => checkClaims([tableOf(['HR@10'], ['.1', '.1'])])).toThrow('has 2 cells for 1 columns');
  });
});

describe('metrics of any ranks', () => {
  const ranks = fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 2, max: 60 }).map((twice) => twice / 2), // averaged ties
    ),
    { minLength: 1, maxLength: 40 },
  );

  it('never raise a flag, however many digits are printed', () => {
    const ks = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        ranks,
        ks,
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (own, lengths, digits, isPercent) => {
          const within = (k: number): number =>
            own.reduce((sum, rank) => sum + (rank <= k ? 1 / rank : 0), 0) / own.length;
          const values: [string, number][] = [
            ...lengths.flatMap((k): [string, number][] => [
              [`HR@${k}`, hitRate(own, k)],
              [`NDCG@${k}`, ndcg(own, k)],
              [`MRR@${k}`, within(k)],
            ]),
            ['MRR', mrr(own)],
          ];
          const table = tableOf(
            values.map(([column]) => column),
            values.map(([, value]) => (isPercent ? 100 * value : value).toFixed(digits)),
            { unit: isPercent ? 'percent' : 'share' },
          );
          expect(checkClaims([table])).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('a printed number', () => {
  it('is between what rounds to it', () => {
    expect(printedNumber('.04')).toMatchObject({ value: 0.04, isPercent: false });
    const { low, high } = printedNumber('0.0400')!;
    expect([low, high].map((bound) => bound.toFixed(6))).toEqual(['0.039950', '0.040050']);
    const percent = printedNumber(' 3.87 % ')!;
    expect(percent.value).toBeCloseTo(0.0387, 12);
    expect(percent.high - percent.low).toBeCloseTo(0.0001, 12);
    expect(printedNumber('-1')!.value).toBe(-1);
    expect([printedNumber('1.'), printedNumber('1')].map((own) => own!.high)).toEqual([1.5, 1.5]);
    for (const text of ['', '.', 'n/a', '1,2', '1e-3', '0.1.2']) expect(printedNumber(text)).toBeNull();
  });
});
