import { parseArgs, type ParseArgsConfig } from 'node:util';
import { InputError } from 'behavior-lab/base/errors';
import { parseTimeMs } from 'behavior-lab/data/parse-number';

/**
 * Run a command of the project: parse its arguments, print its usage on --help, and end with one clear
 * sentence and exit code 1 for an error that the user can put right.
 *
 * @param argument what the one argument without a name is, if the command takes one: 'a folder'
 */
export function runCommand<Options extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: Options,
  body: (
    values: ReturnType<typeof parseArgs<{ options: Options }>>['values'],
    argument: string,
  ) => Promise<void>,
  argument?: string,
): void {
  type Parsed = ReturnType<typeof parseArgs<{ options: Options; allowPositionals: boolean }>>;
  const parse = (): Parsed => {
    try {
      return parseArgs({ options, strict: true, allowPositionals: argument !== undefined });
    } catch (error) {
      throw new InputError(`${(error as Error).message.split('. ')[0]}.`, 'See --help.');
    }
  };
  const run = async (): Promise<void> => {
    const { values, positionals } = parse();
    if ((values as { help?: boolean }).help) return void process.stdout.write(usage);
    if (argument !== undefined && positionals.length !== 1)
      throw new InputError(`${positionals.length} arguments are given.`, `Name ${argument}; see --help.`);
    await body(values, positionals[0] ?? '');
  };
  run().catch((error: unknown) => {
    if (error instanceof InputError) process.stderr.write(`\n${inOptions(error.message)}\n`);
    else if (isSystemError(error))
      process.stderr.write(`\n${error.message}. Check the path, its rights and the disk.\n`);
    else
      process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}

/** The library names its own settings; who types a command knows options. */
const inOptions = (message: string): string =>
  message
    .replaceAll("onBadRow: 'drop'", '--on-bad-row drop')
    .replaceAll(/\bset timeUnit to/g, 'set --time-unit to')
    .replaceAll(/\bwith behaviorNames\b/g, 'with --behavior-names')
    .replaceAll('with columns: { user, item, time, ... }', 'with --columns user=...,item=...,time=...');

/** Read a whole number from an argument. @throws InputError naming the argument */
export function wholeNumber(name: string, text: string | undefined, fallback: number, least = 1): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new InputError(`${name} is '${text}'.`, `It must be a whole number from ${least}.`);
  }
  return value;
}

/** Read a number from 0 from an argument. @throws InputError naming the argument */
export function realNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  { below = Infinity, positive = false }: { readonly below?: number; readonly positive?: boolean } = {},
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < below) || (positive && value === 0)) {
    throw new InputError(
      `${name} is '${text}'.`,
      `It must be a number ${positive ? 'above' : 'from'} 0${below < Infinity ? ` to below ${below}` : ''}.`,
    );
  }
  return value;
}

/** A moment written as ISO 8601, UTC unless it says otherwise, in ms since 1970-01-01 UTC. @throws InputError naming the option */
export function momentMs(name: string, text: string): number {
  const timeMs = parseTimeMs(text, 'iso');
  if (timeMs !== null) return timeMs;
  throw new InputError(`${name} is '${text}'.`, 'Write a date like 2024-03-01 or 2024-03-01T08:15:00Z.');
}

/** The operating system refused a file: the message names call and path, and a stack would say no more. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { code, path } = error as NodeJS.ErrnoException;
  return error instanceof Error && typeof code === 'string' && typeof path === 'string';
}

/** Read one of a few words from an argument. @throws InputError naming the argument and the words */
export function oneOf<const Words extends readonly string[]>(
  name: string,
  text: string,
  words: Words,
): Words[number] {
  if (!words.includes(text))
    throw new InputError(`${name} is '${text}'.`, `Choose one of ${words.join(', ')}.`);
  return text;
}
