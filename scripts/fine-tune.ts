import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from 'behavior-lab/base/errors';
import { matrix, type Matrix } from 'behavior-lab/base/matrix';
import { replaceFile } from 'behavior-lab/base/replace-file';
import { poolings } from 'behavior-lab/encoders/pooling';
import { readLabels } from 'behavior-lab/data/read-labels';
import { saveChart } from 'behavior-lab/figures/save-chart';
import { tableToText } from 'behavior-lab/figures/table';
import {
  fineTune,
  fineTuneDefaults,
  fineTuneMethods,
  labelProbabilities,
} from 'behavior-lab/experiments/fine-tune';
import { curveLines, labelCurve, type LabelCurvePoint } from 'behavior-lab/experiments/label-curve';
import { describeData, loadData, type DataSettings } from 'behavior-lab/experiments/load-data';
import { loadModel, readJson, saveModel, writeJson } from 'behavior-lab/experiments/model-folder';
import type { ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';
import { createModel, userVectors } from 'behavior-lab/experiments/sequence-model';
import { labelUsers } from 'behavior-lab/experiments/user-labels';
import { startBackend } from 'behavior-lab/nn/backend';
import { labelLosses } from 'behavior-lab/objectives/classification';
import { sequenceOf } from 'behavior-lab/preprocessing/sequences';
import { saveWeights } from 'behavior-lab/training/checkpoint';
import { oneOf, realNumber, runCommand, wholeNumber } from './command-line';
import { dataOptions, dataUsage, readDataOptions, refuseBeside } from './data-options';

const shown = fineTuneDefaults('all');
const rates = fineTuneMethods
  .map((method) => `${method} ${fineTuneDefaults(method).learningRate}`)
  .join(', ');

const usage = `Learn a label of users with a pre-trained model: how well from how few labels, or a model to keep.

  npm run fine-tune -- --run DIR --labels FILE --out DIR [options]                  the label-scarce curve
  npm run fine-tune -- --run DIR --labels FILE --out DIR --keep METHOD [options]    a model that knows the label

  --run DIR          folder of a finished run (npm run experiment)
  --labels FILE      CSV with a header: user,label; 2 to 50 classes
  --out DIR          curve: points.json, curve.csv, curve.svg; --keep: the model, head.safetensors, labels.json,
                     probabilities.csv of all users. An interrupted curve goes on where it was
  --methods LIST     of ${fineTuneMethods.join(', ')} (default all four); baselines always stand beside them:
                     majority, bag of items and vectors of the untrained and the pre-trained model by logistic regression
  --shares LIST      shares of the labels (default 0.01,0.05,0.2,1)
  --draws N          of tested and labelled users; five test everybody once (default 5)
  --loss NAME        ${labelLosses.join(' | ')} (default ${shown.loss})
  --pooling WORD     ${poolings.join(' | ')} (default ${shown.pooling})
  --rank N           low-rank: rank of the adapter (default 4)
  --lr X             learning rate of all methods (default: ${rates})
  --epochs N         at most (default ${shown.maxEpochs})
  --patience N       epochs without a better inner validation (default ${shown.patience})
  --batch N          users in a step (default ${shown.batchSize})
  --seed S           (default ${shown.seed})

Without --format the data are those of the run; --data alone names another file of the same form.

${dataUsage}`;

const options = {
  run: { type: 'string' },
  labels: { type: 'string' },
  out: { type: 'string' },
  keep: { type: 'string' },
  methods: { type: 'string' },
  shares: { type: 'string' },
  draws: { type: 'string' },
  loss: { type: 'string' },
  pooling: { type: 'string' },
  rank: { type: 'string' },
  lr: { type: 'string' },
  epochs: { type: 'string' },
  patience: { type: 'string' },
  batch: { type: 'string' },
  seed: { type: 'string' },
  ...dataOptions,
  help: { type: 'boolean', short: 'h' },
} as const;

runCommand(usage, options, async (values) => {
  const { run, labels: labelFile, out } = values;
  if (!run) throw new InputError('--run is missing.', 'Name the folder of a finished run.');
  if (!labelFile) throw new InputError('--labels is missing.', 'Name a CSV file: user,label.');
  if (!out) throw new InputError('--out is missing.', 'Name a folder for the results.');
  const keep = values.keep === undefined ? null : oneOf('--keep', values.keep, fineTuneMethods);
  for (const name of ['methods', 'shares', 'draws'] as const) {
    if (keep && values[name] !== undefined)
      throw new InputError(`--${name} is of the curve.`, 'It does not go with --keep.');
  }
  const methods = (values.methods ?? fineTuneMethods.join())
    .split(',')
    .map((name) => oneOf('--methods', name, fineTuneMethods));
  const isLowRank = keep ? keep === 'low-rank' : methods.includes('low-rank');
  if (values.rank !== undefined && !isLowRank)
    throw new InputError('--rank means nothing here.', 'It goes with low-rank.');
  const shares = (values.shares ?? '0.01,0.05,0.2,1').split(',').map((text) => {
    const share = realNumber('--shares', text, 1, { positive: true });
    if (share <= 1) return share;
    throw new InputError(`--shares has ${text}.`, 'A share is above 0, up to 1.');
  });
  const seed = wholeNumber('--seed', values.seed, shown.seed, 0);
  const tuning = {
    loss: oneOf('--loss', values.loss ?? shown.loss, labelLosses),
    pooling: oneOf('--pooling', values.pooling ?? shown.pooling, poolings),
    ...(values.lr !== undefined && { learningRate: realNumber('--lr', values.lr, 0, { positive: true }) }),
    maxEpochs: wholeNumber('--epochs', values.epochs, shown.maxEpochs),
    patience: wholeNumber('--patience', values.patience, shown.patience),
    batchSize: wholeNumber('--batch', values.batch, shown.batchSize),
  };
  const rank = values.rank === undefined ? {} : { rank: wholeNumber('--rank', values.rank, 1) };
  const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

  const known = await readLabels(labelFile);
  await startBackend();
  const model = loadModel(run);
  const data = await loadData(dataOf(run, values), { vocabulary: model.vocabulary });
  for (const note of describeData(data)) say(note);
  const { userIds } = data.sequences;
  const { name, classes, ofUsers } = labelUsers(known, userIds);
  const all = userIds.map((_, user) => sequenceOf(data.sequences, user));
  const users = Array.from(userIds.keys()).filter((user) => ofUsers[user]! >= 0);
  const labelled = {
    histories: users.map((user) => all[user]!),
    labels: users.map((user) => ofUsers[user]!),
  };
  say(
    `${name}: ${classes.map((own, at) => `${labelled.labels.filter((label) => label === at).length} ${own}`).join(', ')}; ${userIds.length - users.length} users without a label.`,
  );
  const least = keep ? 2 : 5; // one to learn from and one to choose the epoch; or one in each fold
  for (const [label, own] of classes.entries()) {
    const count = labelled.labels.filter((each) => each === label).length;
    if (count < least) {
      throw new InputError(
        `the class ${own} has ${count} users; ${least} are needed.`,
        'Give more labels, or merge classes.',
        { file: labelFile },
      );
    }
  }
  mkdirSync(out, { recursive: true });

  if (keep) {
    if (existsSync(join(out, 'labels.json')))
      throw new InputError('this folder holds a model.', 'Choose another --out.', { file: out });
    const tuned = await fineTune(model, labelled, { ...fineTuneDefaults(keep), ...tuning, ...rank, seed });
    saveModel(out, tuned.model);
    saveWeights(join(out, 'head.safetensors'), tuned.head, { pooling: tuned.pooling });
    const { counts, epoch, validation, trained } = tuned;
    writeJson(join(out, 'labels.json'), {
      name,
      classes,
      pooling: tuned.pooling,
      method: keep,
      tuning: { ...fineTuneDefaults(keep), ...tuning, ...rank, seed },
      labels: { file: labelFile, sha256: known.sha256 },
      run,
      counts,
      epoch,
      validation,
      trained,
    });
    const { columns, values: probabilities } = labelProbabilities(tuned, all);
    const quote = (text: string): string =>
      /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const rows = userIds.map((id, user) =>
      [
        quote(id),
        ofUsers[user]! < 0 ? '' : quote(classes[ofUsers[user]!]!),
        ...probabilities.subarray(user * columns, (user + 1) * columns),
      ].join(','),
    );
    const header = ['user', name, ...classes.map((own) => `p(${own})`)].map(quote).join(',');
    replaceFile(join(out, 'probabilities.csv'), [Buffer.from(`${[header, ...rows].join('\n')}\n`)]);
    say(
      `${counts.learned} users learned from, ${counts.validation} chose epoch ${epoch} by a loss of ${validation.toFixed(4)}; ${trained} numbers trained. The model is in ${out}.`,
    );
    return;
  }

  const draws = wholeNumber('--draws', values.draws, 5);
  const settings = { shares, draws, methods, tuning: { ...tuning, ...rank }, seed };
  const file = join(out, 'points.json');
  const asked = JSON.parse(
    JSON.stringify({ run, data: data.source.sha256, labels: known.sha256, settings }),
  ) as object;
  const before = existsSync(file)
    ? (readJson(file, 'Choose another --out.') as { asked: object; points: LabelCurvePoint[] })
    : null;
  if (before && !isDeepStrictEqual(before.asked, asked)) {
    throw new InputError('this folder holds a curve of other settings.', 'Choose another --out.', {
      file: out,
    });
  }
  const made: LabelCurvePoint[] = [...(before?.points ?? [])];
  if (made.length > 0) say(`goes on after ${made.length} points`);
  const { encoder, length, config, vocabulary } = model;
  const own = Object.fromEntries(
    Object.entries(config).filter(([setting]) => setting !== 'numItems' && setting !== 'maxLength'),
  );
  const untrained = createModel(vocabulary, { encoder, length, seed, config: own });
  const rivals = [
    { name: 'bag of items', vectors: bagOfItems(labelled.histories, vocabulary.itemIds.length) },
    {
      name: 'untrained, logistic regression',
      vectors: userVectors(untrained, labelled.histories, { pooling: tuning.pooling }),
    },
    {
      name: 'pre-trained, logistic regression',
      vectors: userVectors(model, labelled.histories, { pooling: tuning.pooling }),
    },
  ];
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const points = await labelCurve(model, labelled, rivals, settings, {
    known: made,
    onPoint: (point) => {
      made.push(point);
      writeJson(file, { asked, points: made });
      say(
        `draw ${point.draw + 1} of ${draws}, ${100 * point.share} % (${point.labelled} labels), ${point.name}: ${(point.auroc ?? point.accuracy).toFixed(4)}`,
      );
    },
    signal: stop.signal,
  });
  if (stop.signal.aborted) {
    say(`stopped after ${points.length} points; the same command goes on from there`);
    return;
  }
  const metric = classes.length === 2 ? 'area under the ROC curve' : 'accuracy';
  const lines = curveLines(points);
  const table = lines.map((line) => ({
    'learned by': line.name,
    ...Object.fromEntries(
      line.shares.map((share, at) => [
        `${100 * share} %`,
        `${line.means[at]!.toFixed(3)} ± ${line.deviations[at]!.toFixed(3)}`,
      ]),
    ),
  }));
  process.stdout.write(
    `${tableToText(table)}\n${metric} of ${name}: mean and standard deviation over ${draws} draws of tested and labelled users\n`,
  );
  const rows = points.map((point) =>
    [point.name, point.share, point.draw, point.labelled, point.accuracy, point.auroc ?? ''].join(','),
  );
  replaceFile(join(out, 'curve.csv'), [
    Buffer.from(`rival,share,draw,labelled,accuracy,auroc\n${rows.join('\n')}\n`),
  ]);
  await saveChart(
    {
      kind: 'line',
      title: `How many labels it takes: ${name}`,
      note: `${data.source.name}, ${model.encoder}, mean of ${draws} draws, seed ${seed}`,
      x: { title: 'labels known', unit: '%', scale: 'log' },
      y: { title: metric },
      series: lines
        .filter((line) => line.name !== 'majority')
        .map((line) => ({ name: line.name, x: line.shares.map((share) => 100 * share), y: line.means })),
      guides: [{ name: classes.length === 2 ? 'chance' : 'majority', y: lines[0]!.means.at(-1)! }],
    },
    join(out, 'curve.svg'),
  );
});

/** The data of the run, or another file. */
function dataOf(run: string, values: Parameters<typeof readDataOptions>[0]): DataSettings {
  refuseBeside(values, ['items', 'users', 'friends'], 'labels are learned from items alone');
  if (values.format !== undefined) return readDataOptions(values);
  const [other] = Object.keys(dataOptions).filter(
    (name) => name !== 'data' && values[name as keyof typeof values] !== undefined,
  );
  if (other !== undefined)
    throw new InputError(`--${other} goes with --format.`, 'Give --format too, or neither.');
  const record = readJson(join(run, 'run.json'), 'Give --data and --format.') as RunRecord;
  const {
    itemsFile: _,
    usersFile: __,
    friendsFile: ___,
    ...data
  } = (record.settings as ExperimentSettings).data;
  return values.data === undefined ? data : { ...data, file: values.data };
}

/** 1 for each item that a user has had: what can be known without a model. */
function bagOfItems(histories: readonly Int32Array[], numItems: number): Matrix {
  const values = new Float32Array(histories.length * numItems);
  for (const [user, items] of histories.entries())
    for (const item of items) values[user * numItems + item] = 1;
  return matrix(histories.length, numItems, values);
}
