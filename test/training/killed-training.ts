import { startBackend } from '../../lib/nn/backend';
import { train, type TrainingPlan, type TrainingResult } from '../../lib/training/train';
import { lstmBatch, lstmPlan, numbersOf } from './lstm-plan';

/** Train a small LSTM for ten epochs; end this process by SIGKILL when `killAt` (`epoch:step`) is done. */
export async function killedTraining(
  folder: string,
  killAt?: string,
): Promise<{ result: TrainingResult; bits: string; firstStep: string; said: string[] }> {
  const plan = lstmPlan();
  const steps: string[] = [];
  const said: string[] = [];
  const training: TrainingPlan<number> = {
    ...plan,
    clipNorm: plan.clipNorm!,
    engine: 'graph',
    schedule: { name: 'cosine', warmupSteps: 8, totalSteps: 40, finalShare: 0.1 },
    // Two lengths that come in another order in every epoch.
    batches: (epoch) => [0, 1, 2, 3].map((index) => 4 * epoch + ((index + epoch) % 4)),
    inputs: (batch) => lstmBatch(batch, batch % 3 === 0 ? 7 : 5),
    weight: (batch) => 1 + (batch % 3),
    // Best in epoch 7: after the interruption, and not the last.
    validate: () => Promise.resolve(-Math.abs(plan.optimiser.step - 28)),
    maxEpochs: 10,
    patience: 10,
    batchSize: 4,
    folder,
    say: (sentence) => said.push(sentence),
    onProgress: ({ epoch, step }) => {
      steps.push(`${epoch}:${step}`);
      if (steps.at(-1) === killAt) process.kill(process.pid, 'SIGKILL');
    },
  };
  const result = await train(training);
  const bits = [...numbersOf(plan)]
    .map(([, values]) => Buffer.from(values.buffer).toString('hex'))
    .join('\n');
  return { result, bits, firstStep: steps[0]!, said };
}

if (require.main === module) {
  void startBackend().then(() => killedTraining(process.argv[2]!, process.argv[3]));
}
