import { roundTo } from '../../../figures/round';
import type { EvaluationReport } from '../evaluation-report';
import type { ReportSection } from './section';

/** Time and memory. */
export function costsSection({ models, cost }: EvaluationReport): ReportSection {
  return {
    title: 'What it costs',
    text:
      'p50 and p99: milliseconds until the scores of one user are there, for half and for 99 of 100 users. Users a second: 256 asked at once. Process: ' +
      'resident memory after the model was measured, with everything that the process holds. Parameters: numbers that training sets, 4 bytes each. ' +
      `The whole report took ${roundTo(cost.seconds, 3)} s, and the process held ${Math.round(cost.peakMB)} MB at most.`,
    tables: [
      models.map(({ name, times, parameters, training }) => ({
        model: name,
        parameters,
        'training (s)': training && Math.round(training.seconds),
        epochs: training && training.epochs,
        'best epoch': training && training.bestEpoch,
        'p50 (ms)': roundTo(times.p50Ms, 3),
        'p99 (ms)': roundTo(times.p99Ms, 3),
        'users a second': Math.round(times.usersPerSecond),
        'process (MB)': Math.round(times.residentMB),
      })),
    ],
  };
}
