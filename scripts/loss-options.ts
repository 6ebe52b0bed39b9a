import { InputError } from 'behavior-lab/base/errors';
import { nextItemLossNames, type NextItemLoss } from 'behavior-lab/objectives/next-item-losses';
import { oneOf, realNumber, wholeNumber } from './command-line';

/** Usual settings of the losses that sample. */
const presets = { negatives: 1, calibration: 0.75 };

/** How a command names the loss. */
export const lossUsage = `  --loss NAME        ${nextItemLossNames.join(' | ')} (default cross-entropy, over all items)
  --negatives N      all others: sampled negatives, of each target or for both softmaxes of a batch (default ${presets.negatives})
  --calibration T    gbce: 0 to 1 (default ${presets.calibration})
`;

/** The options of `lossUsage`, for `parseArgs`. */
export const lossOptions = {
  loss: { type: 'string' },
  negatives: { type: 'string' },
  calibration: { type: 'string' },
} as const;

type LossValues = { readonly [name in keyof typeof lossOptions]?: string | undefined };

/** Read a loss from arguments; undefined for the default. @throws InputError naming the argument that is off */
export function readLossOptions(values: LossValues): NextItemLoss | undefined {
  const name = oneOf('--loss', values.loss ?? 'cross-entropy', nextItemLossNames);
  if (values.calibration !== undefined && name !== 'gbce') {
    throw new InputError(`--calibration means nothing for ${name}.`, 'It goes with --loss gbce.');
  }
  if (name === 'cross-entropy') {
    if (values.negatives === undefined) return undefined;
    throw new InputError('--negatives means nothing for cross-entropy.', 'Choose another --loss.');
  }
  const negatives = wholeNumber('--negatives', values.negatives, presets.negatives);
  if (name !== 'gbce') return { name, negatives };
  const calibration = realNumber('--calibration', values.calibration, presets.calibration);
  if (calibration > 1) {
    throw new InputError(`--calibration is '${values.calibration}'.`, 'It must be a number from 0 to 1.');
  }
  return { name, negatives, calibration };
}
