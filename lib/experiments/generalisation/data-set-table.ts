import type { MetricValue } from '../../evaluation/protocol';
import type { Interval } from '../../evaluation/proportion-interval';
import type { DataCharacteristics } from './data-characteristics';
import type { NextItemQuestion, NextItemQuestions } from './next-item-questions';

/** What was found on one data set: plain data. */
export interface DataSetResult {
  readonly name: string;
  readonly title: string;
  /** What an event is. */
  readonly behavior: string;
  readonly note: string;
  readonly data: DataCharacteristics;
  readonly questions: NextItemQuestions;
  /** Of the trained model; null where only the baselines have been asked. */
  readonly training: { readonly bestEpoch: number; readonly epochs: number } | null;
  readonly maxEpochs: number;
}

/** The characteristics of all sets as a table in Markdown. */
export function characteristicsTable(results: readonly DataSetResult[]): string {
  return markdown(
    [
      'set',
      'an event is',
      'users',
      'items',
      'events',
      'a user: median',
      'mean',
      'longest',
      'density',
      'repeats',
      'items once',
      'Gini',
    ],
    results.map(({ title, behavior, data }) => [
      title,
      behavior,
      grouped(data.users),
      grouped(data.items),
      grouped(data.events),
      grouped(data.medianEvents),
      data.meanEvents.toFixed(1),
      grouped(data.longest),
      percent(data.density, 2),
      percent(data.repeatShare),
      percent(data.onceShare),
      data.gini.toFixed(2),
    ]),
  );
}

/**
 * The answers of all models to one of the questions, a line a set, in Markdown: HR@10 / NDCG@10, each with its
 * interval of 95 %.
 *
 * Numbers of different sets stand in one table on purpose and must not be compared down a column: each line has a protocol of its own.
 *
 * The largest NDCG@10 of a line stands in bold.
 *
 * @param which `newItem` leaves out sets that cannot be asked it
 */
export function answersTable(
  results: readonly DataSetResult[],
  which: 'newItem' | 'anyItem',
  models: readonly string[],
): string {
  const rows = results.flatMap(({ title, questions }) => {
    const question = questions[which];
    const users = question?.answers[0]?.metrics[0]?.users;
    return question && users ? [[title, grouped(users), ...cells(question, models)]] : [];
  });
  return markdown(['set', 'users asked', ...models], rows);
}

function cells({ answers }: NextItemQuestion, models: readonly string[]): string[] {
  const ndcgOf = (name: string): MetricValue | undefined =>
    answers.find((answer) => answer.name === name)?.metrics[1];
  const best = Math.max(...models.map((name) => ndcgOf(name)?.value ?? 0));
  return models.map((name) => {
    const metrics = answers.find((answer) => answer.name === name)?.metrics;
    if (!metrics) return '-';
    const [hitRate, ndcg] = metrics as [MetricValue, MetricValue];
    const value = digits(ndcg.value);
    const shown = best > 0 && ndcg.value === best ? `**${value}**` : value;
    return `${digits(hitRate.value)} (${between(hitRate.interval)}) / ${shown} (${between(ndcg.interval)})`;
  });
}

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const digits = (value: number, places = 4): string => value.toFixed(places).replace(/^0/, '');
const between = (interval: Interval | null): string =>
  interval ? `${digits(interval.low, 3)} to ${digits(interval.high, 3)}` : 'not known';
const percent = (share: number, places = 0): string => `${(100 * share).toFixed(places)} %`;
const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
