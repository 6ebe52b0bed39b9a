import type { parseArgs } from 'node:util';
import { InputError } from 'behavior-lab/base/errors';
import { lstmDefaults } from 'behavior-lab/encoders/lstm';
import { encoderCatalogue, isEncoderName } from 'behavior-lab/experiments/encoder-catalogue';
import { runExperiment, settingsOf, type ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import { startRun } from 'behavior-lab/experiments/start-run';
import { defaultLength, nextItemDefaults } from 'behavior-lab/experiments/train-next-item';
import { metricTable } from 'behavior-lab/evaluation/protocol';
import { tableToText } from 'behavior-lab/figures/table';
import { terminalProgress } from 'behavior-lab/training/progress-bar';
import { realNumber, runCommand, wholeNumber } from './command-line';
import { dataOptions, dataUsage, readDataOptions } from './data-options';

const usage = `Train an encoder on a file of events and measure it beside its baselines.

  npm run experiment -- --data FILE --format FORMAT --out DIR [options]
  npm run experiment -- --resume DIR

${dataUsage}
model and training
  --encoder NAME     ${Object.keys(encoderCatalogue).join(' | ')} (default lstm)
  --width D          numbers in an item's vector and the state (default ${lstmDefaults.width})
  --layers N         recurrent layers (default ${lstmDefaults.numLayers})
  --dropout P        0 to below 1 (default ${lstmDefaults.dropoutRate})
  --length T         events that the encoder reads (default ${defaultLength})
  --epochs N         at most this many (default ${nextItemDefaults.maxEpochs})
  --patience N       epochs without a better validation NDCG@10 (default ${nextItemDefaults.patience})
  --batch N          windows in a step (default ${nextItemDefaults.batchSize})
  --lr X             learning rate of AdamW (default ${nextItemDefaults.optimiser.learningRate})
  --weight-decay X   of matrices (default ${nextItemDefaults.optimiser.weightDecay})
  --clip X           longest gradient (default ${nextItemDefaults.clipNorm})
  --seed S           of weights, windows and dropout (default ${nextItemDefaults.seed})

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
  encoder: { type: 'string' },
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
  threads: { type: 'string' },
  out: { type: 'string' },
  resume: { type: 'string' },
  background: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function readSettings(values: Values): { settings: ExperimentSettings; folder: string } {
  const { resume, out, encoder = 'lstm' } = values;
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
      length: wholeNumber('--length', values.length, defaultLength),
      training: {
        maxEpochs: wholeNumber('--epochs', values.epochs, training.maxEpochs),
        patience: wholeNumber('--patience', values.patience, training.patience),
        batchSize: wholeNumber('--batch', values.batch, training.batchSize),
        optimiser: {
          ...training.optimiser,
          learningRate: realNumber('--lr', values.lr, training.optimiser.learningRate, { positive: true }),
          weightDecay: realNumber('--weight-decay', values['weight-decay'], training.optimiser.weightDecay),
        },
        clipNorm: realNumber('--clip', values.clip, training.clipNorm, { positive: true }),
        seed: wholeNumber('--seed', values.seed, training.seed, 0),
      },
    },
  };
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
  const { training } = record;
  process.stdout.write(
    `Leave-one-out test, full ranking, seen items excluded, ties by item index; best epoch ${training!.bestEpoch} of ` +
      `${training!.history.length}; ${Math.round(record.seconds)} s. Everything is in ${folder}\n`,
  );
});
