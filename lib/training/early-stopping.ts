/** Which values of a metric are better: `larger` for NDCG and accuracy, `smaller` for a loss or an error. */
export type Better = 'larger' | 'smaller';

/** What has been seen of the validation metric so far. Plain data, part of a checkpoint. */
export interface EarlyStopping {
  readonly better: Better;
  /** Epochs without a better value before training stops. */
  readonly patience: number;
  /** 0 before the first epoch. */
  readonly bestEpoch: number;
  /** An infinity before the first epoch. */
  readonly bestValue: number;
  readonly epochsSinceBest: number;
}

/** Before the first epoch. @throws RangeError when `patience` is not a whole number from 1 */
export function startEarlyStopping(patience: number, better: Better = 'larger'): EarlyStopping {
  if (!Number.isInteger(patience) || patience < 1) {
    throw new RangeError(`startEarlyStopping: patience must be a whole number from 1, got ${patience}`);
  }
  const bestValue = better === 'larger' ? -Infinity : Infinity;
  return { better, patience, bestEpoch: 0, bestValue, epochsSinceBest: 0 };
}

/**
 * Note an epoch's value of any validation metric; an equal value is no improvement.
 *
 * @source Prechelt, "Early Stopping - But When?", 1998, section 2.2.
 * @differs Counts the epochs since the best value; the paper's UP criterion counts successive worse ones.
 * @throws Error when the value is not a finite number
 */
export function observe(state: EarlyStopping, epoch: number, value: number): EarlyStopping {
  if (!Number.isFinite(value))
    throw new Error(`early stopping: the validation metric of epoch ${epoch} is ${value}`);
  const isBetter = state.better === 'larger' ? value > state.bestValue : value < state.bestValue;
  // Whatever the first epoch reaches is the best: JSON, and so a checkpoint, cannot hold the infinity before it.
  return isBetter || state.bestEpoch === 0
    ? { ...state, bestEpoch: epoch, bestValue: value, epochsSinceBest: 0 }
    : { ...state, epochsSinceBest: state.epochsSinceBest + 1 };
}

/** Whether the last epoch noted was the best so far. */
export const isBest = (state: EarlyStopping): boolean => state.bestEpoch > 0 && state.epochsSinceBest === 0;

/** Whether patience has run out. */
export const shouldStop = (state: EarlyStopping): boolean => state.epochsSinceBest >= state.patience;
