import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InputError } from 'behavior-lab/base/errors';
import { cacheFolder } from 'behavior-lab/data/cache-folder';
import { findData } from 'behavior-lab/data/find-data';
import { wholeNumber } from '../scripts/command-line';
import { catalogue, groups } from './catalogue';
import { compare } from './compare';
import { comparisonTable, memoryTable, saveGroup, writeRows, type Result } from './report';
import { checkWork, measureWork, watchMemory, type MemoryGrowth } from './run-work';
import { isPython, ourSide, peerSide, type Side } from './sides';
import type { Device, Tolerance, Work } from './work';

const usage = `Times of this project beside its peers', on the same work, in turn, on this machine; of preprocessing CPU time and memory.

  npm run bench [-- GROUP...] [OPTIONS]

  GROUP         ${groups.join(', ')}; default all
  --only WORK   one work (several: --only A --only B): ${catalogue.map(({ name }) => name).join(', ')}
  --peer NAME   beside this peer alone (several: --peer A --peer B), where a work has it
  --repeats N   rounds that count (default 7)
  --json FILE   rows { name, peer, unit, ours, theirs, ratio } of the minima; FILE.protocol.json says how they came about
  --check       no times: both sides compute the same from the same weights, and the results are compared
  --memory      no times: growth of our memory between step 200 and step 5,000 of the training works
  --gpu         training, encoding and ranking on an NVIDIA GPU, on both sides; our side needs npm run setup -- --gpu
  --python FILE the interpreter of an environment that has the peers, instead of the one made here
  --help        this text

Peers in Python get an environment of their own in the cache folder, made on first use: PyTorch with its CUDA libraries,
scikit-learn, mlxtend, polars; 3 GB to download, 6 GB on disk. A chart of each whole group is written to figures/bench
(with --gpu GROUP-gpu).
`;

/** After up to eight Adam steps: sums in another order. */
const usualTolerance: Tolerance = { first: 1e-5, largest: 1e-3 };

async function main(): Promise<void> {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const device: Device = values.gpu ? 'gpu' : 'cpu';
  let works = withData(
    withPeers(forDevice(chosenWorks(positionals, values.only ?? []), device), values.peer ?? []),
  );
  const repeats = wholeNumber('--repeats', values.repeats, 7);
  if (!values.check && !values.memory) works = withTimes(works);
  if (values.memory) return memory(works, ourSide(device));

  const needsPython = works.some(({ peers }) => peers.some(isPython));
  const python = needsPython ? (values.python ?? (await peerPython())) : null;
  const caches = join(cacheFolder(), 'bench-python', 'compiled');
  mkdirSync(caches, { recursive: true });
  const sidesOf = (work: Work): Side[] => [
    ourSide(device),
    ...work.peers.map((peer) => peerSide(peer, python, caches, device)),
  ];
  if (values.check) return check(works, sidesOf);

  const results: Result[] = [];
  for (const work of works) {
    const measured = await measureWork(work, sidesOf(work), repeats, say);
    const result = { work, measured, comparisons: compare(work, measured) };
    results.push(result);
    quiet();
    process.stdout.write(`${comparisonTable(result.comparisons)}\n\n`);
  }
  if (results.length > 1) {
    process.stdout.write(`${comparisonTable(results.flatMap(({ comparisons }) => comparisons))}\n\n`);
  }
  const files: string[] = values.json === undefined ? [] : writeRows(values.json, results, repeats);
  for (const group of groups) {
    const ofGroup = results.filter(({ work }) => work.group === group);
    const whole = forDevice(catalogue, device).filter((work) => work.group === group && !work.checkedOnly);
    if (ofGroup.length === 0 || ofGroup.length < whole.length || values.peer) continue;
    files.push(...(await saveGroup(device === 'gpu' ? `${group}-gpu` : group, ofGroup, repeats)));
  }
  if (files.length > 0) process.stdout.write(`written: ${files.join(', ')}\n`);
}

async function check(works: readonly Work[], sidesOf: (work: Work) => Side[]): Promise<void> {
  for (const work of works) {
    const differences = await checkWork(work, sidesOf(work), say);
    const tolerance = work.tolerance ?? usualTolerance;
    quiet();
    for (const { peer, way, first, largest, values } of differences) {
      const isSame = first <= tolerance.first && largest <= tolerance.largest;
      process.stdout.write(
        `${work.name}, ${peer} (${way}): ${isSame ? 'same' : 'NOT THE SAME'}, ${values} values, relative difference ` +
          `${first.toExponential(1)} of the first, ${largest.toExponential(1)} at most\n`,
      );
      if (!isSame) process.exitCode = 1;
    }
  }
}

async function memory(works: readonly Work[], ours: Side): Promise<void> {
  const growths: MemoryGrowth[] = [];
  for (const work of works.filter(({ kind }) => kind === 'training')) {
    growths.push(await watchMemory(work, ours, { early: 200, late: 5000 }, say));
    quiet();
    process.stdout.write(`${memoryTable(growths.slice(-1))}\n\n`);
  }
}

function parse(): ReturnType<typeof parseArgs<typeof config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new InputError(`${(error as Error).message.split('. ')[0]}.`, 'See npm run bench -- --help.');
  }
}
const config = {
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    peer: { type: 'string', multiple: true },
    repeats: { type: 'string' },
    json: { type: 'string' },
    check: { type: 'boolean' },
    memory: { type: 'boolean' },
    gpu: { type: 'boolean' },
    python: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
} as const;

function chosenWorks(chosenGroups: readonly string[], only: readonly string[]): Work[] {
  const unknownGroup = chosenGroups.find((group) => !groups.includes(group));
  if (unknownGroup !== undefined) {
    throw new InputError(`there is no group '${unknownGroup}'.`, `The groups are ${groups.join(', ')}.`);
  }
  const unknown = only.find((name) => catalogue.every((work) => work.name !== name));
  if (unknown !== undefined) {
    throw new InputError(
      `there is no work '${unknown}'.`,
      `The works are ${catalogue.map(({ name }) => name).join(', ')}.`,
    );
  }
  return catalogue.filter(
    ({ name, group }) =>
      (chosenGroups.length === 0 || chosenGroups.includes(group)) &&
      (only.length === 0 || only.includes(name)),
  );
}

/** The works beside the peers that are asked for. @throws InputError when no work has one of them */
function withPeers(works: readonly Work[], asked: readonly string[]): Work[] {
  if (asked.length === 0) return [...works];
  const left = works
    .map((work) => ({ ...work, peers: work.peers.filter((peer) => asked.includes(peer)) }))
    .filter(({ peers }) => peers.length > 0);
  if (left.length > 0) return left;
  const known = [...new Set(works.flatMap(({ peers }) => peers))].join(', ');
  throw new InputError(
    `no work has the peer ${asked.map((peer) => `'${peer}'`).join(' or ')}.`,
    `These have ${known}.`,
  );
}

/** The works that a device can do: a GPU those of PyTorch. @throws InputError when none is left */
function forDevice(works: readonly Work[], device: Device): Work[] {
  if (device === 'cpu') return [...works];
  const possible = works.filter(({ kind }) => ['training', 'encoding', 'ranking'].includes(kind));
  if (possible.length > 0) return possible;
  throw new InputError(
    `${works.map(({ name }) => name).join(', ')}: not done on a GPU.`,
    'The group engine is.',
  );
}

/** The works whose data are here; the others are named. @throws InputError when none is left */
function withData(works: readonly Work[]): Work[] {
  const isMissing = ({ settings }: Work): boolean =>
    typeof settings['file'] === 'string' && findData([settings['file']]) === null;
  const missing = works
    .filter(isMissing)
    .map(({ name, settings }) => `${name} (${String(settings['file'])})`);
  if (missing.length > 0) {
    const what = `Left out, for want of its data: ${missing.join(', ')}.`;
    const remedy = 'Name the folder that holds them in BEHAVIOR_LAB_DATA.';
    if (missing.length === works.length) throw new InputError(what, remedy);
    process.stderr.write(`${what} ${remedy}\n`);
  }
  return works.filter((work) => !isMissing(work));
}

/** The works of which times are taken; the others are named. @throws InputError when none is left */
function withTimes(works: readonly Work[]): Work[] {
  const checked = works.filter(({ checkedOnly }) => checkedOnly).map(({ name }) => name);
  if (checked.length === 0) return [...works];
  const what = `Left out, as it is compared by what it comes to and not by its time: ${checked.join(', ')}.`;
  const remedy = 'Add --check.';
  if (checked.length === works.length) throw new InputError(what, remedy);
  process.stderr.write(`${what} ${remedy}\n`);
  return works.filter(({ checkedOnly }) => !checkedOnly);
}

/** The interpreter of the peers' environment, which is made first if it is not there. */
function peerPython(): Promise<string> {
  const child = spawn(process.execPath, [join(__dirname, 'peer-environment.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said.trim());
      else
        reject(
          new InputError("the peers' environment could not be made (see above).", 'Run the command again.'),
        );
    });
  });
}

/** One line that says what is going on, replaced by the next one. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}
function quiet(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
}

main().catch((error: unknown) => {
  quiet();
  const isPlain = error instanceof InputError;
  process.stderr.write(
    `\n${error instanceof Error ? (isPlain ? error.message : error.stack) : String(error)}\n`,
  );
  process.exitCode = 1;
});
