// Is dist/ the build of the lib/ that lies beside it? Answered by content, not by dates: the compiler keeps a hash
// of every source it has read in dist/.tsbuildinfo, and a checkout or a copy changes dates without changing a letter.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');

/** Every .ts file under `folder`, as paths relative to the project root, with `/`. */
function sources(folder = path.join(root, 'lib')) {
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) =>
      path
        .relative(root, path.join(entry.parentPath ?? entry.path, entry.name))
        .split(path.sep)
        .join('/'),
    )
    .sort();
}

/** Why dist/ cannot be used as it is, or null when it is the build of today's lib/. */
function staleBuild() {
  const remedy = 'Run `npm run build`, then restart the kernel.';
  const linked = path.join(root, 'node_modules', 'behavior-lab', 'package.json');
  const infoFile = path.join(root, 'dist', '.tsbuildinfo');
  if (!fs.existsSync(infoFile) || !fs.existsSync(linked)) {
    return `lib/ has not been built: cells cannot import 'behavior-lab/...'. ${remedy}`;
  }
  let info;
  try {
    info = JSON.parse(fs.readFileSync(infoFile, 'utf8'));
  } catch {
    return `dist/.tsbuildinfo cannot be read. ${remedy}`;
  }
  const { fileNames, fileInfos } = info.program ?? info;
  const built = new Map(
    fileNames.map((name, i) => {
      const file = path
        .relative(root, path.resolve(root, 'dist', name))
        .split(path.sep)
        .join('/');
      return [file, typeof fileInfos[i] === 'string' ? fileInfos[i] : fileInfos[i].version];
    }),
  );
  const changed = sources().filter((file) => {
    const text = fs.readFileSync(path.join(root, file));
    const output = path.join(root, 'dist', file.replace(/^lib\//, '').replace(/\.ts$/, '.js'));
    return built.get(file) !== createHash('sha256').update(text).digest('hex') || !fs.existsSync(output);
  });
  if (changed.length === 0) return null;
  const more = changed.length > 1 ? ` and ${changed.length - 1} more` : '';
  return `${changed[0]}${more} changed after the last build: cells see the old code. ${remedy}`;
}

/** The newest time at which a file of lib/ was written, in milliseconds. */
function lastEditMs() {
  return Math.max(0, ...sources().map((file) => fs.statSync(path.join(root, file)).mtimeMs));
}

module.exports = { staleBuild, lastEditMs, root };

if (require.main === module) {
  const problem = staleBuild();
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
}
