import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { matrix } from '../../../lib/base/matrix';
import { encodeTexts, loadSentenceModel } from '../../../lib/experiments/text/sentence-model';
import { textVectors, textVectorsFile } from '../../../lib/experiments/text/text-vectors';
import { startBackend } from '../../../lib/nn/backend';
import { projectRoot } from '../../lib-files';

beforeAll(async () => {
  await startBackend();
});

const tiny = join(projectRoot, 'data', 'tiny-bert');
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'text-vectors-'));
const texts = ['the film', 'a star', 'the film', '蓝牙耳机', ''];

describe('vectors of texts that are kept on disk', () => {
  it('are encoded once, also when a text comes twice, and are those of the model', () => {
    const [model, folder] = [loadSentenceModel(tiny), newFolder()];
    const first = textVectors(model, texts, { folder });
    expect([first.encoded, first.fromCache]).toEqual([4, 0]);
    const direct = encodeTexts(model, texts);
    for (const [at, value] of direct.values.entries())
      expect(first.vectors.values[at]!).toBeCloseTo(value, 5);
    const again = textVectors(model, [...texts].reverse(), { folder });
    expect([again.encoded, again.fromCache]).toEqual([0, 4]);
    expect(again.vectors.values.slice(0, 16)).toEqual(first.vectors.values.slice(-16));
    const more = textVectors(model, [...texts, 'a soft lamp'], { folder });
    expect([more.encoded, more.fromCache]).toEqual([1, 4]);
    expect(textVectors(model, [], { folder }).vectors).toEqual(matrix(0, 16, new Float32Array(0)));
  });

  it('of another model are others', () => {
    const [model, folder] = [loadSentenceModel(tiny), newFolder()];
    textVectors(model, texts, { folder });
    const other = { ...model, fingerprint: 'f'.repeat(64) };
    expect(textVectors(other, texts, { folder }).encoded).toBe(4);
    expect(readdirSync(folder).length).toBe(2);
  });

  it('that are damaged are made anew, and it is said', () => {
    const [model, folder] = [loadSentenceModel(tiny), newFolder()];
    const whole = textVectors(model, texts, { folder });
    const file = textVectorsFile(folder, model);
    writeFileSync(file, readFileSync(file).subarray(0, -3));
    const said: string[] = [];
    const again = textVectors(model, texts, { folder, say: (sentence) => said.push(sentence) });
    expect(said).toEqual([`${file} is damaged: its vectors are made anew`]);
    expect(again).toEqual(whole);
    expect(textVectors(model, texts, { folder }).encoded).toBe(0);
  });

  it('are kept up to the last saving when the process is killed', () => {
    const folder = newFolder();
    const script = `
const { startBackend } = require('behavior-lab/nn/backend');
const { loadSentenceModel } = require('behavior-lab/experiments/text/sentence-model');
const { textVectors } = require('behavior-lab/experiments/text/text-vectors');
startBackend().then(() => {
  const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  textVectors(loadSentenceModel(process.argv[1]), texts, {
    folder: process.argv[2], batchPieces: 3, saveEvery: 3,
    onProgress: (done) => { if (done === 7) process.kill(process.pid, 'SIGKILL'); },
  });
});`;
    const { signal } = spawnSync(process.execPath, ['-e', script, tiny, folder], { cwd: projectRoot });
    expect(signal).toBe('SIGKILL');
    const model = loadSentenceModel(tiny);
    const kept = textVectors(model, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], { folder });
    expect([kept.encoded, kept.fromCache]).toEqual([2, 6]);
  });
});
