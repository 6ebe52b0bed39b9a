import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/errors';
import { replaceFile } from '../../base/replace-file';
import { toSvg } from '../../figures/save-chart';
import { tableToHtml, tableToMarkdown, type Table } from '../../figures/table';
import type { EvaluationReport } from './evaluation-report';
import { reportSections } from './report-sections';

/** A report as three files, none of which needs another one or a network. */
export interface ReportPage {
  readonly html: string;
  readonly markdown: string;
  /** The report itself. */
  readonly json: string;
}

/**
 * Write a report as a page: HTML with its pictures within, Markdown with the same tables and pictures, and JSON with all numbers.
 *
 * The page opens without a network and without a program. The same report gives the same text. Markdown holds its pictures as data at its
 * end: editors and JupyterLab show them, some sites leave them out.
 *
 * @source Mitchell et al., "Model Cards for Model Reporting", FAT* 2019 (conditions, groups and limits beside the numbers).
 */
export async function reportPage(report: EvaluationReport): Promise<ReportPage> {
  const title = `${report.subject}: an evaluation`;
  const sections = await Promise.all(
    reportSections(report).map(async ({ chart, ...section }, place) => ({
      ...section,
      tables: section.tables.filter(isFilled),
      figure: chart && {
        id: `figure-${place}`,
        title: chart.title,
        // All figures of a page share one space of ids.
        svg: (await toSvg(chart)).replaceAll(/\bpart-(\d+)\b/g, `figure-${place}-part-$1`),
      },
    })),
  );
  const html = sections.map(
    ({ title: name, text, tables, figure }) =>
      `<section>\n<h2>${escape(name)}</h2>\n<p>${escape(text)}</p>\n` +
      `${tables.map((table) => `<div class="wide">${tableToHtml(table)}</div>\n`).join('')}` +
      `${figure ? `<figure role="img" aria-label="${escape(figure.title)}">${figure.svg}</figure>\n` : ''}</section>`,
  );
  const markdown = sections.map(
    ({ title: name, text, tables, figure }) =>
      `## ${name}\n\n${text}\n${tables.map((table) => `\n${tableToMarkdown(table)}\n`).join('')}` +
      `${figure ? `\n![${figure.title}][${figure.id}]\n` : ''}`,
  );
  const pictures = sections.flatMap(({ figure }) =>
    figure
      ? [`[${figure.id}]: data:image/svg+xml;base64,${Buffer.from(figure.svg).toString('base64')}\n`]
      : [],
  );
  return {
    html:
      `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n` +
      `<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${escape(title)}</title>\n<style>${style}</style>\n` +
      `</head>\n<body>\n<h1>${escape(title)}</h1>\n${html.join('\n')}\n</body>\n</html>\n`,
    markdown: `# ${title}\n\n${markdown.join('\n')}\n${pictures.join('')}`,
    json: `${JSON.stringify(report, null, 2)}\n`,
  };
}

/** The files of a report, in the order in which they are written. */
export const reportFiles = ['report.json', 'report.md', 'report.html'] as const;

/**
 * Write the page of a report into a folder: report.html, report.md and report.json.
 *
 * @returns the path of report.html
 * @throws InputError when the folder cannot be written
 */
export async function saveReport(report: EvaluationReport, folder: string): Promise<string> {
  const { html, markdown, json } = await reportPage(report);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [place, text] of [json, markdown, html].entries())
      replaceFile(join(folder, reportFiles[place]!), [Buffer.from(text)]);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `the report cannot be written (${(error as Error).message}).`,
      'Free the disk or choose another folder.',
      { file: folder },
    );
  }
  return join(folder, 'report.html');
}

const isFilled = (table: Table | readonly object[]): boolean =>
  'rows' in table ? table.rows.length > 0 && table.columns.length > 1 : table.length > 0;

const style =
  'body{font-family:DejaVu Sans,Verdana,Helvetica,Arial,sans-serif;max-width:62em;margin:2em auto;padding:0 1em;color:#222;line-height:1.45}' +
  'h2{margin-top:2em;border-bottom:1px solid #ddd}table{border-collapse:collapse;margin:1em 0;font-size:85%}' +
  'th,td{padding:.25em .7em;border-bottom:1px solid #ddd;vertical-align:top}th{border-bottom:2px solid #bbb}' +
  '.wide{overflow-x:auto}figure{margin:1em 0}svg{max-width:100%;height:auto}';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
