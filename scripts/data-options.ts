import { InputError } from 'behavior-lab/base/errors';
import { behaviors, isBehavior, type Behavior } from 'behavior-lab/data/event';
import { logFormats, type LogFormat, type ReadLogOptions } from 'behavior-lab/data/read-log';

/** How every command that reads events names them. */
export const dataUsage = `data
  --data FILE        events; .gz is read directly
  --format FORMAT    ${logFormats.join(' | ')}
                     pairs: "user item" a line, in time order; sequences: "user item item ..." a line
  --columns SPEC     csv: which column is what, user=USER,item=ITEM[,time=T][,behavior=B][,rating=R][,query=Q]
  --header NAMES     csv without a header: the names of its columns, separated by commas
  --delimiter C      csv: what separates the columns (default a comma; 'tab' for a tab)
  --behavior-names   csv: the file's words for behaviours, pv=click,buy=purchase
  --time-unit UNIT   csv: s | ms | iso (default ms)
  --behavior NAME    pairs and sequences: what the events are, ${behaviors.join(' | ')} (default click)
  --on-bad-row WHAT  error (default: stop and name the row) | drop (leave out and count)
`;

/** The options of `dataUsage`, for `parseArgs`. */
export const dataOptions = {
  data: { type: 'string' },
  format: { type: 'string' },
  columns: { type: 'string' },
  header: { type: 'string' },
  delimiter: { type: 'string' },
  'behavior-names': { type: 'string' },
  'time-unit': { type: 'string' },
  behavior: { type: 'string' },
  'on-bad-row': { type: 'string' },
} as const;

type DataValues = { readonly [name in keyof typeof dataOptions]?: string | undefined };

/** Options that only some formats take. */
const takenBy: { readonly [name in keyof typeof dataOptions]?: readonly LogFormat[] } = {
  columns: ['csv'],
  header: ['csv'],
  delimiter: ['csv'],
  'behavior-names': ['csv'],
  'time-unit': ['csv'],
  behavior: ['pairs', 'sequences'],
};

/** Read a file of events and its format from arguments. @throws InputError naming the argument that is off */
export function readDataOptions(values: DataValues): { readonly file: string } & ReadLogOptions {
  const { data: file, format, columns, behavior, 'time-unit': timeUnit, 'on-bad-row': onBadRow } = values;
  if (!file) throw new InputError('--data is missing.', 'Name a file of events.');
  if (!format || !(logFormats as readonly string[]).includes(format)) {
    throw new InputError(
      `--format is ${format ? `'${format}'` : 'missing'}.`,
      `Choose one of ${logFormats.join(', ')}.`,
    );
  }
  for (const [name, formats] of Object.entries(takenBy)) {
    if (values[name as keyof DataValues] !== undefined && !formats.includes(format as LogFormat)) {
      throw new InputError(
        `--${name} means nothing for the format ${format}.`,
        `It goes with ${formats.join(', ')}.`,
      );
    }
  }
  if (behavior !== undefined && !isBehavior(behavior)) {
    throw new InputError(`there is no behaviour '${behavior}'.`, `Choose one of ${behaviors.join(', ')}.`);
  }
  expectOneOf('--on-bad-row', onBadRow, ['error', 'drop']);
  expectOneOf('--time-unit', timeUnit, ['s', 'ms', 'iso']);
  if (format === 'csv' && !columns) {
    throw new InputError(
      '--columns is missing.',
      'Say which column is what: --columns user=USER,item=ITEM,time=TIME',
    );
  }
  return {
    file,
    format,
    ...(onBadRow && { onBadRow }),
    ...(behavior && { behavior }),
    ...(columns && { columns: readColumns(columns) }),
    ...(values.header && { header: values.header.split(',') }),
    ...(values.delimiter && { delimiter: values.delimiter === 'tab' ? '\t' : values.delimiter }),
    ...(values['behavior-names'] && { behaviorNames: readBehaviorNames(values['behavior-names']) }),
    ...(timeUnit && { timeUnit }),
  } as { file: string } & ReadLogOptions;
}

function expectOneOf(name: string, text: string | undefined, choices: readonly string[]): void {
  if (text !== undefined && !choices.includes(text)) {
    throw new InputError(`${name} is '${text}'.`, `Choose one of ${choices.join(', ')}.`);
  }
}

const columnNames = ['user', 'item', 'time', 'behavior', 'rating', 'query'];

function readColumns(spec: string): Record<string, string> {
  const columns = new Map<string, string>();
  for (const part of spec.split(',')) {
    const [name, column] = part.split('=', 2);
    if (!columnNames.includes(name!) || !column) {
      throw new InputError(
        `--columns does not understand '${part}'.`,
        `Write NAME=COLUMN with NAME one of ${columnNames.join(', ')}.`,
      );
    }
    if (columns.has(name!)) throw new InputError(`--columns names ${name} twice.`, 'Name each once.');
    columns.set(name!, column);
  }
  for (const name of ['user', 'item']) {
    if (!columns.has(name)) throw new InputError(`--columns names no ${name}.`, `Add ${name}=COLUMN.`);
  }
  return Object.fromEntries(columns);
}

function readBehaviorNames(spec: string): Record<string, Behavior> {
  return Object.fromEntries(
    spec.split(',').map((part) => {
      const [word, behavior] = part.split('=', 2);
      if (!word || !behavior || !isBehavior(behavior)) {
        throw new InputError(
          `--behavior-names does not understand '${part}'.`,
          `Write WORD=BEHAVIOUR with BEHAVIOUR one of ${behaviors.join(', ')}.`,
        );
      }
      return [word, behavior];
    }),
  );
}
