// The TypeScript that checks cells is tslab's own (5.0.4). tslab gives it loose options and reads no tsconfig, so
// they are put right here, at the one place where tslab hands them over.
const id = require.resolve('@tslab/typescript-for-tslab');
const ts = require(id);

/** What a cell is compiled with, over tslab's own settings. The test of types in cells uses the same. */
const cellOptions = {
  strict: true,
  // tslab asks for Node10, which does not read "exports" of a package.json and so loses the types of newer packages.
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** Let every compiler that tslab makes from now on be strict. Call it before tslab is loaded. */
function makeCellsStrict() {
  // A build of lib/ under a running kernel made tslab's file watcher start a second compilation within the first
  // ("Unexpected pending rebuildTimer"). New code needs a new kernel anyway, and the kernel says so.
  const unwatched = { close: () => {} };
  ts.sys.watchFile = () => unwatched;
  ts.sys.watchDirectory = () => unwatched;
  const create = ts.createWatchCompilerHost;
  require.cache[id].exports = {
    ...ts,
    createWatchCompilerHost: (files, options, ...rest) =>
      create(files, { ...options, ...cellOptions }, ...rest),
  };
}

module.exports = { cellOptions, makeCellsStrict };
