/**
 * A signal that is raised when the reader interrupts the cell (the square button). Hand it to something long:
 * it stops at its next safe point and the cell goes on with what there is. Without it an interrupted cell fails at
 * once while its code runs on unseen.
 *
 * Good for the cell that takes it. In a script the signal is raised by Ctrl-C.
 *
 * @example
 * const result = await train({ ..., signal: stopSignal() });
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  // The kernel's list (scripts/kernel/tslab-kernel.cjs); it is emptied when the cell ends.
  const stoppable = (globalThis as Record<symbol, unknown>)[Symbol.for('behavior-lab.stoppable')] as
    Set<AbortController> | undefined;
  if (stoppable) stoppable.add(controller);
  else process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
