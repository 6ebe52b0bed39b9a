import { disposeTree } from 'behavior-lab/base/tree';
import { metricTable, type MetricRow } from 'behavior-lab/evaluation/protocol';
import { evaluateRanking, metricsOf, rankingProtocol } from 'behavior-lab/experiments/evaluate-ranking';
import { createModel, modelScorer } from 'behavior-lab/experiments/sequence-model';
import { loadTourData, readTourModel, tourArithmetic, tourDefaults } from 'behavior-lab/experiments/tour';
import { nextItemLossName } from 'behavior-lab/experiments/learning/next-item';
import { tableToText } from 'behavior-lab/figures/table';
import { publishedThreads, startBackend, threadsFromEnvironment } from 'behavior-lab/nn/backend';
import { resultFolder } from 'behavior-lab/notebook/need';
import { countItems, popularity } from 'behavior-lab/recommendation/popularity';
import { runCommand } from './command-line';

const usage = `Print what the tour's encoder reached on MovieLens-100K, beside its baselines. Run npm start first.\n`;

runCommand(usage, { help: { type: 'boolean', short: 'h' } } as const, async () => {
  await startBackend({ threads: threadsFromEnvironment() ?? publishedThreads });
  const { backend, tensorflow, threads, oneDnn } = await tourArithmetic();
  const { log, split } = await loadTourData();
  const { model, training } = readTourModel(resultFolder('02-encoder'));
  const { encoder, length, config, vocabulary } = model;
  const untrained = createModel(vocabulary, { encoder, length, config, seed: tourDefaults.seed });
  const row = (
    name: string,
    scorer: ReturnType<typeof modelScorer>,
    loss: string | null,
    seed: number | null,
  ): MetricRow => {
    const protocol = rankingProtocol(split, log.source, { which: 'test', cut: 'none', loss, seed });
    return { name, metrics: metricsOf(evaluateRanking(scorer, split, 'test'), protocol) };
  };
  const { seed } = tourDefaults;
  const { columns, rows, notes } = metricTable([
    row('popularity', popularity(countItems(split)), null, null),
    row(`untrained ${encoder}`, modelScorer(untrained), null, seed),
    row(encoder, modelScorer(model), nextItemLossName, seed),
  ]);
  process.stdout.write(
    `MovieLens-100K, leave-one-out test, full ranking, seen items excluded, ties by item index, one seed;\n` +
      `${config.width} wide, best epoch ${training.bestEpoch} of ${training.history.length};\n` +
      `${backend} ${tensorflow ?? ''}, ${threads} threads, oneDNN ${oneDnn}\n\n` +
      `${tableToText({ columns, rows })}\n${notes.map((note) => `${note}\n`).join('')}`,
  );
  disposeTree(untrained.params);
  disposeTree(model.params);
});
