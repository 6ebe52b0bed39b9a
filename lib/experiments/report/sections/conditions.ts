import type { EvaluationReport } from '../evaluation-report';
import { percent, usersOf, type ReportSection } from './section';

/** What was asked of whom, and where. */
export function conditionsSection({
  protocol,
  surroundings,
  remarks,
  ...report
}: EvaluationReport): ReportSection {
  const { data, cut, split, candidates, seenItems, ties, seed } = protocol;
  const users = usersOf({ protocol, surroundings, remarks, ...report });
  const rows: [string, string][] = [
    ['data', `${data.name}, sha256 ${data.sha256.slice(0, 12)}`],
    ['', `${data.users} users, ${data.items} items, ${data.events} events`],
    ['removed before the split', cut],
    ['split', split],
    ['question', `${users} users: which item comes last, given everything before it?`],
    [
      'candidates',
      `${candidates === 'full' ? 'all items (full ranking)' : candidates}; items that the user had used are ${seenItems}, the right one never`,
    ],
    ['ties', `by ${ties}; ${percent(report.tiedShare)} of the subject's targets tie with another item`],
    ['repeats', `${percent(report.repeatShare)} of the targets had been used before by the same user`],
    ['seed of the subject', seed === null ? '-' : String(seed)],
  ];
  if (surroundings) {
    const { processor, device, backend, tensorflow, threads, node, behaviorLab, platform } = surroundings;
    rows.push([
      'machine',
      `${processor}, ${platform}; ${device}, ${threads === null ? 'all cores' : `${threads} threads`}`,
    ]);
    rows.push(['versions', `behavior-lab ${behaviorLab}, Node ${node}, ${backend} ${tensorflow ?? ''}`]);
  }
  return {
    title: 'Conditions',
    text: ['Every number below holds under these conditions alone.', ...remarks].join(' '),
    tables: [{ columns: ['', 'here'], rows }],
  };
}
