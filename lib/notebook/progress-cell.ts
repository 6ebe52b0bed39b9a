import { isNotebook, liveDisplay } from './display';

/** One line that tells how far something is. */
export interface ProgressCell {
  /** Replace the line. Called as often as you like: it is drawn at most five times a second. */
  update(text: string): void;
  /** The last word. It stays in the notebook: say what came out, not how long it took. */
  done(text: string): void;
}

const drawEveryMs = 200;

/** A bar of 24 places: '[######..................] 25 %'. */
export function bar(done: number, total: number): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.floor(share * 24);
  return `[${'#'.repeat(full)}${'.'.repeat(24 - full)}] ${Math.floor(share * 100)} %`;
}

/**
 * One updating line under the cell; on a terminal the same line again and again; in a log only the last word.
 *
 * @example
 * const progress = progressCell();
 * await train({ ..., onProgress: ({ epoch, maxEpochs, loss }) =>
 *   progress.update(`${bar(epoch, maxEpochs)} epoch ${epoch}, loss ${loss.toFixed(3)}`) });
 * progress.done('trained for 20 epochs');
 */
export function progressCell(): ProgressCell {
  const inCell = isNotebook();
  const onTerminal = !inCell && process.stdout.isTTY;
  const live = liveDisplay();
  let drawnMs = -Infinity;
  return {
    update(text) {
      if (performance.now() - drawnMs < drawEveryMs) return;
      drawnMs = performance.now();
      if (inCell) live.update({ 'text/plain': text });
      else if (onTerminal) process.stdout.write(`\r\x1b[K${text}`);
    },
    done(text) {
      if (inCell) live.update({ 'text/plain': text });
      else process.stdout.write(`${onTerminal ? '\r\x1b[K' : ''}${text}\n`);
    },
  };
}
