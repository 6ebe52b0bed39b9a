import type { parseArgs } from 'node:util';
import { InputError } from 'behavior-lab/base/errors';
import { behaviors, isBehavior } from 'behavior-lab/data/event';
import { logFormats, type LogFormat, type ReadLogOptions } from 'behavior-lab/data/read-log';
import { encoderCatalogue, isEncoderName } from 'behavior-lab/experiments/encoder-catalogue';
import { runExperiment, settingsOf, type ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import { nextItemDefaults } from 'behavior-lab/experiments/train-next-item';
import { metricTable } from 'behavior-lab/evaluation/protocol';
import { tableToText } from 'behavior-lab/figures/table';
import { terminalProgress } from 'behavior-lab/training/progress-bar';
import { runCommand, wholeNumber, realNumber } from './command-line';

const usage = `Train an encoder on a file of events and measure it beside its baselines.

  npm run experiment -- --data FILE --format FORMAT --out DIR [options]
  npm run experiment -- --resume DIR

data
  --data FILE        events; .gz is read directly
  --format FORMAT    ${logFormats.join(' | ')}
                     pairs: "user item" a line, in time order; sequences: "user item item ..." a line
  --columns SPEC     csv: which column is what, user=USER,item=ITEM[,time=T][,behavior=B][,rating=R][,query=Q]
  --time-unit UNIT   csv: s | ms | iso (default ms)
  --behavior NAME    pairs and sequences: what the events are, ${behaviors.join(' | ')} (default click)
  --on-bad-row WHAT  error (default: stop and name the row) | drop (leave out and count)

model and training
  --encoder NAME     ${Object.keys(encoderCatalogue).join(' | ')} (default lstm)
  --width D          numbers in an item's vector and the state (default 128)
  --layers N         recurrent layers (default 1)
  --dropout P        0 to below 1 (default 0.3)
  --length T         events that the encoder reads (default 100)
  --epochs N         at most this many (default ${nextItemDefaults.maxEpochs})
  --patience N       epochs without a better validation NDCG@10 (default ${nextItemDefaults.patience})
  --batch N          windows in a step (default ${nextItemDefaults.batchSize})
  --lr X             learning rate of AdamW (default ${nextItemDefaults.optimiser.learningRate})
  --weight-decay X   of matrices (default ${nextItemDefaults.optimiser.weightDecay})
  --clip X           longest gradient (default ${nextItemDefaults.clipNorm})
  --seed S           of weights, windows and dropout (default ${nextItemDefaults.seed})

result
  --out DIR          a new folder: run.json, ranks.csv, config.json, vocabulary.json, weights.safetensors
  --resume DIR       go on with an interrupted run, bit for bit (Ctrl-C or kill -9 interrupt one)
`;

const options = {
  data: { type: 'string' },
  format: { type: 'string' },
  columns: { type: 'string' },
  'time-unit': { type: 'string' },
  behavior: { type: 'string' },
  'on-bad-row': { type: 'string' },
  encoder: { type: 'string', default: 'lstm' },
  width: { type: 'string' },
  layers: { type: 'string' },
  dropout: { type: 'string' },
  length: { type: 'string' },
  epochs: { type: 'string' },
  patience: { type: 'string' },
  batch: { type: 'string' },
  lr: { type: 'string' },
  'weight-decay': { type: 'string' },
  clip: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
  resume: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function readSettings(values: Values): { settings: ExperimentSettings; folder: string } {
  const { resume, out, encoder } = values;
  if (resume !== undefined) {
    const others = Object.keys(values).filter((name) => name !== 'resume' && name !== 'encoder');
    if (others.length > 0) {
      throw new InputError(
        `--resume takes no --${others[0]}.`,
        'A resumed run keeps the settings it began with.',
      );
    }
    return { settings: settingsOf(resume), folder: resume };
  }
  if (!out) throw new InputError('--out is missing.', 'Name a folder for the results.');
  if (!isEncoderName(encoder)) {
    throw new InputError(
      `there is no encoder '${encoder}'.`,
      `Choose one of ${Object.keys(encoderCatalogue).join(', ')}.`,
    );
  }
  const training = nextItemDefaults;
  const { defaults } = encoderCatalogue[encoder];
  return {
    folder: out,
    settings: {
      data: readDataOptions(values),
      encoder,
      config: {
        width: wholeNumber('--width', values.width, defaults.width),
        numLayers: wholeNumber('--layers', values.layers, defaults.numLayers),
        dropoutRate: realNumber('--dropout', values.dropout, defaults.dropoutRate, { below: 1 }),
      },
      length: wholeNumber('--length', values.length, 100),
      training: {
        maxEpochs: wholeNumber('--epochs', values.epochs, training.maxEpochs),
        patience: wholeNumber('--patience', values.patience, training.patience),
        batchSize: wholeNumber('--batch', values.batch, training.batchSize),
        optimiser: {
          ...training.optimiser,
          learningRate: realNumber('--lr', values.lr, training.optimiser.learningRate),
          weightDecay: realNumber('--weight-decay', values['weight-decay'], training.optimiser.weightDecay),
        },
        clipNorm: realNumber('--clip', values.clip, training.clipNorm),
        seed: wholeNumber('--seed', values.seed, training.seed, 0),
      },
    },
  };
}

function readDataOptions(values: Values): ExperimentSettings['data'] {
  const { data: file, format, columns, behavior } = values;
  if (!file) throw new InputError('--data is missing.', 'Name a file of events.');
  if (!format || !(logFormats as readonly string[]).includes(format)) {
    throw new InputError(
      `--format is ${format ? `'${format}'` : 'missing'}.`,
      `Choose one of ${logFormats.join(', ')}.`,
    );
  }
  if (behavior !== undefined && !isBehavior(behavior)) {
    throw new InputError(`there is no behaviour '${behavior}'.`, `Choose one of ${behaviors.join(', ')}.`);
  }
  const onBadRow = values['on-bad-row'];
  if (onBadRow !== undefined && onBadRow !== 'error' && onBadRow !== 'drop') {
    throw new InputError(`--on-bad-row is '${onBadRow}'.`, "Say 'error' or 'drop'.");
  }
  const takes: Record<string, readonly LogFormat[]> = {
    columns: ['csv'],
    'time-unit': ['csv'],
    behavior: ['pairs', 'sequences'],
  };
  for (const [name, formats] of Object.entries(takes)) {
    if (values[name as keyof Values] !== undefined && !formats.includes(format as LogFormat)) {
      throw new InputError(
        `--${name} means nothing for the format ${format}.`,
        `It goes with ${formats.join(', ')}.`,
      );
    }
  }
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
    ...(values['time-unit'] && { timeUnit: values['time-unit'] }),
  } as { file: string } & ReadLogOptions;
}

const columnNames = ['user', 'item', 'time', 'behavior', 'rating', 'query'];

function readColumns(spec: string): Record<string, string> {
  const pairs = spec.split(',').map((part) => part.split('=', 2));
  for (const [name, column] of pairs) {
    if (!columnNames.includes(name!) || !column) {
      throw new InputError(
        `--columns does not understand '${[name, column].join('=')}'.`,
        `Write NAME=COLUMN with NAME one of ${columnNames.join(', ')}.`,
      );
    }
  }
  return Object.fromEntries(pairs) as Record<string, string>;
}

runCommand(usage, options, async (values) => {
  const { settings, folder } = readSettings(values);
  const interrupt = new AbortController();
  process.once('SIGINT', () => {
    process.stderr.write('\nStopping after this step (once more: at once) ...\n');
    interrupt.abort();
  });
  const record = await runExperiment(settings, folder, {
    onProgress: terminalProgress(),
    say: (sentence) => process.stderr.write(`${sentence}\n`),
    signal: interrupt.signal,
  });
  if (record.status === 'interrupted') {
    process.stderr.write(`Interrupted. Go on with: npm run experiment -- --resume ${folder}\n`);
    process.exitCode = 130;
    return;
  }
  const { columns, rows, notes } = metricTable(record.results);
  process.stdout.write(`${tableToText({ columns, rows })}\n${notes.map((note) => `${note}\n`).join('')}`);
  const { training } = record;
  process.stdout.write(
    `Leave-one-out test, full ranking, seen items excluded, ties by item index; best epoch ${training!.bestEpoch} of ` +
      `${training!.history.length}; ${Math.round(record.seconds)} s. Everything is in ${folder}\n`,
  );
});
