import { existsSync } from 'node:fs';
import type { parseArgs } from 'node:util';
import { InputError } from 'behavior-lab/base/errors';
import { encoderCatalogue, encoderOf, type EncoderName } from 'behavior-lab/experiments/encoder-catalogue';
import { klDefaults, type KlAnnealing } from 'behavior-lab/experiments/learning/kl-annealing';
import {
  defaultObjectives,
  groupsUsers,
  learnsNextItems,
  type ObjectiveSettings,
} from 'behavior-lab/experiments/learning/objective-settings';
import { defaultMaskShare, defaultPrefixShare } from 'behavior-lab/experiments/learning/window-questions';
import { runExperiment, settingsOf, type ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import { startRun } from 'behavior-lab/experiments/start-run';
import { defaultLength, trainingDefaults, type EpochSchedule } from 'behavior-lab/experiments/train-encoder';
import { metricTable } from 'behavior-lab/evaluation/protocol';
import { tableToText } from 'behavior-lab/figures/table';
import { optimiserDefaults, type OptimiserConfig } from 'behavior-lab/training/optimiser';
import { terminalProgress } from 'behavior-lab/training/progress-bar';
import { oneOf, realNumber, runCommand, wholeNumber } from './command-line';
import { dataOptions, dataUsage, readDataOptions } from './data-options';
import { encoderOptions, encoderUsage, readEncoderOptions } from './encoder-options';
import { augmentationOptions, augmentationUsage, readAugmentationOptions } from './augmentation-options';
import { lossOptions, lossUsage, readLossOptions } from './loss-options';
import { objectiveOptions, objectiveUsage, readObjectiveOptions } from './objective-options';
import { readSideOptions, sideOptions, sideUsage } from './side-options';
import { readSplitOptions, splitOptions, splitUsage } from './split-options';

/** Encoders that learn by hidden items. */
const bidirectional = (Object.keys(encoderCatalogue) as EncoderName[]).filter(
  (name) => encoderOf(name).maskIndex !== undefined,
);

/** Encoders that learn from beginnings of windows. */
const once = (Object.keys(encoderCatalogue) as EncoderName[]).filter((name) => encoderOf(name).answersOnce);

/** Encoders that draw from a distribution. */
const variational = (Object.keys(encoderCatalogue) as EncoderName[]).filter(
  (name) => encoderOf(name).isVariational,
);

const usage = `Train an encoder on a file of events and measure it beside its baselines.

  npm run experiment -- --data FILE --format FORMAT --out DIR [options]
  npm run experiment -- --resume DIR

${dataUsage}
${splitUsage}
model and training
${encoderUsage}${sideUsage}  --length T         events that the encoder reads (default ${defaultLength})
  --epochs N         at most this many (default ${trainingDefaults.maxEpochs})
  --patience N       epochs without a better validation, by NDCG@10 where next items are learned (default ${trainingDefaults.patience})
  --keep WHICH       best | last: the best epoch by validation, or the last of all (default best; with dec it is last)
  --batch N          windows in a step (default ${trainingDefaults.batchSize})
  --window-length N  next items: events of a window at most (default: --length)
  --length-buckets N lengths that batches may have, T, T/2, T/4 ...: less padding where most histories are short
                     (default 4 where more than half would be padding, else 1)
${objectiveUsage}${augmentationUsage}${lossUsage}  --mask-share X     ${bidirectional.join(', ')}: share of items that are hidden to be named (default ${defaultMaskShare})
  --prefix-share X   ${once.join(', ')}: share of each window's beginnings that are asked in an epoch (default ${defaultPrefixShare})
  --kl X             ${variational.join(', ')}: weight of the divergence, reached after --kl-epochs (default ${klDefaults.weight})
  --kl-epochs N      ${variational.join(', ')}: 0 for the full weight at once (default ${klDefaults.epochs})
  --optimiser NAME   adamw | adam | sgd (default adamw)
  --lr X             learning rate (default ${trainingDefaults.optimiser.learningRate})
  --weight-decay X   adamw: decay of matrices (default ${trainingDefaults.optimiser.weightDecay})
  --l2 X             adam, sgd: penalty on matrices (default 0)
  --momentum X       sgd: 0 to below 1 (default ${optimiserDefaults.sgd.momentum})
  --schedule NAME    constant | warmup | cosine (default constant); a cosine ends with --epochs
  --warmup X         epochs until the full learning rate; for warmup and cosine (default 1)
  --clip X           longest gradient (default ${trainingDefaults.clipNorm})
  --seed S           of weights, windows and dropout (default ${trainingDefaults.seed})
  --engine NAME      graph | eager: a step as one native graph, or one operation after the other (default graph)

machine
  --threads N        within one operation; part of the result's last bits
                     (default TF_NUM_INTRAOP_THREADS, or the best of this machine: npm run calibrate)

result
  --out DIR          a new folder: run.json, ranks.csv, config.json, vocabulary.json, weights.safetensors
  --resume DIR       go on with an interrupted run, bit for bit (Ctrl-C or kill -9 interrupt one)
  --background       run on when this terminal is closed; npm run watch -- DIR follows it
`;

const options = {
  ...dataOptions,
  ...splitOptions,
  ...encoderOptions,
  ...sideOptions,
  ...objectiveOptions,
  ...augmentationOptions,
  ...lossOptions,
  'mask-share': { type: 'string' },
  'prefix-share': { type: 'string' },
  kl: { type: 'string' },
  'kl-epochs': { type: 'string' },
  length: { type: 'string' },
  epochs: { type: 'string' },
  patience: { type: 'string' },
  keep: { type: 'string' },
  batch: { type: 'string' },
  'window-length': { type: 'string' },
  'length-buckets': { type: 'string' },
  lr: { type: 'string' },
  'weight-decay': { type: 'string' },
  optimiser: { type: 'string' },
  l2: { type: 'string' },
  momentum: { type: 'string' },
  schedule: { type: 'string' },
  warmup: { type: 'string' },
  engine: { type: 'string' },
  clip: { type: 'string' },
  seed: { type: 'string' },
  threads: { type: 'string' },
  out: { type: 'string' },
  resume: { type: 'string' },
  background: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function readSettings(values: Values): { settings: ExperimentSettings; folder: string } {
  const { resume, out } = values;
  if (resume !== undefined) {
    const others = Object.keys(values).filter((name) => name !== 'resume' && name !== 'background');
    if (others.length > 0) {
      throw new InputError(
        `--resume takes no --${others[0]}.`,
        'A resumed run keeps the settings it began with.',
      );
    }
    return { settings: settingsOf(resume), folder: resume };
  }
  if (!out) throw new InputError('--out is missing.', 'Name a folder for the results.');
  const training = trainingDefaults;
  const objectives = readObjectiveOptions(values);
  const loss = readLossOptions(values);
  const encoder = readEncoderOptions(values);
  const maskShare = readMaskShare(values['mask-share'], encoder.encoder);
  const prefixShare = readPrefixShare(values['prefix-share'], encoder.encoder);
  const kl = readKl(values, encoder.encoder);
  const { side, texts, nextChannels } = readSideOptions(values, encoder.encoder, encoder.config);
  const augmentation = readAugmentationOptions(values, {
    learnsNextItems: learnsNextItems(objectives ?? defaultObjectives),
    readsChannels: (side?.channels ?? []).length > 0,
  });
  const split = readSplitOptions(values);
  const length = wholeNumber('--length', values.length, defaultLength);
  for (const name of ['window-length', 'order-length'] as const) {
    if (values[name] === undefined || wholeNumber(`--${name}`, values[name], 2, 2) <= length) continue;
    throw new InputError(
      `--${name} ${values[name]} is more than --length ${length}, what the encoder reads.`,
      'Give less.',
    );
  }
  return {
    folder: out,
    settings: {
      data: existing(readDataOptions(values)),
      ...(split && { split }),
      ...encoder,
      ...(side && { side }),
      ...(texts && { texts }),
      length,
      training: {
        maxEpochs: readEpochs(values, objectives),
        patience: wholeNumber('--patience', values.patience, training.patience),
        ...readKeep(values, objectives),
        batchSize: wholeNumber('--batch', values.batch, training.batchSize),
        ...(values['window-length'] !== undefined && {
          windowLength: wholeNumber('--window-length', values['window-length'], 2, 2),
        }),
        ...(values['length-buckets'] !== undefined && {
          lengthBuckets: wholeNumber('--length-buckets', values['length-buckets'], 1),
        }),
        optimiser: readOptimiser(values),
        schedule: readSchedule(values),
        ...(values.engine !== undefined && { engine: oneOf('--engine', values.engine, ['graph', 'eager']) }),
        ...(objectives && { objectives }),
        ...(loss && { loss }),
        ...(maskShare !== undefined && { maskShare }),
        ...(prefixShare !== undefined && { prefixShare }),
        ...(kl && { kl }),
        ...(nextChannels && { nextChannels }),
        ...(augmentation && { augmentation }),
        clipNorm: realNumber('--clip', values.clip, training.clipNorm, { positive: true }),
        seed: wholeNumber('--seed', values.seed, training.seed, 0),
      },
    },
  };
}

/** @throws InputError when groups of users would begin after the last epoch */
function readEpochs(values: Values, objectives: readonly ObjectiveSettings[] = []): number {
  const epochs = wholeNumber('--epochs', values.epochs, trainingDefaults.maxEpochs);
  const grouping = objectives.find(groupsUsers);
  if (grouping && grouping.warmupEpochs >= epochs) {
    throw new InputError(
      `${grouping.name} begins after ${grouping.warmupEpochs} epochs, and there are ${epochs}.`,
      'Give more by --epochs, or fewer by --cluster-warmup.',
    );
  }
  return epochs;
}

function readKeep(
  values: Values,
  objectives: readonly ObjectiveSettings[] = [],
): Pick<ExperimentSettings['training'], 'keep'> {
  const isDeep = objectives.some(({ name }) => name === 'dec');
  if (values.keep === undefined) return isDeep ? { keep: 'last' } : {};
  const keep = oneOf('--keep', values.keep, ['best', 'last']);
  if (isDeep && keep === 'best') {
    throw new InputError(
      '--keep best means nothing for dec: no validation says which epoch has the best clusters.',
      'Leave it out, or say last.',
    );
  }
  return { keep };
}

function readMaskShare(text: string | undefined, encoder: EncoderName): number | undefined {
  if (text === undefined) return undefined;
  if (!bidirectional.includes(encoder)) {
    throw new InputError(
      `--mask-share means nothing for ${encoder}, which hides no items.`,
      `It goes with --encoder ${bidirectional.join(' or ')}.`,
    );
  }
  return shareFrom('--mask-share', text, defaultMaskShare);
}

function readPrefixShare(text: string | undefined, encoder: EncoderName): number | undefined {
  if (text === undefined) return undefined;
  if (!once.includes(encoder)) {
    throw new InputError(
      `--prefix-share means nothing for ${encoder}, which does not answer once a row.`,
      `It goes with --encoder ${once.join(' or ')}.`,
    );
  }
  return shareFrom('--prefix-share', text, defaultPrefixShare);
}

function shareFrom(option: string, text: string, preset: number): number {
  const share = realNumber(option, text, preset, { positive: true });
  if (share <= 1) return share;
  throw new InputError(`${option} is '${text}'.`, 'It must be a number above 0, up to 1.');
}

function readKl(values: Values, encoder: EncoderName): KlAnnealing | undefined {
  for (const name of ['kl', 'kl-epochs'] as const) {
    if (values[name] === undefined) continue;
    if (!variational.includes(encoder)) {
      throw new InputError(
        `--${name} means nothing for ${encoder}, which draws from no distribution.`,
        `It goes with --encoder ${variational.join(' or ')}.`,
      );
    }
    return {
      weight: realNumber('--kl', values.kl, klDefaults.weight),
      epochs: wholeNumber('--kl-epochs', values['kl-epochs'], klDefaults.epochs, 0),
    };
  }
  return undefined;
}

/** Before threads are measured and a process is started. */
function existing(data: ExperimentSettings['data']): ExperimentSettings['data'] {
  if (existsSync(data.file)) return data;
  throw new InputError('there is no such file.', 'Check the path and the spelling.', { file: data.file });
}

function readOptimiser(values: Values): OptimiserConfig {
  const name = oneOf('--optimiser', values.optimiser ?? 'adamw', ['adamw', 'adam', 'sgd']);
  const own = { adamw: ['weight-decay'], adam: ['l2'], sgd: ['l2', 'momentum'] }[name];
  for (const option of ['weight-decay', 'l2', 'momentum'] as const) {
    if (values[option] !== undefined && !own.includes(option)) {
      throw new InputError(
        `--${option} is no setting of ${name}.`,
        `${name} takes --lr, ${own.map((each) => `--${each}`).join(', ')}.`,
      );
    }
  }
  const learningRate = realNumber('--lr', values.lr, trainingDefaults.optimiser.learningRate, {
    positive: true,
  });
  const l2 = realNumber('--l2', values.l2, 0);
  switch (name) {
    case 'adamw': {
      const { optimiser } = trainingDefaults;
      const weightDecay = realNumber('--weight-decay', values['weight-decay'], optimiser.weightDecay);
      return { ...optimiser, learningRate, weightDecay };
    }
    case 'adam':
      return { ...optimiserDefaults.adam, learningRate, l2 };
    case 'sgd': {
      const { sgd } = optimiserDefaults;
      return {
        ...sgd,
        learningRate,
        l2,
        momentum: realNumber('--momentum', values.momentum, sgd.momentum, { below: 1 }),
      };
    }
  }
}

function readSchedule(values: Values): EpochSchedule {
  const name = oneOf('--schedule', values.schedule ?? 'constant', ['constant', 'warmup', 'cosine']);
  if (name === 'constant' && values.warmup !== undefined) {
    throw new InputError('--warmup needs a schedule.', 'Add --schedule warmup or --schedule cosine.');
  }
  const warmupEpochs = realNumber('--warmup', values.warmup, 1);
  switch (name) {
    case 'constant':
      return { name };
    case 'warmup':
      return { name, warmupEpochs };
    case 'cosine':
      return { name, warmupEpochs, finalShare: 0 };
  }
}

runCommand(usage, options, async (values) => {
  const { settings, folder } = readSettings(values);
  const threads =
    values.threads === undefined ? {} : { threads: wholeNumber('--threads', values.threads, 1) };
  if (values.background) {
    const pid = startRun(settings, folder, threads);
    process.stdout.write(
      `Process ${pid} does it in the background.\n` +
        `Watch it: npm run watch -- ${folder}\nStop it:  npm run watch -- ${folder} --stop\n`,
    );
    return;
  }
  const interrupt = new AbortController();
  process.once('SIGINT', () => {
    process.stderr.write('\nStopping after this step (once more: at once) ...\n');
    interrupt.abort();
  });
  const record = await runExperiment(settings, folder, {
    onProgress: terminalProgress(),
    say: (sentence) => process.stderr.write(`${sentence}\n`),
    signal: interrupt.signal,
    ...threads,
  });
  if (record.status === 'interrupted') {
    process.stderr.write(`Interrupted. Go on with: npm run experiment -- --resume ${folder}\n`);
    process.exitCode = 130;
    return;
  }
  const { columns, rows, notes } = metricTable(record.results);
  process.stdout.write(`${tableToText({ columns, rows })}\n${notes.map((note) => `${note}\n`).join('')}`);
  const { training, results, seconds } = record;
  const { split } = results[0]!.metrics[0]!.protocol;
  process.stdout.write(
    `Test of ${split}; full ranking, seen items excluded, ties by item index.\n` +
      `Best epoch ${training!.bestEpoch} of ${training!.history.length}; ${Math.round(seconds)} s. Everything is in ${folder}\n`,
  );
});
