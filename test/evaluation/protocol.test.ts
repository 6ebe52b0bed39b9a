import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  metricTable,
  protocolDifferences,
  sameProtocol,
  type MetricRow,
  type Protocol,
} from '../../lib/evaluation/protocol';
import { summariseRuns } from '../../lib/evaluation/summary';
import type { RunRecord } from '../../lib/experiments/run-record';
import { protocol } from './protocol-example';

const row = (
  name: string,
  values: Record<string, number>,
  of: Protocol = protocol,
  users = 4,
): MetricRow => ({
  name,
  metrics: Object.entries(values).map(([metric, value]) => ({
    metric,
    value,
    interval: null,
    users,
    protocol: of,
  })),
});

describe('protocols', () => {
  it('may differ in loss and seed, and in nothing else', () => {
    expect(sameProtocol(protocol, { ...protocol, seed: 2, loss: null })).toBe(true);
    const others: [string, Protocol][] = [
      ['data.name', { ...protocol, data: { ...protocol.data, name: 'other' } }],
      ['data.sha256', { ...protocol, data: { ...protocol.data, sha256: 'cd34' } }],
      ['data.users', { ...protocol, data: { ...protocol.data, users: 5 } }],
      ['data.items', { ...protocol, data: { ...protocol.data, items: 5 } }],
      ['data.events', { ...protocol, data: { ...protocol.data, events: 5 } }],
      ['cut', { ...protocol, cut: '5-core' }],
      ['split', { ...protocol, split: 'by time' }],
      ['target', { ...protocol, target: 'validation' }],
      ['candidates', { ...protocol, candidates: 'uniform-100' }],
      ['seenItems', { ...protocol, seenItems: 'included' }],
      ['ties', { ...protocol, ties: 'averaged' }],
    ];
    for (const [part, other] of others) {
      expect(sameProtocol(protocol, other)).toBe(false);
      expect(protocolDifferences(protocol, other)).toEqual([expect.stringMatching(`^${part}: .+ / .+$`)]);
    }
    // Every field of the protocol is either compared above, or one of the two that may differ.
    const fields = [...Object.keys(protocol.data).map((key) => `data.${key}`), ...Object.keys(protocol)];
    expect(others.map(([part]) => part).sort()).toEqual(
      fields.filter((field) => !['data', 'loss', 'seed'].includes(field)).sort(),
    );
  });
});

describe('metricTable', () => {
  it('puts metrics side by side without a mark when all protocols agree', () => {
    const table = metricTable([
      row('popularity', { 'HR@10': 0.0859, MRR: 0.04 }, { ...protocol, loss: null }),
      row('LSTM', { 'HR@10': 0.20934 }),
    ]);
    expect(table.columns).toEqual(['', 'HR@10', 'MRR']);
    expect(table.rows).toEqual([
      ['popularity', '0.0859', '0.0400'],
      ['LSTM', '0.2093', '-'],
    ]);
    expect(table.notes).toEqual([]);
  });

  it('told to, marks the name and every number of a row of another protocol, and says why', () => {
    const sampled = { ...protocol, candidates: 'uniform-100' };
    const rows = [
      row('ours', { MRR: 0.1 }),
      row('sampled', { MRR: 0.5 }, sampled),
      row('valid', { MRR: 0.2 }, { ...protocol, target: 'validation' }),
      row('sampled too', { MRR: 0.6 }, sampled),
      row('fewer', { MRR: 0.3 }, protocol, 3),
    ];
    const table = metricTable(rows, { protocols: 'marked' });
    expect(table.rows).toEqual([
      ['ours', '0.1000'],
      ['sampled [1]', '0.5000 [1]'],
      ['valid [2]', '0.2000 [2]'],
      ['sampled too [1]', '0.6000 [1]'],
      ['fewer [3]', '0.3000 [3]'],
    ]);
    expect(table.notes).toEqual([
      '[1] other protocol than ours: candidates: full / uniform-100',
      '[2] other protocol than ours: target: test / validation',
      '[3] other protocol than ours: evaluated users: 4 / 3',
    ]);
  });

  it('prints intervals when asked to, and says where one is not known', () => {
    const [first] = row('ours', { MRR: 0.12345 }).metrics;
    const ours = { name: 'ours', metrics: [{ ...first!, interval: { low: 0.1, high: 0.15 } }] };
    expect(metricTable([ours], { intervals: true })).toEqual({
      columns: ['', 'MRR'],
      rows: [['ours', '0.1235 [0.1000, 0.1500]']],
      notes: [],
    });
    expect(metricTable([ours]).rows).toEqual([['ours', '0.1235']]);
    const other = row('flat [?]', { MRR: 0 }, { ...protocol, cut: 'x' });
    const both = metricTable([ours, other], { intervals: true, digits: 2, protocols: 'marked' });
    expect(both.rows).toEqual([['ours', '0.12 [0.10, 0.15]'], ['flat [?] [1]', '0.00 [?] [1]']]); // prettier-ignore
    expect(both.notes).toHaveLength(2);
    expect(both.notes[1]).toContain('[?] interval not known');
    // The name of a model is no mark.
    expect(metricTable([{ ...ours, name: 'a [?]' }], { intervals: true }).notes).toEqual([]);
  });

  it('reads the records that were written before intervals were kept', () => {
    const file = 'figures/reproduction/ml-100k-sasrec/seed-1/run.json';
    const { results } = JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
    expect('interval' in results[0]!.metrics[0]!).toBe(false);
    const { rows, notes } = metricTable(results, { intervals: true });
    expect(rows[0]![1]).toMatch(/^0\.\d{4} \[\?\]$/);
    expect(notes).toHaveLength(1);
    expect(summariseRuns([results[0]!.metrics])[0]!.mean).toBe(results[0]!.metrics[0]!.value);
  });

  it('refuses a row of another protocol, and says what differs and what to do', () => {
    const ours = row('ours', { MRR: 0.1 });
    expect(() => metricTable([ours, row('sampled', { MRR: 0.5 }, { ...protocol, candidates: 'x' })])).toThrow(
      "'sampled' was measured otherwise than 'ours' (candidates: full / x)",
    );
    expect(() => metricTable([ours, row('fewer', { MRR: 0.3 }, protocol, 3)])).toThrow(
      '(evaluated users: 4 / 3), so that their numbers cannot be compared. Measure both alike, or let the row be ' +
        "marked with { protocols: 'marked' }",
    );
    // Loss and seed are what tables compare; digits are free.
    const other = row('other', { MRR: 0.2 }, { ...protocol, loss: 'bpr', seed: 7 });
    expect(metricTable([ours, other], { digits: 2 }).rows).toEqual([['ours', '0.10'], ['other', '0.20']]); // prettier-ignore
  });

  it('refuses rows that mix protocols, repeat a metric or hold none', () => {
    const mixed = [
      ...row('a', { MRR: 1 }).metrics,
      ...row('a', { HR: 1 }, { ...protocol, cut: 'x' }).metrics,
    ];
    expect(() => metricTable([{ name: 'a', metrics: mixed }])).toThrow(
      "'a' mixes protocols in one row (cut: none / x)",
    );
    const twice = [...row('a', { MRR: 1 }).metrics, ...row('a', { MRR: 1 }).metrics];
    expect(() => metricTable([{ name: 'a', metrics: twice }])).toThrow('has MRR twice');
    expect(() => metricTable([{ name: 'a', metrics: [] }])).toThrow("'a' has no metric");
    expect(metricTable([])).toEqual({ columns: [''], rows: [], notes: [] });
  });
});
