import { InputError } from 'behavior-lab/base/errors';
import type { OnBadRow } from 'behavior-lab/data/bad-rows';
import { behaviors, isBehavior, type Behavior } from 'behavior-lab/data/event';
import type { BesideFiles } from 'behavior-lab/data/known-beside';
import { tableFormats } from 'behavior-lab/data/formats/catalogue';
import type { TimeUnit } from 'behavior-lab/data/parse-number';
import type { LogFormat } from 'behavior-lab/data/read-log';
import type { FieldOf, TableFormat } from 'behavior-lab/data/tables/table-format';
import type { DataSettings } from 'behavior-lab/experiments/load-data';
import type { CleaningRules } from 'behavior-lab/preprocessing/cleaning/rules';
import { momentMs, wholeNumber } from './command-line';

/** Formats without columns to declare. */
const plainFormats = ['pairs', 'sequences', 'recbole'] as const satisfies readonly LogFormat[];
/** Formats whose columns are declared with --columns. */
const declaredFormats = ['csv', 'tsv', 'ndjson', 'parquet'] as const;
const formats: readonly string[] = [...plainFormats, ...declaredFormats, ...Object.keys(tableFormats)];

const columnNames: readonly (keyof FieldOf)[] = [
  'user',
  'item',
  'time',
  'behavior',
  'rating',
  'query',
  'session',
  'category',
  'price',
  'dwell',
];

/** How every command that reads events names them. */
export const dataUsage = `data
  --data FILE        events; .gz is read directly
  --format FORMAT    ${plainFormats.join(' | ')} | ${declaredFormats.join(' | ')}
                     pairs: "user item" a line, in time order; sequences: "user item item ..." a line
                     or that of a public data set: ${Object.keys(tableFormats).join(', ')}
  --columns SPEC     csv, tsv, ndjson, parquet: which column is what, user=USER,item=ITEM[,time=T][,behavior=B]
                     [,rating=R][,query=Q][,session=S][,category=C][,price=P][,dwell=D]
  --header NAMES     csv or tsv without a header: the names of its columns, separated by commas
  --delimiter C      csv: what separates the columns (default a comma; 'tab' for a tab)
  --behavior-names   csv, tsv, ndjson, parquet: the file's words for behaviours, pv=click,buy=purchase
  --time-unit UNIT   csv, tsv, ndjson, parquet: s | ms | iso (default ms), or a pattern like %d/%m/%Y %H:%M
                     times without a zone are read as UTC
  --behavior NAME    what the events are where no column says it, ${behaviors.join(' | ')} (default click)
  --items FILE       what is known of items: CSV with item_id and any of title, categories (a|b), year, price
  --users FILE       what is known of users: CSV with user_id; every other column is a field of the profile
  --friends FILE     who is whose friend: "user friend" a line, a line each way
  --on-bad-row WHAT  error (default: stop and name the row) | drop (leave out and count)
cleaning (nothing is dropped unless asked; every row is accounted for)
  --behaviors NAMES        only events of these, separated by commas
  --from DATE              no event before this time (ISO 8601, UTC unless said)
  --until DATE             no event after this time
  --drop-duplicates        one of several events that are equal in everything
  --repeat-minutes N       a view of the same item at most N minutes after the one before is a part of it
  --drop-anomalous-users   users unlike all others: too many events, or as regular as a machine
  --min-user-events N      users with at least N events, and ...
  --min-item-events N      ... items with at least N, until all that stay have enough (k-core)
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
  items: { type: 'string' },
  users: { type: 'string' },
  friends: { type: 'string' },
  'on-bad-row': { type: 'string' },
  behaviors: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  'drop-duplicates': { type: 'boolean' },
  'repeat-minutes': { type: 'string' },
  'drop-anomalous-users': { type: 'boolean' },
  'min-user-events': { type: 'string' },
  'min-item-events': { type: 'string' },
} as const;

type DataValues = {
  readonly [name in keyof typeof dataOptions]?:
    ((typeof dataOptions)[name]['type'] extends 'boolean' ? boolean : string) | undefined;
};

/** Options that only some formats take. */
const takenBy: { readonly [name in keyof typeof dataOptions]?: readonly string[] } = {
  columns: declaredFormats,
  header: ['csv', 'tsv'],
  delimiter: ['csv'],
  'behavior-names': declaredFormats,
  'time-unit': declaredFormats,
  behavior: ['pairs', 'sequences', ...declaredFormats],
};

/** Read a file of events, its format and what to drop from arguments. @throws InputError naming the argument that is off */
export function readDataOptions(values: DataValues): DataSettings {
  const { data: file, format, behavior } = values;
  if (!file) throw new InputError('--data is missing.', 'Name a file of events.');
  if (!format || !formats.includes(format)) {
    throw new InputError(
      `--format is ${format ? `'${format}'` : 'missing'}.`,
      `Choose one of ${formats.join(', ')}.`,
    );
  }
  for (const [name, takers] of Object.entries(takenBy)) {
    if (values[name as keyof DataValues] !== undefined && !takers.includes(format)) {
      throw new InputError(
        `--${name} means nothing for the format ${format}.`,
        `It goes with ${takers.join(', ')}.`,
      );
    }
  }
  if (behavior !== undefined && !isBehavior(behavior)) {
    throw new InputError(`there is no behaviour '${behavior}'.`, `Choose one of ${behaviors.join(', ')}.`);
  }
  const onBadRow = readOnBadRow(values['on-bad-row']);
  const cleaning = readCleaning(values);
  const common = {
    file,
    ...readBesideOptions(values),
    ...(onBadRow && { onBadRow }),
    ...(cleaning && { cleaning }),
  } as const;
  switch (format) {
    case 'pairs':
      return { ...common, format, ...(behavior && { behavior }) };
    case 'sequences':
      return { ...common, format, ...(behavior && { behavior }) };
    case 'recbole':
      return { ...common, format };
    default:
      return { ...common, format: 'table', layout: tableFormats[format] ?? declaredLayout(format, values) };
  }
}

/** Refuse files beside the events for a command that reads nothing of them. @throws InputError */
export function refuseBeside(
  values: Pick<DataValues, 'items' | 'users' | 'friends'>,
  names: readonly ('items' | 'users' | 'friends')[],
  why: string,
): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given !== undefined)
    throw new InputError(`nothing reads what --${given} says.`, `Leave it out: ${why}.`);
}

/** The files that say what items and users are, and who are friends. */
export const readBesideOptions = ({
  items,
  users,
  friends,
}: Pick<DataValues, 'items' | 'users' | 'friends'>): BesideFiles => ({
  ...(items !== undefined && { itemsFile: items }),
  ...(users !== undefined && { usersFile: users }),
  ...(friends !== undefined && { friendsFile: friends }),
});

function readOnBadRow(text: string | undefined): OnBadRow | undefined {
  if (text === undefined || text === 'error' || text === 'drop') return text;
  throw new InputError(`--on-bad-row is '${text}'.`, 'Choose one of error, drop.');
}

function declaredLayout(format: string, values: DataValues): TableFormat {
  const { columns, header, delimiter, behavior, 'time-unit': timeUnit } = values;
  if (!columns) {
    throw new InputError(
      '--columns is missing.',
      'Say which column is what: --columns user=USER,item=ITEM,time=TIME',
    );
  }
  const separator = format === 'tsv' ? 'tab' : delimiter;
  return {
    kind: format === 'tsv' ? 'csv' : (format as 'csv' | 'ndjson' | 'parquet'),
    columns: readColumns(columns),
    ...(header && { fields: header.split(',') }),
    ...(separator && { delimiter: separator === 'tab' ? '\t' : separator }),
    ...(values['behavior-names'] && { behaviorNames: readBehaviorNames(values['behavior-names']) }),
    ...(timeUnit && { timeUnit: readTimeUnit(timeUnit) }),
    ...(behavior && { behavior: behavior as Behavior }),
  };
}

function readCleaning(values: DataValues): CleaningRules | null {
  const { behaviors: names, from, until, 'repeat-minutes': repeat } = values;
  const count = (name: 'min-user-events' | 'min-item-events'): number | undefined =>
    values[name] === undefined ? undefined : wholeNumber(`--${name}`, values[name], 1);
  if (from !== undefined && until !== undefined && momentMs('--from', from) > momentMs('--until', until))
    throw new InputError(`--from ${from} is after --until ${until}.`, 'Exchange them.');
  const [perUser, perItem] = [count('min-user-events'), count('min-item-events')];
  const rules: CleaningRules = {
    ...(names !== undefined && { behaviors: names.split(',').map(asBehavior) }),
    ...(from !== undefined && { earliestMs: momentMs('--from', from) }),
    ...(until !== undefined && { latestMs: momentMs('--until', until) }),
    ...(values['drop-duplicates'] && { dropDuplicates: true }),
    ...(repeat !== undefined && { repeatWindowMs: 60_000 * wholeNumber('--repeat-minutes', repeat, 1) }),
    ...(values['drop-anomalous-users'] && { anomalousUsers: {} }),
    ...(perUser !== undefined && { minEventsPerUser: perUser }),
    ...(perItem !== undefined && { minEventsPerItem: perItem }),
  };
  return Object.keys(rules).length === 0 ? null : rules;
}

function asBehavior(text: string): Behavior {
  if (isBehavior(text)) return text;
  throw new InputError(`there is no behaviour '${text}'.`, `Choose of ${behaviors.join(', ')}.`);
}

function readTimeUnit(text: string): TimeUnit | { readonly pattern: string } {
  if (text === 's' || text === 'ms' || text === 'iso') return text;
  if (text.includes('%')) return { pattern: text };
  throw new InputError(`--time-unit is '${text}'.`, 'Choose one of s, ms, iso, or a pattern with %.');
}

function readColumns(spec: string): FieldOf {
  const columns = new Map<string, string>();
  for (const part of spec.split(',')) {
    const [name, column] = part.split('=', 2);
    if (!(columnNames as readonly string[]).includes(name!) || !column) {
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
  return Object.fromEntries(columns) as unknown as FieldOf;
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
