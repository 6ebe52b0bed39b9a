// Starts the TypeScript kernel (tslab) of this project. The kernelspec runs
//   node scripts/kernel/tslab-kernel.cjs kernel --config-path {connection_file}
//
// What it adds to tslab, all of it needed and seen to be needed:
//  - The working directory of every notebook is the project root, wherever the notebook lies: 'figures/x.svg' means
//    the same file in a cell, in a script and in a test. tslab also needs it to find 'behavior-lab/...' with types.
//  - Cells are compiled with `strict` (strict-compiler.cjs).
//  - Two faults of tslab with names of earlier cells are kept away (explicit-names.cjs).
//  - Nothing is compiled again while files change under a running kernel: tslab's watcher then fails the cell at hand.
//  - A cell that fails answers with a proper Jupyter error: name, text and a stack without the insides of tslab, with
//    lines of lib/*.ts. InputError and failed expectations, which explain themselves, come without a stack.
//  - A promise rejected with nobody waiting for it, and an error thrown in a callback, fail the cell that runs when
//    they surface. tslab prints them and carries on, so a headless run would pass.
//  - process.exit() in a cell is an error of that cell; it would take the kernel and every variable with it.
//  - A build older than lib/ is reported in the first cell, and again when lib/ is edited under a running kernel.
//  - lib/notebook shows charts through `globalThis[Symbol.for('behavior-lab.display')]`: several forms of one output
//    in one message, which tslab's own display cannot send.
//  - However much a cell prints at once, its messages go out: tslab's fail the cell now and then, or get lost.
//  - TensorFlow gets 2 threads unless TF_NUM_INTRAOP_THREADS says otherwise, as in lib/nn/backend.ts (publishedThreads):
//    with as many threads, the committed numbers come again, to the last bit.
//  - A port that another program took meanwhile ends the process, upon which Jupyter tries others; tslab would hang.
//    No request is read before all ports are open: tslab's loops stop for good when one comes too early.
//  - The process ends when Jupyter is gone, and at once when Jupyter asks it to.
//
// Interrupt (the square button, SIGINT): code that has taken a `stopSignal()` (lib/notebook/stop-signal.ts) is asked
// to stop and the cell ends as it decides, a training with its best weights so far. Otherwise, and at a second
// interrupt, the cell fails at once, but only the WAITING is given up: its code goes on in the background until it
// ends by itself. A loop that never yields to the event loop cannot be interrupted; restart the kernel.
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { inspect } = require('node:util');
const { withExplicitNames } = require('./explicit-names.cjs');
const { lastEditMs, root, staleBuild } = require('./stale-build.cjs');
const { makeCellsStrict } = require('./strict-compiler.cjs');

process.chdir(root);
process.setSourceMapsEnabled(true);
process.env.TF_NUM_INTRAOP_THREADS ||= '2';
makeCellsStrict();
const jupyter = require('tslab/dist/jupyter.js');
const zeromq = createRequire(require.resolve('tslab/dist/jupyter.js'))('zeromq'); // tslab's own

/** Exit status of a kernel whose ports another program took between Jupyter's choice and ours: start it again. */
const portTaken = 75; // EX_TEMPFAIL of sysexits.h

/** Errors of the running cell: those that tslab caught, and those that nobody caught. */
let caught = [];
const lost = [];

/** Errors whose text is written for the person at the notebook: a stack adds nothing. */
const explained = new Set(['InputError', 'ExpectationError', 'ExitRefused']);

function readable(stack) {
  const lines = stack.split('\n');
  const inner = lines.findIndex((line) => /node_modules[\\/]tslab|node:internal|node:vm|\(node:/.test(line));
  return (inner === -1 ? lines : lines.slice(0, inner))
    .join('\n')
    .replaceAll(root + path.sep, '')
    .replaceAll(/\bevalmachine\.<anonymous>/g, 'cell, as compiled')
    .replaceAll(/(?:async )?<anonymous>? ?\(cell, as compiled/g, '(cell, as compiled');
}

/** Whatever was thrown, as a Jupyter error. */
function describe(thrown) {
  if (!(
    thrown instanceof Error ||
    (typeof thrown?.name === 'string' && typeof thrown?.message === 'string')
  )) {
    const text = typeof thrown === 'string' ? thrown : inspect(thrown);
    return { ename: 'Error', evalue: text, traceback: [text] };
  }
  const { name: ename, message } = thrown;
  const evalue = message.replaceAll(root + path.sep, '');
  const text = explained.has(ename) || !thrown.stack ? `${ename}: ${evalue}` : readable(thrown.stack);
  const causes = thrown.cause
    ? [`caused by ${readable(String(thrown.cause.stack ?? inspect(thrown.cause)))}`]
    : [];
  return { ename, evalue, traceback: [text, ...causes] };
}

/** One Jupyter error out of everything that went wrong in a cell; the first thing gives the name. */
function failureOf(failed, unawaited) {
  const all = failed ? caught.map(describe) : [];
  if (diagnostics.length > 0) {
    all.unshift({ ename: 'TypeScript', evalue: diagnostics.join('\n'), traceback: [diagnostics.join('\n')] });
  }
  const note =
    'Nobody waited for this: a promise without `await` in this cell or an earlier one, or a callback.';
  for (const reason of unawaited) {
    const described = describe(reason);
    all.push({ ...described, traceback: [note, ...described.traceback] });
  }
  if (all.length === 0)
    all.push({ ename: 'Error', evalue: 'The cell failed without saying why.', traceback: [] });
  return { ...all[0], traceback: all.flatMap((one) => one.traceback) };
}

// tslab reports what it catches through the console that it is given at its start: ours collects instead of printing.
let diagnostics = [];
function collect(...args) {
  if (typeof args[0] === 'string' && args[0].startsWith('%s%d:%d')) {
    const [, file, line, column, text] = args;
    diagnostics.push(`${file}line ${line}, column ${column}: ${flatten(text)}`);
  } else caught.push(...args);
}
const flatten = (text) =>
  typeof text === 'string'
    ? text
    : `${text.messageText}${(text.next ?? []).map((t) => `\n  ${flatten(t)}`).join('')}`;

let seenEditMs = 0;
/** What to tell about the build before this cell runs: nothing, unless lib/ changed since the last time we looked. */
function newsOfTheBuild() {
  const editMs = lastEditMs();
  if (editMs <= seenEditMs) return null;
  const isFirstCell = seenEditMs === 0;
  seenEditMs = editMs;
  return (
    staleBuild() ??
    (isFirstCell ? null : 'lib/ was rebuilt under this kernel: restart it to use the new code.')
  );
}

/** The AbortControllers of the running cell's stop signals; lib/notebook adds them. */
const stoppable = new Set();
Object.defineProperty(globalThis, Symbol.for('behavior-lab.stoppable'), { value: stoppable });

const { handleExecute, handleExecuteImpl } = jupyter.JupyterHandlerImpl.prototype;

jupyter.JupyterHandlerImpl.prototype.handleExecuteImpl = async function (
  request,
  writeStream,
  writeDisplayData,
) {
  // Said before the cell is compiled: a type error that comes from an old build would be a riddle.
  const news = newsOfTheBuild();
  if (news) writeStream('stderr', `${news}\n`);
  caught = [];
  diagnostics = [];
  request.code = withExplicitNames(request.code);
  let count;
  let failed = false;
  try {
    count = await handleExecuteImpl.call(this, request, writeStream, writeDisplayData);
  } catch (executionCount) {
    count = executionCount;
    failed = true;
  }
  stoppable.clear();
  // Node announces a rejection that nobody handles one turn of the event loop later.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const unawaited = lost.splice(0);
  if (!failed && unawaited.length === 0) return count;
  request.failure = failureOf(failed, unawaited);
  throw count; // tslab's way of saying that the cell failed
};

jupyter.JupyterHandlerImpl.prototype.handleExecute = async function (request, ...rest) {
  const reply = await handleExecute.call(this, request, ...rest);
  if (reply.status === 'abort') return { ...reply, status: 'aborted' }; // the word of the protocol
  return reply.status === 'error' ? { ...reply, ...request.failure } : reply;
};

jupyter.ZmqServer.prototype.handleExecute = async function (shell, message) {
  const send = (type, content, socket = this.iopub) => {
    const reply = message.createReply();
    reply.header.msg_type = type;
    reply.content = content;
    reply.signAndSend(this.connInfo.key, socket);
  };
  const content = await this.handler.handleExecute(
    message.content,
    (name, text) => send('stream', { name, text }),
    (data, update) => send(update ? 'update_display_data' : 'display_data', data),
  );
  if (content.status === 'error') {
    const { ename, evalue, traceback } = content;
    send('error', { ename, evalue, traceback });
  }
  send('execute_reply', content, shell);
};

const exit = process.exit.bind(process);

/** Hand every request of a socket to the kernel; replaces tslab's loops, which end for good at the first error. */
async function serve(server, socket) {
  for await (const parts of socket) void server.handleShellMessage(socket, ...parts);
}

jupyter.ZmqServer.prototype.init = async function () {
  this.connInfo = JSON.parse(fs.readFileSync(this.configPath, 'utf8'));
  // By default a publisher drops what is more than 1,000 messages ahead of a slow reader, and says nothing.
  this.iopub = new zeromq.Publisher({ sendHighWaterMark: 0 });
  this.shell = new zeromq.Router();
  this.control = new zeromq.Router();
  this.stdin = new zeromq.Router();
  this.hb = new zeromq.Reply();
  // Each 513th message of a socket, zeromq waits for the event loop, and the next one of the same cell then throws
  // "Socket is busy writing". With a time limit of 0 it hands every message over at once.
  for (const socket of [this.iopub, this.shell, this.control]) socket.sendTimeout = 0;
  try {
    for (const name of ['iopub', 'shell', 'control', 'stdin', 'hb']) {
      await this.bindSocket(this[name], this.connInfo[`${name}_port`]);
    }
  } catch (error) {
    process.stderr.write(`The kernel cannot use ${error.address ?? 'its ports'}: ${error.message}.\n`);
    exit(portTaken);
  }
  // Only now: a request read while a socket is being bound is answered by an error that nobody sees.
  void serve(this, this.shell);
  void serve(this, this.control);
  for await (const beat of this.hb) await this.hb.send(beat);
};

const { close } = jupyter.ZmqServer.prototype;
jupyter.ZmqServer.prototype.close = function () {
  close.call(this);
  setTimeout(() => exit(0), 100); // a timer or a socket left by a cell must not keep a closed kernel alive
};

const display = (data, { id, update = false } = {}) =>
  jupyter.lastWriteDisplayData({ data, metadata: {}, transient: id ? { display_id: id } : {} }, update);
Object.defineProperty(globalThis, Symbol.for('behavior-lab.display'), { value: display });

// tslab keeps the console that it is started with for its own reports; cells get the real one back.
const { error } = console;
console.error = collect;
require('tslab/dist/main.js').main();
console.error = error;

for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.removeAllListeners(event); // tslab's, which print and forget
  process.on(event, (reason) => lost.push(reason));
}

const [giveUpWaiting] = process.listeners('SIGINT').slice(-1);
process.removeListener('SIGINT', giveUpWaiting);
process.on('SIGINT', () => {
  if (stoppable.size === 0) return giveUpWaiting();
  process.stderr.write('Stopping at the next safe point; interrupt again to give up waiting.\n');
  for (const controller of stoppable) controller.abort();
  stoppable.clear();
});

process.exit = (code = 0) => {
  const refusal = new Error(
    `process.exit(${code}) in a cell would end the kernel and lose every variable. ` +
      'Leave the cell by `throw new Error(...)` instead; end the kernel from the Kernel menu.',
  );
  refusal.name = 'ExitRefused';
  throw refusal;
};

const jupyterPid = process.ppid;
setInterval(() => process.ppid === jupyterPid || exit(0), 5000).unref();
