"""Execute one notebook and write the executed copy. Started by run.mjs, which reads the lines printed here.

    python execute_notebook.py SOURCE TARGET --cwd DIR --timeout SECONDS

Prints one JSON object a line: {"event": "start" | "cell" | "failure" | "end", ...}. Exit status 1 after a failure.

nbclient alone lets four things pass that must not: a cell tagged `raises-exception` (after which the kernel aborts all
the others), a cell tagged `skip-execution`, an aborted cell, and a promise that is rejected after the last cell.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from contextlib import AsyncExitStack

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
SETTLE = "await new Promise((resolve) => setTimeout(resolve, 100));"


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


class Failure(Exception):
    """Why the run is not a success: `kind`, the text, and the cell if one is to blame."""

    def __init__(self, kind, text, number=None, source=""):
        super().__init__(text)
        self.fields = {"kind": kind, "text": ANSI.sub("", text), "number": number, "source": source}


def error_text(cell, reply):
    """The stack that the kernel sent; failing that, what stands in the reply or in the cell's error output."""
    content = (reply or {}).get("content", {})
    lines = content.get("traceback") or []
    if not lines:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                lines = output.traceback or [f"{output.ename}: {output.evalue}"]
            elif output.output_type == "stream" and output.name == "stderr":
                lines = [*lines, output.text]
    return "\n".join(lines) or content.get("evalue") or "the kernel gave no reason"


async def execute_cell(client, cell, index, replies, timeout):
    number = index + 1
    replies.clear()
    try:
        await client.async_execute_cell(cell, index)
    except CellTimeoutError:
        raise Failure("timed out", f"the cell was still running after {timeout} s", number, cell.source) from None
    except DeadKernelError:
        raise Failure("kernel died", "the kernel's process ended while the cell ran", number, cell.source) from None
    except CellExecutionError:
        pass  # the reply says the same, and more
    reply = replies[-1] if replies else None
    status = reply["content"]["status"] if reply else None
    if status == "ok":
        return
    if status == "error":
        raise Failure("failed", error_text(cell, reply), number, cell.source)
    if status is None:
        text = "the cell was not sent to the kernel: is it tagged skip-execution?"
        raise Failure("skipped", text, number, cell.source)
    raise Failure("aborted", f"the kernel answered '{status}' and did not run the cell", number, cell.source)


async def start_kernel(client, stack, tries=3):
    """Start the kernel until it lives: one whose ports another program took meanwhile ends, and others are tried."""
    for left in reversed(range(tries)):
        try:
            return await stack.enter_async_context(client.async_setup_kernel())
        except RuntimeError as error:
            if left == 0 or "died" not in str(error):
                raise
            client.km = None  # a manager keeps its ports


async def execute(notebook, cwd, timeout):
    replies = []
    client = NotebookClient(
        notebook,
        kernel_name="tslab",
        timeout=timeout,
        startup_timeout=120,
        # After the reply nbclient reads output for 4 s more and drops the rest: too short for long output on a busy machine.
        iopub_timeout=timeout,
        raise_on_iopub_timeout=True,
        record_timing=False,
        force_raise_errors=True,
        resources={"metadata": {"path": cwd}},
        on_cell_executed=lambda cell, cell_index, execute_reply: replies.append(execute_reply),
    )
    async with AsyncExitStack() as stack:
        await start_kernel(client, stack)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            started = time.monotonic()
            await execute_cell(client, cell, index, replies, timeout)
            tell("cell", number=index + 1, of=len(notebook.cells), seconds=time.monotonic() - started)
        # A rejection that comes late would be nobody's: wait for it in a cell of our own.
        settle = nbformat.v4.new_code_cell(SETTLE)
        notebook.cells.append(settle)
        try:
            await execute_cell(client, settle, len(notebook.cells) - 1, replies, timeout)
        except Failure as failure:
            raise Failure("failed after the last cell", failure.fields["text"]) from None
        finally:
            notebook.cells.remove(settle)


def joined_streams(outputs):
    """Neighbouring pieces of one stream as one output, and of a line that was overwritten (\\r) its last state.

    nbclient's own `coalesce_streams` needs minutes for one very long line.
    """
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":
            lines = output.text.replace("\r\n", "\n").split("\n")
            output.text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    return joined


def without_volatile(notebook, cwd):
    """Only what the source and the results say: no times, no paths of this machine, no metadata of an editor."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "TypeScript", "language": "typescript", "name": "tslab"},
            "language_info": {"file_extension": ".ts", "mimetype": "text/typescript", "name": "typescript"},
        }
    )

    def relative(value):
        if isinstance(value, str):
            return ANSI.sub("", value).replace(f"{cwd}/", "")
        if isinstance(value, list):
            return [relative(v) for v in value]
        if isinstance(value, dict):
            return nbformat.from_dict({k: relative(v) for k, v in value.items()})
        return value

    for cell in notebook.cells:
        for key in ("execution", "collapsed", "scrolled", "trusted", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = [relative(output) for output in joined_streams(cell.outputs)]
    return notebook


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--cwd", required=True)
    parser.add_argument("--timeout", type=int, required=True)
    args = parser.parse_args()
    notebook = nbformat.read(args.source, 4)
    nbformat.validate(notebook)
    for cell in notebook.cells:  # nothing of an earlier run may pass for a result of this one
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    started = time.monotonic()
    tell("start", cells=len(notebook.cells))
    failure = None
    try:
        asyncio.run(execute(notebook, args.cwd, args.timeout))
    except Failure as error:
        failure = error.fields
    except DeadKernelError as error:
        failure = Failure("kernel died", str(error)).fields
    except RuntimeError as error:  # nbclient: the kernel did not answer in time
        failure = Failure("kernel did not start", str(error)).fields
    nbformat.write(without_volatile(notebook, args.cwd), args.target)
    if failure:
        tell("failure", **failure)
    tell("end", seconds=time.monotonic() - started)
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
