/** One output in several forms, by MIME type; the viewer takes the best that it can show. */
export type DisplayBundle = Readonly<Record<string, unknown>>;

type SendDisplay = (
  data: DisplayBundle,
  options?: { readonly id?: string; readonly update?: boolean },
) => void;

/** The kernel's side, put there by scripts/kernel/tslab-kernel.cjs; absent in a script and in a test. */
function kernelDisplay(): SendDisplay | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for('behavior-lab.display')] as
    SendDisplay | undefined;
}

/** Whether this code runs in a cell. */
export function isNotebook(): boolean {
  return kernelDisplay() !== undefined;
}

/** Show a bundle under the cell. Outside of a notebook its 'text/plain' is printed. */
export function display(bundle: DisplayBundle): void {
  const send = kernelDisplay();
  if (!send) process.stdout.write(`${String(bundle['text/plain'])}\n`);
  // Markdown is plain text already: a second copy would only make the file larger.
  else if ('text/markdown' in bundle) send({ 'text/markdown': bundle['text/markdown'] });
  else send(bundle);
}

/** A place under the cell whose content can be replaced. */
export interface LiveDisplay {
  update(bundle: DisplayBundle): void;
}

let lives = 0;

/** Make such a place; it appears with its first content. Outside of a notebook every content is printed. */
export function liveDisplay(): LiveDisplay {
  const id = `behavior-lab-${process.pid}-${++lives}`;
  let shown = false;
  return {
    update(bundle) {
      const send = kernelDisplay();
      if (!send) return display(bundle);
      send(bundle, { id, update: shown });
      shown = true;
    },
  };
}
