import { InputError } from 'behavior-lab/base/errors';
import { splitDefaults, type SplitSettings } from 'behavior-lab/experiments/split-settings';
import { momentMs, oneOf, realNumber, wholeNumber } from './command-line';

/** How a command names the split. */
export const splitUsage = `split
  --split METHOD         leave-one-out (default): each user's last event for the test, the one before for validation
                         time: what comes after two moments, the same for everybody
                         user: users of whom nothing is learned
  --predict WHAT         time, user: all | first | last held-out event of each user (default ${splitDefaults.predict})
  --validation-share X   time: of the events; user: of the users (default ${splitDefaults.validationShare})
  --test-share X         likewise (default ${splitDefaults.testShare})
  --validation-from DATE time: instead of shares, with ...
  --test-from DATE       ... the moment from which on events belong to the test (ISO 8601, UTC unless said)
  --fold-in X            user: share of a held-out user's events that is given as history (default ${splitDefaults.foldInShare})
  --split-seed S         user: which users are held out (default ${splitDefaults.seed})
`;

/** The options of `splitUsage`, for `parseArgs`. */
export const splitOptions = {
  split: { type: 'string' },
  predict: { type: 'string' },
  'validation-share': { type: 'string' },
  'test-share': { type: 'string' },
  'validation-from': { type: 'string' },
  'test-from': { type: 'string' },
  'fold-in': { type: 'string' },
  'split-seed': { type: 'string' },
} as const;

type SplitValues = { readonly [name in keyof typeof splitOptions]?: string | undefined };

const takenBy: Readonly<Record<Exclude<keyof typeof splitOptions, 'split'>, readonly string[]>> = {
  predict: ['time', 'user'],
  'validation-share': ['time', 'user'],
  'test-share': ['time', 'user'],
  'validation-from': ['time'],
  'test-from': ['time'],
  'fold-in': ['user'],
  'split-seed': ['user'],
};

/** Read a split from arguments; undefined for the default. @throws InputError naming the argument that is off */
export function readSplitOptions(values: SplitValues): SplitSettings | undefined {
  const method = oneOf('--split', values.split ?? 'leave-one-out', ['leave-one-out', 'time', 'user']);
  for (const [name, takers] of Object.entries(takenBy)) {
    if (values[name as keyof SplitValues] === undefined || takers.includes(method)) continue;
    throw new InputError(
      `--${name} means nothing for the split ${method}.`,
      `It goes with --split ${takers.join(' or ')}.`,
    );
  }
  if (method === 'leave-one-out') return undefined;
  const predict = oneOf('--predict', values.predict ?? splitDefaults.predict, ['all', 'first', 'last']);
  if (method === 'user') {
    const foldInShare = share('fold-in', values, splitDefaults.foldInShare);
    const seed = wholeNumber('--split-seed', values['split-seed'], splitDefaults.seed, 0);
    return { method, predict, ...readShares(values), foldInShare, seed };
  }
  const { 'validation-from': validation, 'test-from': test } = values;
  if (validation === undefined && test === undefined) return { method, predict, ...readShares(values) };
  if (validation === undefined || test === undefined) {
    throw new InputError('one of --validation-from and --test-from is missing.', 'Give both, or none.');
  }
  if (values['validation-share'] !== undefined || values['test-share'] !== undefined) {
    throw new InputError('the split is given by shares and by moments.', 'Give one of both.');
  }
  const [validationFromMs, testFromMs] = [
    momentMs('--validation-from', validation),
    momentMs('--test-from', test),
  ];
  if (!(validationFromMs < testFromMs)) {
    throw new InputError(
      `--validation-from ${validation} is not before --test-from ${test}.`,
      'The best epoch is chosen by what lies between them.',
    );
  }
  return { method, predict, validationFromMs, testFromMs };
}

function readShares(values: SplitValues): { validationShare: number; testShare: number } {
  const validationShare = share('validation-share', values, splitDefaults.validationShare);
  const testShare = share('test-share', values, splitDefaults.testShare);
  if (!(validationShare > 0 && testShare > 0 && validationShare + testShare < 1)) {
    throw new InputError(
      `--validation-share ${validationShare} and --test-share ${testShare} leave nothing for one of the parts.`,
      'Both above 0, together below 1.',
    );
  }
  return { validationShare, testShare };
}

const share = (name: keyof SplitValues, values: SplitValues, otherwise: number): number =>
  realNumber(`--${name}`, values[name], otherwise, { below: 1 });
