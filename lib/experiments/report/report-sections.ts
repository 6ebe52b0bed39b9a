import type { EvaluationReport } from './evaluation-report';
import { accuracySection, differencesSection, glanceSection } from './sections/accuracy';
import { conditionsSection } from './sections/conditions';
import { costsSection } from './sections/costs';
import { groupsSection } from './sections/groups';
import { listsSection, stabilitySection } from './sections/lists';
import type { ReportSection } from './sections/section';

/**
 * What stands on the page of a report, part by part.
 *
 * @source Mitchell et al., "Model Cards for Model Reporting", FAT* 2019 (conditions, groups and limits beside the numbers).
 */
export function reportSections(report: EvaluationReport): ReportSection[] {
  return [
    conditionsSection(report),
    glanceSection(report),
    accuracySection(report),
    differencesSection(report),
    listsSection(report),
    stabilitySection(report),
    groupsSection(report),
    costsSection(report),
    { title: 'What this does not say', text: report.notes.join(' '), tables: [] },
  ];
}
