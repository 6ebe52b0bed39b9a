/**
 * How much of a training step is the building of its batch? Real batches of real windows beside the fastest step of the bench.
 *
 *     node -r ts-node/register/transpile-only bench/batch-share.ts [--threads N]
 *
 * Ten thousand users; half of their windows are full, as in the other works. An epoch's batches are built, then as many steps of the
 * GRU are run; five rounds in one process, of which the best counts, for each of the two.
 */
import { parseArgs } from 'node:util';
import { createRng } from 'behavior-lab/base/random';
import { startBackend } from 'behavior-lab/nn/backend';
import { leaveOneOut } from 'behavior-lab/preprocessing/leave-one-out';
import type { Sequences } from 'behavior-lab/preprocessing/sequences';
import { restoreVocabulary } from 'behavior-lab/preprocessing/vocabulary';
import { epochBatches, lengthBucketsFor } from 'behavior-lab/preprocessing/windows';
import { catalogue } from './catalogue';
import { drawSequences } from './ours/draw-sequences';
import { openTraining, type TrainingSettings } from './ours/training';

const users = 10_000;
const rounds = 5;
const { settings } = catalogue.find(({ name }) => name === 'gru-step')!;
const {
  length,
  batch: batchSize,
  vocabulary,
} = settings as { length: number; batch: number; vocabulary: number };

/** Training parts of up to `length` + 1 events; two more are held out. */
function drawn(): Sequences {
  const rows = drawSequences(users, length + 3, vocabulary, 'right', createRng(1));
  const lengths = rows.lengths.map((own) => Math.max(4, own));
  const offsets = new Int32Array(users + 1);
  for (const [user, own] of lengths.entries()) offsets[user + 1] = offsets[user]! + own;
  const rng = createRng(2);
  const ids = Array.from({ length: vocabulary }, (_, item) => (item === 0 ? '' : `i${item}`));
  return {
    userIds: Array.from({ length: users }, (_, user) => `u${user}`),
    offsets,
    items: Int32Array.from({ length: offsets[users]! }, () => 1 + rng.integer(vocabulary - 1)),
    timesMs: null,
    vocabulary: restoreVocabulary(ids),
    skipped: [],
    usersLeftOut: [],
    outOfOrder: 0,
  };
}

async function measure(threads: number): Promise<void> {
  await startBackend({ threads });
  const split = leaveOneOut(drawn());
  const step = openTraining(settings as unknown as TrainingSettings);
  const times: { build: number[]; buckets: number[]; step: number[] } = { build: [], buckets: [], step: [] };
  for (let round = 0; round <= rounds; round++) {
    const rng = createRng(round);
    let start = performance.now();
    const batches = epochBatches(split, { length, batchSize, rng }).length;
    const build = (performance.now() - start) / batches;
    start = performance.now();
    const lengthBuckets = lengthBucketsFor(length);
    const inBuckets = epochBatches(split, { length, batchSize, rng, lengthBuckets }).length;
    const buckets = (performance.now() - start) / inBuckets;
    start = performance.now();
    for (let count = 0; count < batches; count++) step.sample();
    if (round === 0) continue; // compiles, and warms up
    times.build.push(build);
    times.buckets.push(buckets);
    times.step.push((performance.now() - start) / batches);
  }
  const [build, buckets, one] = [times.build, times.buckets, times.step].map((each) => Math.min(...each));
  const share = (ms: number): string => `${ms.toFixed(3)} ms, ${((100 * ms) / (ms + one!)).toFixed(1)} %`;
  console.log(
    `${users} users, batches of ${batchSize} x ${length}, ${threads} threads; the least of ${rounds} rounds`,
  );
  console.log(`GRU step              ${one!.toFixed(2)} ms`);
  console.log(`building its batch    ${share(build!)} of both`);
  console.log(`with length buckets   ${share(buckets!)} of both`);
}

const { values } = parseArgs({ options: { threads: { type: 'string', default: '2' } } });
void measure(Number(values.threads)).then(() => process.exit(0));
