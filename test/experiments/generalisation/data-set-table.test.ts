import { describe, expect, it } from 'vitest';
import { rankingMetrics } from '../../../lib/evaluation/ranking-metrics';
import {
  answersTable,
  characteristicsTable,
  type DataSetResult,
} from '../../../lib/experiments/generalisation/data-set-table';
import { protocol } from '../../evaluation/protocol-example';

const answer = (name: string, ranks: readonly number[]) => ({
  name,
  ranks,
  metrics: rankingMetrics(ranks, [10], protocol),
});
const question = {
  users: [],
  answers: [answer('popularity', [1, 20, 20, 20]), answer('SASRec', [1, 1, 20, 20])],
};
const result: DataSetResult = {
  name: 'toy',
  title: 'Toy',
  behavior: 'clicks',
  note: '',
  data: {
    users: 4,
    items: 2000,
    events: 1200,
    medianEvents: 62.5,
    meanEvents: 300,
    longest: 1100,
    density: 0.0125,
    repeatShare: 0.2,
    onceShare: 0.5,
    gini: 0.256,
  },
  questions: { newItem: question, anyItem: question, repeatShare: 0.25 },
  training: { bestEpoch: 3, epochs: 4 },
  maxEpochs: 5,
};

describe('the table of data sets', () => {
  it('describes each set in a line', () => {
    expect(characteristicsTable([result]).split('\n')[2]).toBe(
      '| Toy | clicks | 4 | 2,000 | 1,200 | 62.5 | 300.0 | 1,100 | 1.25 % | 20 % | 50 % | 0.26 |',
    );
  });

  it('shows both metrics with their intervals, the largest NDCG of a line in bold', () => {
    // Wilson: 1 and 2 of 4. NDCG .25 and .5: mean ± 1.96 * .5 / 2 and ± 1.96 * .5774 / 2.
    expect(answersTable([result], 'newItem', ['popularity', 'SASRec']).split('\n')).toEqual([
      '| set | users asked | popularity | SASRec |',
      '| --- | --- | --- | --- |',
      '| Toy | 4 | .2500 (.046 to .699) / .2500 (.000 to .740) | .5000 (.150 to .850) / **.5000** (.000 to 1.000) |',
    ]);
  });

  it('leaves out a set that cannot be asked, and marks a model that was not', () => {
    const unasked = { ...result, questions: { ...result.questions, newItem: null } };
    expect(answersTable([unasked], 'newItem', ['SASRec']).split('\n')).toHaveLength(2);
    expect(answersTable([unasked], 'anyItem', ['GRU']).split('\n')[2]).toBe('| Toy | 4 | - |');
  });

  it('makes nobody bold where nobody has a hit', () => {
    const none = { users: [], answers: [answer('popularity', [20, 20])] };
    const table = answersTable(
      [{ ...result, questions: { ...result.questions, anyItem: none } }],
      'anyItem',
      ['popularity'],
    );
    expect(table).not.toContain('**');
  });
});
