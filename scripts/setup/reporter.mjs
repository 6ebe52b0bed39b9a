// One line a step: what is done, how far it is, how long it took. In a terminal the line updates; elsewhere a long
// download adds a line about every tenth of it.

export class Reporter {
  /** @param {{ write(text: string): unknown, isTTY?: boolean }} [out] */
  constructor(out = process.stdout) {
    this.out = out;
    this.isTerminal = Boolean(out.isTTY);
    this.title = '';
    this.startMs = 0;
    this.lastTenth = 0;
    this.lastSaidMs = 0;
    this.isLineOpen = false;
  }

  /** @param {string} title */
  begin(title) {
    this.title = title;
    this.startMs = performance.now();
    this.lastSaidMs = this.startMs;
    this.lastTenth = 0;
    this.out.write(`  ${title} ...`);
    this.isLineOpen = true;
  }

  /**
   * @param {string} text what is going on
   * @param {number} [fraction] 0 to 1, where the end is known
   */
  progress(text, fraction) {
    const percent = fraction === undefined ? '' : ` ${Math.min(100, Math.floor(fraction * 100))} %`;
    if (this.isTerminal) {
      this.out.write(`\r\x1b[2K  ${this.title}: ${text}${percent}`);
      this.isLineOpen = true;
      return;
    }
    const now = performance.now();
    const tenth = fraction === undefined ? this.lastTenth : Math.floor(fraction * 10);
    const isNews = fraction === undefined ? now - this.lastSaidMs >= 15_000 : tenth > this.lastTenth;
    // A fast download need not be followed: a line at most every two seconds.
    if (!isNews || now - this.lastSaidMs < 2_000) return;
    this.lastTenth = tenth;
    this.lastSaidMs = now;
    this.line(`${text}${percent} (${seconds(now - this.startMs)})`);
  }

  /**
   * A line of its own within a step.
   *
   * @param {string} text
   */
  line(text) {
    if (this.isLineOpen) this.out.write(this.isTerminal ? '\r\x1b[2K' : '\n');
    this.isLineOpen = false;
    this.out.write(`    ${text.replaceAll('\n', '\n    ')}\n`);
  }

  /** @param {string} [detail] */
  end(detail = '') {
    const text = `${detail ? `${detail}, ` : ''}${seconds(performance.now() - this.startMs)}\n`;
    if (this.isTerminal) this.out.write(`\r\x1b[2K  ${this.title}: ${text}`);
    else this.out.write(this.isLineOpen ? ` ${text}` : `  ${this.title}: ${text}`);
    this.isLineOpen = false;
  }

  /** Close an open line, so that an error starts on one of its own. */
  breakOff() {
    if (this.isLineOpen) this.out.write('\n');
    this.isLineOpen = false;
  }
}

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
