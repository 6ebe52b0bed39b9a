/**
 * How the learning rate changes over a training. Plain data; a step is one update of the weights.
 *
 * - `constant`: it does not.
 * - `warmup`: rises in a straight line to the full rate at step `warmupSteps`, then stays.
 * - `cosine`: rises likewise, then falls along half a cosine to `finalShare` of the full rate at step `totalSteps`, and
 *   stays there.
 */
export type Schedule =
  | { readonly name: 'constant' }
  | { readonly name: 'warmup'; readonly warmupSteps: number }
  | {
      readonly name: 'cosine';
      readonly warmupSteps: number;
      readonly totalSteps: number;
      /** From 0 to 1. */
      readonly finalShare: number;
    };

/**
 * The learning rate of one step.
 *
 * @param learningRate the full rate
 * @param step         from 1
 * @throws RangeError when a setting or the step is outside its range
 * @source Warm-up: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", arXiv:1706.02677, 2017,
 *   section 2.2. Cosine: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, eq. 5,
 *   without restarts.
 * @differs Step s has the rate that `get_constant_schedule_with_warmup`, `get_cosine_schedule_with_warmup` (with
 *   `finalShare` 0) and `get_cosine_with_min_lr_schedule_with_warmup` of transformers give to `current_step` s; there the
 *   first update is `current_step` 0, so that it moves nothing under a warm-up. Without warm-up the cosine is PyTorch's
 *   `CosineAnnealingLR` with `T_max` totalSteps and `eta_min` finalShare times the full rate. Both of them rise again
 *   after the last step; here the rate stays.
 */
export function learningRateAt(schedule: Schedule, learningRate: number, step: number): number {
  checkSchedule(schedule);
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new RangeError(`learningRateAt: learningRate must be above 0, got ${learningRate}`);
  }
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(`learningRateAt: the step must be a whole number from 1, got ${step}`);
  }
  if (schedule.name === 'constant') return learningRate;
  const { warmupSteps } = schedule;
  if (step < warmupSteps) return (learningRate * step) / warmupSteps;
  if (schedule.name === 'warmup') return learningRate;
  const { totalSteps, finalShare } = schedule;
  const way = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
  return learningRate * (finalShare + ((1 - finalShare) * (1 + Math.cos(Math.PI * way))) / 2);
}

function checkSchedule(schedule: Schedule): void {
  if (schedule.name === 'constant') return;
  const { warmupSteps } = schedule;
  if (!Number.isInteger(warmupSteps) || warmupSteps < 0) {
    throw new RangeError(`schedule: warmupSteps must be a whole number from 0, got ${warmupSteps}`);
  }
  if (schedule.name === 'warmup') return;
  const { totalSteps, finalShare } = schedule;
  if (!Number.isInteger(totalSteps) || totalSteps <= warmupSteps) {
    throw new RangeError(
      `schedule: totalSteps must be a whole number above warmupSteps (${warmupSteps}), got ${totalSteps}`,
    );
  }
  if (!(finalShare >= 0 && finalShare <= 1)) {
    throw new RangeError(`schedule: finalShare must be from 0 to 1, got ${finalShare}`);
  }
}
