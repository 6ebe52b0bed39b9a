// The table of environment.md.
import { SetupFault } from '../setup/fault.mjs';

const begin = '<!-- doctor: begin (made by `npm run doctor -- --write`) -->';
const end = '<!-- doctor: end -->';

/** @param {readonly import('./findings.mjs').Finding[]} found */
export function environmentTable(found) {
  const rows = found
    .filter(({ isLocal }) => !isLocal)
    .map(({ topic, value }) => `| ${topic} | ${cell(value)} |`);
  return ['| what | here |', '|---|---|', ...rows].join('\n');
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/**
 * @param {string} text of the document
 * @param {string} table
 * @throws {SetupFault} when the document has lost its markers
 */
export function replaceBetweenMarkers(text, table) {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) {
    throw new SetupFault(
      'environment.md has lost the markers of its table',
      `Put the lines \`${begin}\` and \`${end}\` back where the table belongs.`,
    );
  }
  return `${text.slice(0, from)}${begin}\n${table}\n${text.slice(to)}`;
}
