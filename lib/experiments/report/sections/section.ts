import type { Chart } from '../../../figures/chart';
import { roundTo } from '../../../figures/round';
import type { Table } from '../../../figures/table';
import type { EvaluationReport } from '../evaluation-report';

/** A part of a report's page: what it is about, its tables, its figure. */
export interface ReportSection {
  readonly title: string;
  readonly text: string;
  readonly tables: readonly (Table | readonly object[])[];
  readonly chart?: Chart;
}

/** A share as it is printed: 12.3 %. */
export const percent = (share: number): string => `${roundTo(100 * share, 2)} %`;

/** The ends of an interval as they are printed. */
export const fromTo = (low: number, high: number, digits = 4): string =>
  `${low.toFixed(digits)} to ${high.toFixed(digits)}`;

/** Users who were asked. */
export const usersOf = ({ models }: EvaluationReport): number => models[0]!.metrics[0]!.users;
