import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Trains for eight steps in a process of its own and prints the bits of the weights as a checksum. */
const program = `
  require('ts-node/register/transpile-only');
  const { createHash } = require('node:crypto');
  const tf = require('@tensorflow/tfjs');
  const { createRng } = require('./lib/base/random');
  const { initLstm, lstm } = require('./lib/encoders/lstm');
  const { initTransformerBlock, transformerBlock } = require('./lib/nn/transformer-block');
  const { startBackend } = require('./lib/nn/backend');
  const { nextItemLoss } = require('./lib/objectives/next-item');
  const { copyWeights } = require('./lib/training/checkpoint');
  const { createOptimiser, optimiserDefaults } = require('./lib/training/optimiser');
  const { compileTrainingStep } = require('./lib/training/training-step');
  void (async () => {
    await startBackend();
    const [B, T, V, D] = [192, 16, 300, 32];
    const config = { numItems: V, width: D, numLayers: 1, dropoutRate: 0.2 };
    const rng = createRng(1);
    const params = { lstm: initLstm(config, rng.child('lstm')), block: initTransformerBlock(D, 4 * D, rng.child('block')) };
    const draw = (length) => Int32Array.from({ length }, () => 1 + rng.integer(V - 1));
    const batch = () => ({
      items: tf.tensor2d(draw(B * T), [B, T], 'int32'),
      positions: tf.tensor1d(Int32Array.from({ length: B * T }, (_, place) => place), 'int32'),
      targets: tf.tensor1d(draw(B * T), 'int32'),
    });
    const batches = Array.from({ length: 8 }, batch);
    const step = compileTrainingStep({
      params,
      optimiser: createOptimiser(params, optimiserDefaults.adamw),
      loss: ({ items, positions, targets }, mode) => {
        const { hidden_BTD } = lstm(params.lstm, { items_BT: items }, config, mode);
        const options = { norm: 'pre', activation: 'gelu', numHeads: 2, causal: true, dropoutRate: 0.2, site: 10 };
        const seen_BTD = transformerBlock(params.block, hidden_BTD, options, mode);
        return nextItemLoss(seen_BTD, params.lstm.itemEmbedding, positions, targets);
      },
      examples: batches.slice(0, 2),
      clipNorm: 1,
      seed: Number(process.env.SEED),
    });
    for (const each of batches) step.run(each, 0.01);
    step.pull();
    const hash = createHash('sha256');
    for (const { values } of copyWeights(params).values()) hash.update(Buffer.from(values.buffer));
    console.log(process.env.TF_NUM_INTEROP_THREADS, hash.digest('hex'));
  })();`;

function checksum(interOp: number, seed: number): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    cwd: join(__dirname, '..', '..'),
    encoding: 'utf8',
    env: { ...process.env, TF_NUM_INTEROP_THREADS: `${interOp}`, SEED: `${seed}` },
  });
  const printed = new RegExp(`^${interOp} ([0-9a-f]{64})$`, 'm').exec(stdout);
  if (!printed) throw new Error(stdout + stderr);
  return printed[1]!;
}

it('gives the same bits however many operations run side by side, and others from another seed', () => {
  const one = checksum(1, 3);
  expect(checksum(4, 3)).toBe(one);
  expect(checksum(4, 4)).not.toBe(one);
}, 90_000);
